"""What a person comes back to: saved programmes, and searches that wait for an answer."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.core.validators import slug_re
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from catalogue import selectors as catalogue
from catalogue.models import Programme
from catalogue.selectors_find import choices
from learning_accounts.models import LearningAccount
from learning_accounts.selectors import alerts_of, saved_ids
from learning_accounts.services import alerts, favourites
from stars.common.dates import riga_date
from stars.common.formats import language
from stars.common.limits import at_most
from stars.web import find, suggest
from stars.web.cards import programme_cards, save_button
from stars.web.viewer import Viewer, viewer

# Presses in five minutes: nobody saves faster by hand.
PAGE = 12
OFTEN = {"times": 60, "seconds": 300}


@require_safe
def saved(request: HttpRequest) -> HttpResponse:
    """Saved programmes and waiting searches (GET /konts/saglabatas/)."""
    who = viewer(request)
    mine = _mine(who)
    ids = saved_ids(mine.pk)
    places = {pk: place for place, pk in enumerate(ids)}
    found = sorted(
        Programme.objects.filter(pk__in=ids, current__isnull=False).select_related(
            "provider", "current__type", "current__field"
        ),
        key=lambda programme: places[programme.pk],
    )
    offered = set(catalogue.listed().filter(pk__in=ids).values_list("pk", flat=True))
    cards = catalogue.cards([p for p in found if p.pk in offered], at=who.at)
    context = {
        "cards": programme_cards(cards, who),
        "gone": [
            {
                "title": programme.current.title,
                "provider": programme.provider.name,
                "url": reverse("web:programme", args=[programme.slug]),
                "save": save_button(programme, programme.current.title, who),
            }
            for programme in found
            if programme.pk not in offered and programme.current is not None
        ],
        "alerts": _alerts(mine, who),
        "nav": "account",
    }
    return render(request, "web/saved.html", context)


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Save a programme (POST save=<slug>) or take it off the list (POST remove=<slug>)."""
    who = viewer(request)
    mine = _mine(who)
    at_most(**OFTEN, action="save", who=who.user.pk)
    slug, on = request.POST.get("save", ""), True
    if not slug:
        slug, on = request.POST.get("remove", ""), False
    if not slug_re.fullmatch(slug):
        raise Http404
    try:
        if on:
            favourites.save_programme(account_id=mine.pk, slug=slug, actor=who.user, at=who.at)
        else:
            favourites.remove_programme(account_id=mine.pk, slug=slug, actor=who.user)
    except Programme.DoesNotExist as error:
        raise Http404 from error
    if getattr(request, "htmx", False):
        programme = Programme.objects.select_related("current").filter(slug=slug).first()
        if programme is None or programme.current is None:
            raise Http404
        context = {"save": save_button(programme, programme.current.title, who)}
        return render(request, "components/save_button.html", context)
    messages.success(request, _("Saved.") if on else _("Taken off the list."))
    return redirect(_back(request, reverse("web:saved")))


@require_POST
def alert(request: HttpRequest) -> HttpResponse:
    """Wait for an answer to a search (POST q= and the filters as in the catalogue's address)."""
    who = viewer(request)
    if who.account is None and not who.roles:
        return redirect("web:opening")
    mine = _mine(who)
    at_most(**OFTEN, action="alert", who=who.user.pk)
    names = choices()
    wish = find.Wish.read(request.POST, names)
    alerts.make_alert(
        account_id=mine.pk,
        query=wish.q,
        filters=wish.filters,
        address=wish.url(),
        prices=who.quoter.table(names.types.values()),
        actor=who.user,
        at=who.at,
    )
    messages.success(request, _("We will write to you when such training appears."))
    return redirect(wish.url())


@require_POST
def alert_end(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    """Stop waiting (POST); 404 for another's."""
    who = viewer(request)
    if not alerts_of(_mine(who).pk).filter(pk=alert_id).exists():
        raise Http404
    alerts.end_alert(alert_id=alert_id, actor=who.user, at=who.at)
    messages.success(request, _("The search is ended."))
    return redirect("web:saved")


@require_safe
def for_you(request: HttpRequest) -> HttpResponse:
    """The personal list with its reasons (GET /konts/ieteikumi/?page=)."""
    who = viewer(request)
    mine = _mine(who)
    page = Paginator(suggest.for_you(who, suggest.ALL), PAGE).get_page(request.GET.get("page"))
    context = {
        "on": mine.suggestions,
        "cards": page.object_list,
        "page": page,
        "wish": mine.wish,
        "nav": "account",
    }
    return render(request, "web/for_you.html", context)


@require_POST
def suggestions(request: HttpRequest) -> HttpResponse:
    """Switch suggestions on (POST on=yes) or off."""
    who = viewer(request)
    mine, on = _mine(who), bool(request.POST.get("on"))
    favourites.switch_suggestions(account_id=mine.pk, on=on, actor=who.user)
    messages.success(
        request,
        _("We suggest training to you.")
        if on
        else _("We do not suggest training to you any more."),
    )
    return redirect("web:for_you")


def _mine(who: Viewer) -> LearningAccount:
    if who.account is None:
        raise Http404
    return who.account


def _alerts(mine: LearningAccount, who: Viewer) -> list[dict[str, Any]]:
    """Waiting searches in words: their query and what was chosen beside it."""
    rows = list(alerts_of(mine.pk))
    names = choices() if rows else None
    shown = []
    for row in rows:
        assert names is not None
        wish = find.Wish.read(QueryDict(urlsplit(row.address).query), names)
        texts = [row.query, *(chip["text"] for chip in find.chips(wish, names, language()))]
        shown.append(
            {
                "text": ", ".join(text for text in texts if text),
                "url": row.address,
                "since": riga_date(row.made_at),
                "end_url": reverse("web:alert_end", args=[row.pk]),
            }
        )
    return shown


def _back(request: HttpRequest, otherwise: str) -> str:
    """The page on which the button stood, or which the form names."""
    page = request.POST.get("next") or request.headers.get("Referer") or ""
    if not url_has_allowed_host_and_scheme(
        page, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return otherwise
    return urlsplit(page)._replace(scheme="", netloc="", fragment="").geturl() or otherwise
