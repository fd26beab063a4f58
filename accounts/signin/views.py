"""allauth's two steps of signing in with Latvija.lv, with a page for every way they can fail."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from functools import wraps

import requests
import structlog
from allauth.socialaccount.providers.openid_connect import views as allauth_views
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.cache import never_cache

from accounts.signin import pages

log = structlog.get_logger(__name__)
View = Callable[..., HttpResponseBase]


def _with_pages(view: View) -> View:
    """`view`, where an answer of the provider that is not as agreed is no fault of ours."""

    @wraps(view)
    def wrapper(request: HttpRequest, provider_id: str) -> HttpResponseBase:
        try:
            return view(request, provider_id)
        except requests.RequestException as error:
            log.warning("sign_in_failed", reason="unavailable", error=type(error).__name__)
            return pages.known(request, "unavailable")
        except (KeyError, TypeError, ValueError, ImproperlyConfigured) as error:
            # allauth reads the provider's answers without checking them first. The place is
            # logged and not the error's text, which may quote the answer.
            place = traceback.extract_tb(error.__traceback__)[-1]
            log.error(
                "sign_in_answer_malformed",
                error=type(error).__name__,
                place=f"{place.filename}:{place.lineno}",
            )
            return pages.known(request, "unavailable")

    return wrapper


begin = login_not_required(never_cache(_with_pages(allauth_views.login)))
callback = login_not_required(never_cache(_with_pages(allauth_views.callback)))


@login_not_required
def not_here(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
    """An address that allauth must be able to name but that this portal does not have."""
    raise Http404
