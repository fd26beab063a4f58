"""Doors that only some may pass: the pages of the second factor. The admin has its own site."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from accounts.selectors import is_staff_member

View = Callable[..., HttpResponseBase]


def staff_only(view: View) -> View:
    """Residents have no second factor here: theirs is Latvija.lv's."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not is_staff_member(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return wrapper
