"""Pages that are the same for all visitors are rendered once every few seconds."""

from __future__ import annotations

from hashlib import sha256

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from stars.web.find import came_from
from stars.web.middleware import LANGUAGE_COOKIE, GetResponse

# A longer address is somebody's play with the filters; nobody else asks for it.
LONGEST_ADDRESS = 500
# What the middleware below this one adds; what is above adds its own to kept pages too.
KEPT_HEADERS = ("Content-Type", "Content-Length", "Content-Language", "X-Frame-Options", "Vary")


class VisitorsPagesMiddleware:
    """Answers a visitor with the page that another one saw a moment ago (NFR-1).

    Whoever has a session or a message waiting is served afresh. A page that turned out to be
    somebody's own, because it holds a form's token or a nonce or sets a cookie, is never kept.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not _is_visitor(request):
            return self.get_response(request)
        key = _key(request)
        kept = cache.get(key)
        if kept is not None:
            body, headers = kept
            return HttpResponse(body, headers=headers)
        response = self.get_response(request)
        if _may_be_kept(request, response):
            headers = {name: response[name] for name in KEPT_HEADERS if name in response}
            cache.set(key, (response.content, headers), settings.VISITORS_PAGE_SECONDS)
        return response


def _is_visitor(request: HttpRequest) -> bool:
    """Somebody without a session asks for a page that others may have asked for as well."""
    return (
        request.method == "GET"
        and bool(settings.VISITORS_PAGE_SECONDS)
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        and CookieStorage.cookie_name not in request.COOKIES
        and len(request.get_full_path()) <= LONGEST_ADDRESS
    )


def _key(request: HttpRequest) -> str:
    parts = (
        request.scheme or "",
        request.headers.get("Host", ""),
        request.get_full_path(),
        request.COOKIES.get(LANGUAGE_COOKIE, ""),
        # A programme's page leads back to what one had searched: to one's own search only.
        came_from(request),
    )
    return "page:" + sha256("\n".join(parts).encode()).hexdigest()


def _may_be_kept(request: HttpRequest, response: HttpResponse) -> bool:
    return (
        getattr(response, "same_for_visitors", False)
        and response.status_code == 200
        and not response.cookies
        and not request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
        and not getattr(request, "_csp_nonce", None)
    )
