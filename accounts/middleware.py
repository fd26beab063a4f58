"""Staff pass only with a second factor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from accounts.selectors import is_staff_member

GetResponse = Callable[[HttpRequest], HttpResponse]

# What staff need to get their second factor, and to leave.
OPEN = {
    "account_login",
    "account_logout",
    "account_reauthenticate",
    "mfa_activate_totp",
    "mfa_reauthenticate",
    "set_language",
    "staff_invitation",  # proved by the mailbox
}
# Written by accounts.signin.signals when somebody sets up a second factor: that proves it too.
SET_UP_KEY = "accounts_second_factor_set_up"


class SecondFactorMiddleware:
    """Whoever has a role or may enter the admin signs in with a password and a second factor.

    A session begun with Latvija.lv never serves for staff, whatever the user may do (NFR-4).
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Send staff where they get what their session lacks."""
        match = request.resolver_match
        if match is None or match.view_name in OPEN or not is_staff_member(request.user):
            return None
        methods = {record["method"] for record in get_authentication_records(request, request.user)}
        if "password" not in methods:
            logout(request)
            return _to(request, "account_login")
        if "mfa" in methods or request.session.get(SET_UP_KEY) == str(request.user.pk):
            return None
        if Authenticator.objects.filter(
            user_id=request.user.pk, type=Authenticator.Type.TOTP
        ).exists():
            return _to(request, "mfa_reauthenticate")
        return _to(request, "mfa_activate_totp")


def _to(request: HttpRequest, name: str) -> HttpResponse:
    # Only what was read is worth coming back to: a form sent would be sent without its fields.
    query = f"?{urlencode({'next': request.get_full_path()})}" if request.method == "GET" else ""
    return HttpResponseRedirect(reverse(name) + query)
