"""Asking for news by e-mail, saying yes, ending it."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from stars.common.dates import now
from stars.common.limits import TooMany
from stars.content.forms import SubscribeForm
from stars.content.services import subscription


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: HttpRequest) -> HttpResponse:
    """The form, and the one answer that every address gets (GET, POST /jaunumi/sanemt/, public).

    More than ten tries an hour from one network address are refused (429).
    """
    form = SubscribeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            subscription.limit(network_address=get_adapter().get_client_ip(request))
        except TooMany as error:
            form.add_error(None, str(error))
            return render(request, "content/subscribe.html", {"form": form}, status=429)
        language = "en" if get_language() == "en" else "lv"
        subscription.ask(email=form.cleaned_data["email"], language=language, at=now())
        return render(request, "content/subscribe_asked.html")
    return render(request, "content/subscribe.html", {"form": form})


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The page with the button “Yes, send me news”, and its answer (public, by a signed link).

    Programs that check letters open links; only the button, which they do not press, counts.
    """
    if request.method == "POST":
        subscription.confirm(token=token, at=now())
        return render(request, "content/subscribe_done.html")
    subscription.check_confirmation(token)
    return render(request, "content/subscribe_confirm.html")


@csrf_exempt  # mail programs press the button without having seen the page (RFC 8058)
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """The page with the button “No more news”, and its answer (public, by a signed link)."""
    if request.method == "POST":
        subscription.leave(token=token)
        return render(request, "content/unsubscribe_done.html")
    subscription.check_leaving(token)
    return render(request, "content/unsubscribe.html")
