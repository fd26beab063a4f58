"""The agency's workplace: Django's admin with our roles, our sign-in and a policy of its own."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

import rules
from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

from stars.common.admin import AgencyAdmin

# The theme's scripts are Alpine, which builds functions from attributes, and its tables set
# widths in attributes. Only pages below /admin/ get this; the portal's own policy stays as it is.
POLICY = {
    "script-src": [SELF, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
    "object-src": [NONE],
    "form-action": [SELF],
}
ENTER = "agency.enter"


class AgencySite(UnfoldAdminSite):
    """Admits agency staff by role (accounts.permissions) and knows no password of its own."""

    index_title = _("Agency workplace")
    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff with a role in the agency that holds today; being a superuser is no role."""
        user = request.user
        return bool(user.is_active and user.is_staff and rules.has_perm(ENTER, user))

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Only admins that ask our roles.

        Those that libraries bring (sign-in tables with their secrets, permission groups) go by
        Django's model permissions, which nobody has here.
        """
        if admin_class is not None and issubclass(admin_class, AgencyAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:
        """Each page: 403 for those signed in without a role, and the theme's own policy."""
        inner = super().admin_view(view, cacheable)

        def outer(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if request.user.is_authenticated and not self.has_permission(request):
                raise PermissionDenied
            return inner(request, *args, **kwargs)

        return csp_replace(POLICY)(update_wrapper(outer, view))

    @login_not_required
    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The portal's sign-in, which asks staff for the second factor (NFR-4)."""
        if self.has_permission(request):
            return HttpResponseRedirect(resolve_url("admin:index"))
        if request.user.is_authenticated:
            raise PermissionDenied
        query = urlencode({"next": request.GET.get("next") or resolve_url("admin:index")})
        return HttpResponseRedirect(f"{resolve_url('account_login')}?{query}")
