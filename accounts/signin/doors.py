"""Doors that only some may pass: the admin, and the pages of the second factor."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from accounts.permissions import is_agency
from accounts.selectors import is_staff_member

View = Callable[..., HttpResponseBase]


def may_enter_admin(request: HttpRequest) -> bool:
    """Works for the agency today; superusers always."""
    user: Any = request.user
    return bool(user.is_active and user.is_staff and (user.is_superuser or is_agency(user)))


@login_not_required
def admin_login(request: HttpRequest, extra_context: Any = None) -> HttpResponse:
    """Instead of the admin's own sign-in, which would know no second factor."""
    target = request.GET.get("next") or reverse("admin:index")
    if may_enter_admin(request):
        return HttpResponseRedirect(reverse("admin:index"))
    if request.user.is_authenticated:
        raise PermissionDenied
    return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': target})}")


def guard(site: AdminSite) -> AdminSite:
    """Put our two doors into an admin site; called where its addresses are mounted."""
    site.login = admin_login  # type: ignore[method-assign]
    site.has_permission = may_enter_admin  # type: ignore[method-assign]
    return site


def staff_only(view: View) -> View:
    """Residents have no second factor here: theirs is Latvija.lv's."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not is_staff_member(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return wrapper
