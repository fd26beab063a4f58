"""Providers, what is over, and where support comes from: public pages beside the catalogue."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from catalogue import pages
from catalogue.enums import ProviderState
from catalogue.models import Provider
from funding import support
from funding.models import FundingSource
from stars.common.dates import riga_date
from stars.common.formats import language
from stars.common.visitors import same_for_visitors
from stars.web import find
from stars.web.cards import map_of_place, programme_cards
from stars.web.meta import meta, of_page
from stars.web.viewer import viewer

STATES = {
    ProviderState.ACTIVE: ("done", gettext_lazy("Takes part in STARS")),
    ProviderState.SUSPENDED: ("wait", gettext_lazy("Not offered for now")),
    ProviderState.ENDED: ("", gettext_lazy("Took part in STARS before")),
}
STAGES = {"planned": "wait", "active": "done", "ended": ""}


@login_not_required
@require_safe
@same_for_visitors
def providers(request: HttpRequest) -> HttpResponse:
    """Who teaches (GET /sniedzeji/?q=&page=, public)."""
    query = find.read_query(request.GET)
    page = pages.provider_list(query=query, page=request.GET.get("page", 1))
    path, of = reverse("web:providers"), find.query_of(q=query)
    context = {
        "q": query,
        "page": page,
        "query": of,
        "meta": meta(
            of_page(path, page.number, of),
            title=_("Education providers"),
            text=_("Schools, universities and training centres whose learning you find here."),
        ),
        "nav": "catalogue",
    }
    return render(request, "web/providers.html", context)


@login_not_required
@require_safe
@same_for_visitors
def provider(request: HttpRequest, provider_slug: str) -> HttpResponse:
    """One provider (GET /sniedzeji/<slug>/?page=, public); a former slug redirects for good."""
    who = viewer(request)
    try:
        page = pages.provider_page(provider_slug, at=who.at, page=request.GET.get("page", 1))
    except Provider.DoesNotExist as error:
        moved = pages.moved_provider(provider_slug)
        if moved is None:
            raise Http404 from error
        return redirect("web:provider", moved, permanent=True)
    one = page.provider
    tone, state = STATES[ProviderState(one.state)]
    path = reverse("web:provider", args=[provider_slug])
    context = {
        "provider": one,
        "state": {"text": state, "tone": tone},
        "accredited": _accredited(one, who.at),
        "rating": page.rating,
        "answers": page.answers,
        "history": [],
        "venues": [_venue(place, town) for place, town in page.venues],
        "cards": programme_cards(list(page.offered.object_list), who),
        "page": page.offered,
        "past": [_past(programme) for programme in page.past],
        "past_count": page.past_count,
        "archive_url": f"{reverse('web:archive')}?provider={one.slug}",
        "meta": meta(
            of_page(path, page.offered.number), title=one.name, text=one.about, kind="profile"
        ),
        "nav": "catalogue",
    }
    return render(request, "web/provider.html", context)


@login_not_required
@require_safe
@same_for_visitors
def archive(request: HttpRequest) -> HttpResponse:
    """What is over: programmes and projects (GET /macibas/arhivs/?provider=&page=, public)."""
    who = viewer(request)
    slug = find.read_slug(request.GET, "provider")
    of = Provider.objects.filter(slug=slug).first() if slug else None
    page = pages.archive_page(provider=of.slug if of else "", page=request.GET.get("page", 1))
    query = find.query_of(provider=of.slug if of else "")
    day = riga_date(who.at)
    over = [each for each in support.sources() if support.stage(each, day) == "ended"]
    context = {
        "of": of,
        "page": page,
        "query": query,
        "programmes": [_past(programme) for programme in page.object_list],
        "projects": [] if of else [_source(each, day) for each in over],
        "meta": meta(
            of_page(reverse("web:archive"), page.number, query),
            title=_("Archive"),
            text=_("Learning and projects that are over stay here to be looked up."),
        ),
        "nav": "catalogue",
    }
    return render(request, "web/archive.html", context)


@login_not_required
@require_safe
@same_for_visitors
def support_list(request: HttpRequest) -> HttpResponse:
    """Where support comes from (GET /atbalsts/, public)."""
    who = viewer(request)
    day = riga_date(who.at)
    found = support.sources()
    rules = support.rules(found, at=who.at)
    shown: dict[str, list[dict[str, Any]]] = {"active": [], "planned": [], "ended": []}
    for each in found:
        row = _source(each, day)
        stage = support.stage(each, day)
        if stage != "ended":
            row["gives"] = [rule.says[0] for rule in rules[each.pk] if rule.says]
        shown[stage].append(row)
    context = {
        **shown,
        "meta": meta(
            reverse("web:support"),
            title=_("Support for learning"),
            text=_("Who pays for your learning, how much, and what is asked of you."),
        ),
        "nav": "support",
    }
    return render(request, "web/support.html", context)


@login_not_required
@require_safe
@same_for_visitors
def source(request: HttpRequest, source_code: str) -> HttpResponse:
    """One source of support with its rules (GET /atbalsts/<code>/, public)."""
    who = viewer(request)
    try:
        one = support.source(source_code)
    except FundingSource.DoesNotExist as error:
        raise Http404 from error
    day = riga_date(who.at)
    row = _source(one, day)
    now, ever = pages.offered_under(one.term_id, day)
    over = support.stage(one, day) == "ended"
    context = {
        "source": row,
        "rules": support.rules([one], at=who.at)[one.pk],
        "over": over,
        "offered": now,
        "ever": ever,
        "paid": support.paid(one),
        "programmes": [
            # When a programme ended says nothing about when this source paid for it.
            {**_past(programme), "last_day": None}
            for programme in pages.of_source(one.term_id)[: pages.PAST_OF_PROVIDER]
        ]
        if over
        else [],
        "meta": meta(
            reverse("web:source", args=[source_code]), title=row["name"], text=row["goal"]
        ),
        "nav": "support",
    }
    return render(request, "web/source.html", context)


def _accredited(one: Provider, at: Any) -> dict[str, Any] | None:
    """What a provider is accredited for and until when; None where nothing is known."""
    if not one.accreditation and one.accredited_until is None:
        return None
    until = one.accredited_until
    return {
        "text": one.accreditation,
        "until": until,
        "over": until is not None and until < riga_date(at),
    }


def _venue(place: str, town: str) -> dict[str, str]:
    return {"text": place or town, "url": map_of_place(place, town)}


def _past(programme: Any) -> dict[str, Any]:
    """A programme of the archive as a line."""
    return {
        "title": programme.current.title,
        "url": reverse("web:programme", args=[programme.slug]),
        "provider": programme.provider.name,
        "last_day": programme.last_day,
        "rating": programme.rating_average,
        "rating_count": programme.rating_count,
    }


def _source(one: FundingSource, day: Any) -> dict[str, Any]:
    """A source as pages show it."""
    stage = support.stage(one, day)
    english = language() == "en"
    return {
        "name": one.term.name,
        "url": reverse("web:source", args=[one.code]),
        "full_name": one.full_name_en if english else one.full_name_lv,
        "goal": one.goal_en if english else one.goal_lv,
        "number": one.project_code,
        "owner": one.owner.name if one.owner else "",
        "starts_on": one.starts_on,
        "ends_on": one.ends_on,
        "invented": one.invented,
        "state": {"text": support.state_text(stage), "tone": STAGES[stage]},
    }
