"""One shape for everything that is wrong with a request as a whole (RFC 9457)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions, status
from rest_framework.response import Response

from stars.common.errors import DomainError

PROBLEM = "application/problem+json"


class Problem(exceptions.APIException):
    """A request that cannot be read: `code` for programs, `detail` in words."""

    def __init__(self, detail: Any, *, code: str, status_code: int = 400) -> None:
        super().__init__(detail, code)
        self.status_code = status_code


class NoKey(exceptions.AuthenticationFailed):
    """No key, or one that opens nothing."""

    default_detail = gettext_lazy(
        "Send a key that holds in the header “Authorization: Bearer …”. Administrators of the"
        " organisation make keys in their workspace."
    )
    default_code = "key"


def _words(error: Exception) -> tuple[int, str, str]:
    """Status, code and sentence."""
    match error:
        case DomainError():
            return error.status, error.code, str(error.message)
        case Http404():
            return 404, "not_found", _("There is no such row of yours.")
        case PermissionDenied():
            return 403, "not_allowed", _("You may not do this.")
        case exceptions.Throttled():
            return 429, "too_many", _("That was very often. Wait a little and try again.")
        case exceptions.MethodNotAllowed():
            return 405, "method", _("This address does not take this method.")
        case exceptions.UnsupportedMediaType():
            return (
                415,
                "media_type",
                _("Send JSON, with the header “Content-Type: application/json”."),
            )
        case exceptions.NotAuthenticated():
            return 401, NoKey.default_code, str(NoKey.default_detail)
    assert isinstance(error, exceptions.APIException)
    code = error.get_codes()
    return error.status_code, code if isinstance(code, str) else "invalid", str(error.detail)


def handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to an exception of a view; None for what is our own fault."""
    known = (exceptions.APIException, Http404, PermissionDenied, DomainError)
    if not isinstance(error, known):
        return None
    number, code, detail = _words(error)
    response = Response(
        {"type": "about:blank", "status": number, "code": code, "detail": detail},
        status=number,
        content_type=PROBLEM,
    )
    if number == status.HTTP_401_UNAUTHORIZED:
        response["WWW-Authenticate"] = 'Bearer realm="STARS"'
    wait = getattr(error, "wait", None)
    if wait is not None:
        response["Retry-After"] = str(int(wait))
    elif number == status.HTTP_503_SERVICE_UNAVAILABLE:
        response["Retry-After"] = "5"
    return response
