"""What every address of the API shares: key, limit, scope, language, one shape of errors."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import parse_accept_lang_header
from rest_framework import exceptions
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from stars.api import throttles
from stars.api.authentication import Caller, KeyAuthentication
from stars.api.errors import Problem, handler
from stars.api.parsers import RowsParser
from stars.api.scopes import allows

LANGUAGES = ("lv", "en")


class OnlyJson(BaseContentNegotiation):
    """There is one way to answer, whatever is asked for."""

    def select_parser(self, request: Request, parsers: Iterable[Any]) -> Any:
        """JSON, where the header says so; None is answered with 415."""
        sent = (request.content_type or "").partition(";")[0].strip().lower()
        return next(iter(parsers)) if sent == RowsParser.media_type else None

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """JSON."""
        renderer = next(iter(renderers))
        return renderer, renderer.media_type or ""


def language_of(request: HttpRequest) -> str:
    """The first language of `Accept-Language` that we speak; Latvian where there is none."""
    for name, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if name.partition("-")[0] in LANGUAGES:
            return name.partition("-")[0]
    return LANGUAGES[0]


class ApiView(APIView):
    """One address; `area` is the area of scopes that opens it, None for any key."""

    area: ClassVar[str | None] = None
    authentication_classes = [KeyAuthentication]
    permission_classes = []
    parser_classes = [RowsParser]
    content_negotiation_class = OnlyJson

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer in the language that is asked for."""
        language = language_of(request)
        with translation.override(language):
            response = super().dispatch(request, *args, **kwargs)
            response.headers["Content-Language"] = language
            response.headers["Cache-Control"] = "no-store"
            response.headers["Vary"] = "Accept-Language, Authorization"
        return response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Key, then limit, then scope."""
        self.format_kwarg = None
        renderer = self.perform_content_negotiation(request)
        request.accepted_renderer, request.accepted_media_type = renderer
        self.perform_authentication(request)
        allowance = throttles.count(self.caller.key.pk)
        self.headers_of_answer = allowance.headers()
        if allowance.spent:
            raise exceptions.Throttled(wait=allowance.reset)
        write = request.method not in ("GET", "HEAD", "OPTIONS")
        if self.area and not allows(self.caller.key.scopes, self.area, write=write):
            raise Problem(_("This key may not do this."), code="scope", status_code=403)

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        """With the key's limit."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        for name, value in getattr(self, "headers_of_answer", {}).items():
            answer[name] = value
        return answer

    def get_exception_handler(self) -> Any:
        """One shape (RFC 9457)."""
        return handler

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        """Only which methods there are."""
        return Response(status=204, headers={"Allow": ", ".join(self.allowed_methods)})

    @property
    def caller(self) -> Caller:
        """Who asks."""
        caller: Any = self.request.auth
        assert isinstance(caller, Caller)
        return caller
