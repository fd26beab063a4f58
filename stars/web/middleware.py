"""Language and domain errors for every page."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from stars.common.errors import DomainError

GetResponse = Callable[[HttpRequest], HttpResponse]
LANGUAGE_COOKIE = "django_language"


class LanguageMiddleware:
    """Latvian unless the person chose English; the browser's list is not asked.

    Most browsers in Latvia say English although their owners read Latvian.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = request.COOKIES.get(LANGUAGE_COOKIE)
        if language not in ("lv", "en"):
            language = "lv"
        with translation.override(language):
            request.LANGUAGE_CODE = language  # type: ignore[attr-defined]
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class DomainErrorMiddleware:
    """A domain error that no view turned into a form error becomes a plain page of its status."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, DomainError):
            return None
        return render(
            request, "errors/domain.html", {"message": error.message}, status=error.status
        )
