"""A mark for pages that are the same for everybody who is not signed in (stars.web.visitors)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse


def same_for_visitors(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Mark a public view whose page is the same for everybody who is not signed in."""

    @wraps(view)
    def marked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.same_for_visitors = True  # type: ignore[attr-defined]
        return response

    return marked
