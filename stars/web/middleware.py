"""Language, sign-in, caching and domain errors for every page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect, reswap, retarget

from stars.common.errors import DomainError

GetResponse = Callable[[HttpRequest], HttpResponse]
LANGUAGE_COOKIE = "django_language"


class LanguageMiddleware:
    """Latvian unless the person chose English; the browser's list is not asked.

    Most browsers in Latvia say English although their owners read Latvian. `?lang=` shows one page
    in a language, so that search engines and those who send a link have an address for each.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = (request.GET.get("lang"), request.COOKIES.get(LANGUAGE_COOKIE))
        language = next((code for code in chosen if code in ("lv", "en")), "lv")
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class PrivatePagesMiddleware:
    """What a signed-in person sees is never kept by a browser or a proxy.

    On a shared computer the "back" button after signing out shows nothing.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated:
            response.headers["Cache-Control"] = "private, no-store"
        return response


class SignInMiddleware(LoginRequiredMiddleware):
    """Leads to sign-in and afterwards back to the page where the person was.

    Django would lead back to the address of a form that only takes POST. A part of a page (htmx)
    cannot show the sign-in page, so the whole page goes there.
    """

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> Any:
        """Redirect to sign-in; `next` is a page that can be opened."""
        part = getattr(request, "htmx", False)
        if request.method in ("GET", "HEAD") and not part:
            return super().handle_no_permission(request, view_func)
        page = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
        allowed = url_has_allowed_host_and_scheme(
            page, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )
        back = urlsplit(page)._replace(scheme="", netloc="", fragment="").geturl()
        response = redirect_to_login(
            back if allowed and back else reverse("web:home"),
            self.get_login_url(view_func),
            self.get_redirect_field_name(view_func),
        )
        return HttpResponseClientRedirect(response.url) if part else response


class DomainErrorMiddleware:
    """A domain error that no view turned into a form error becomes a plain page of its status.

    For htmx it becomes a notice that is put where messages stand, so that the page stays.
    """

    TEMPLATES: ClassVar[dict[int, str]] = {
        403: "errors/403.html",
        409: "errors/409.html",
        429: "errors/429.html",
        503: "errors/503.html",
    }

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer a `DomainError`; anything else stays what it is."""
        if not isinstance(error, DomainError):
            return None
        if getattr(request, "htmx", False):
            context = {"tone": "error", "title": error.message}
            response = render(request, "components/notice.html", context, status=error.status)
            response = retarget(reswap(response, "innerHTML"), "#messages")
        else:
            template = self.TEMPLATES.get(error.status, "errors/domain.html")
            response = render(request, template, {"message": error.message}, status=error.status)
        if error.status == 503:
            response.headers["Retry-After"] = "5"
        return response
