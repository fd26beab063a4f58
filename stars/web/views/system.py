"""What machines and the frame of the page ask for: health, session, language, way after sign-in."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import structlog
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language as django_set_language

from stars.web.viewer import home_of, viewer

log = structlog.get_logger(__name__)


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _cache() -> None:
    # One key for all processes: they may overwrite one another's value, never miss it.
    cache.set("health", "ok", timeout=60)
    if cache.get("health") != "ok":
        raise RuntimeError("The cache does not keep what it is given.")


CHECKS: dict[str, Callable[[], None]] = {"database": _database, "cache": _cache}


@login_not_required
@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Whether database and cache answer (GET /health/, public): 200, or 503 with what does not.

    Nothing but names is told to the outside; the reason is in the log (NFR-6).
    """
    found = {}
    for name, check in CHECKS.items():
        try:
            check()
        except Exception as error:  # whatever it is, the answer has to be written
            log.error("health_check_failed", check=name, error=type(error).__name__)
            found[name] = "failed"
        else:
            found[name] = "ok"
    well = set(found.values()) == {"ok"}
    return JsonResponse(found, status=200 if well else 503)


@require_POST
def session_extend(request: HttpRequest) -> JsonResponse:
    """The person is still here (POST): the session starts anew and the dialog learns its length."""
    request.session.modified = True
    return JsonResponse({"expires_in": settings.SESSION_COOKIE_AGE})


@csrf_exempt
@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Latvian or English from now on (POST): kept in a cookie, and for letters with the user.

    Visitors send no token, since their pages are kept and the same for all of them.
    """
    request.POST = _without_language(request.POST)  # type: ignore[assignment]
    if viewer(request).signed_in:
        return _set_own_language(request)
    return django_set_language(request)


def _without_language(data: QueryDict) -> QueryDict:
    """The form whose `next` names no language, which would win over the one just chosen."""
    way = urlsplit(data.get("next", ""))
    pairs = [pair for pair in parse_qsl(way.query, keep_blank_values=True) if pair[0] != "lang"]
    if len(pairs) == len(parse_qsl(way.query, keep_blank_values=True)):
        return data
    changed = data.copy()
    changed["next"] = urlunsplit(way._replace(query=urlencode(pairs)))
    return changed


@csrf_protect
def _set_own_language(request: HttpRequest) -> HttpResponse:
    response = django_set_language(request)
    language = request.POST.get("language")
    if language in dict(settings.LANGUAGES):
        user = viewer(request).user
        if user.language != language:
            user.language = language
            user.save(update_fields=["language"])
    return response


@never_cache
@require_safe
def after_signin(request: HttpRequest) -> HttpResponse:
    """Where a person who has just signed in wants to be: account, workspace or admin."""
    return redirect(home_of(viewer(request)))
