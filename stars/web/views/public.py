"""What anybody may look at: home page, catalogue, programme, list of sessions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalogue import selectors as catalogue
from catalogue.enums import VersionState
from catalogue.models import Programme
from catalogue.selectors import GroupChoice, ProgrammePage
from enrolments.enums import ApplicationState
from enrolments.selectors import living_of
from funding.services.quote import Quote, quotes
from stars.common.dates import riga_date
from stars.web import find
from stars.web.cards import group_cards, programme_cards, save_button
from stars.web.facts import facts
from stars.web.selectors import figures, grant_amount
from stars.web.viewer import Viewer, viewer
from stars.web.visitors import same_for_visitors
from stars.web.wording import how_of, language, price_of, promises

SOON = 3


@login_not_required
@require_safe
@same_for_visitors
def home(request: HttpRequest) -> HttpResponse:
    """The home page (GET /, public)."""
    who = viewer(request)
    words = [
        _("artificial intelligence"),
        _("e-commerce"),
        _("cyber security"),
        _("digital marketing"),
    ]
    context = {
        "grant": grant_amount(at=who.at),
        "words": [{"text": word, "url": find.Wish(q=word).url()} for word in words],
        "figures": figures(),
        "cards": programme_cards(catalogue.soonest(SOON, at=who.at), who),
    }
    return render(request, "web/home.html", context)


@login_not_required
@require_safe
@same_for_visitors
def catalogue_list(request: HttpRequest) -> HttpResponse:
    """The catalogue (GET /macibas/?q=&mode=&…&sort=&page=, public)."""
    who = viewer(request)
    facets = catalogue.facets(find.read_query(request.GET), at=who.at)
    wish = find.Wish.read(request.GET, facets)
    page = catalogue.catalogue_page(
        query=wish.q,
        filters=wish.filters,
        at=who.at,
        language=language(),
        order=wish.order,
        page=request.GET.get("page", 1),
    )
    count, shown = page.paginator.count, page.end_index()
    context = {
        "q": wish.q,
        "count": count,
        "cards": programme_cards(list(page.object_list), who),
        "shown": shown,
        "page_number": page.number,
        "more_url": wish.url(page.number + 1) if page.has_next() else "",
        "more_count": min(catalogue.PAGE_SIZE, count - shown),
        "earlier_url": wish.url(page.number - 1) if page.has_previous() else "",
        "filters": find.filter_groups(wish, facets),
        "active": find.chips(wish, facets),
        "clear_url": find.Wish(q=wish.q, order=wish.order).url(),
        "sort": find.orders(wish),
        "hidden": [{"name": name, "value": value} for name, value in wish.pairs()],
        "nav": "catalogue",
    }
    return render(request, "web/catalogue.html", context)


@login_not_required
@require_safe
@same_for_visitors
def programme(request: HttpRequest, slug: str) -> HttpResponse:
    """One programme (GET /macibas/<slug>/?group=, public); 404 for what was never published."""
    page, who = _page(slug, request), viewer(request)
    today = riga_date(who.at)
    chosen = _chosen(page, request.GET.get("group", ""))
    price = _price(page, chosen, who)
    cards = group_cards(page.groups, slug, today)
    version = page.version
    context = {
        "back": _back(request),
        "programme": {
            "title": version.title,
            "provider": page.provider.name,
            "provider_text": page.provider.about_en
            if language() == "en"
            else page.provider.about_lv,
            "hours": version.hours,
            "how": how_of(version),
            "summary": version.summary,
            "outcomes": version.outcome_list,
            "facts": facts(page),
            "rating": page.programme.rating_average,
            "rating_count": page.programme.rating_count,
        },
        "save": save_button(page.programme, version.title, who),
        "gone": not page.is_listed,
        "groups": cards,
        "selected": str(chosen.group.pk) if chosen else "",
        "quote": price_of(price, today) if price else None,
        "signed_in": who.account is not None,
        "mine": _mine(page, who),
        "promises": promises(price, chosen.group if chosen else None),
        "apply_url": request.path + "pieteikties/" if chosen else "",
        "apply_reason": "" if chosen else _why_not(page),
        "nav": "catalogue",
    }
    return render(request, "web/programme.html", context)


@login_not_required
@require_safe
def choose(request: HttpRequest, slug: str) -> HttpResponse:
    """From the chosen group to its application (GET …/pieteikties/?group=, public).

    A group to which one cannot apply leads back to the programme, which says why.
    """
    page = _page(slug, request)
    wanted = request.GET.get("group", "")
    for choice in page.groups:
        if str(choice.group.pk) == wanted and _can_apply(choice):
            return redirect("enrolments:apply", choice.group.pk)
    return redirect("web:programme", slug)


@login_not_required
@require_safe
@same_for_visitors
def sessions(request: HttpRequest, slug: str, group_id: UUID) -> HttpResponse:
    """The timetable of a group (GET …/nodarbibas/<group>/, public)."""
    page, who = _page(slug, request), viewer(request)
    choice = next((choice for choice in page.groups if choice.group.pk == group_id), None)
    if choice is None:
        raise Http404
    context = {
        "programme": {"title": page.version.title, "slug": slug},
        "group": group_cards([choice], slug, riga_date(who.at))[0],
        "sessions": catalogue.timetable(group_id),
        "nav": "catalogue",
    }
    return render(request, "web/sessions.html", context)


def _page(slug: str, request: HttpRequest) -> ProgrammePage:
    try:
        return catalogue.programme_page(slug, at=viewer(request).at)
    except Programme.DoesNotExist as error:
        raise Http404 from error


def _can_apply(choice: GroupChoice) -> bool:
    return choice.is_open and choice.group.places_left > 0 and choice.offer is not None


def _chosen(page: ProgrammePage, wanted: str) -> GroupChoice | None:
    """The group named in the address, else the first to which one can apply."""
    possible = [choice for choice in page.groups if _can_apply(choice)]
    named = [choice for choice in possible if str(choice.group.pk) == wanted]
    return next(iter(named or possible), None)


def _price(page: ProgrammePage, chosen: GroupChoice | None, who: Viewer) -> Quote | None:
    """What the person pays under the offer that costs them least, as the application takes it."""
    offers = chosen.offers if chosen else page.offers
    prices = quotes(offers, who.account, who.at).values()
    return min(prices, key=lambda price: price.own_part, default=None)


def _mine(page: ProgrammePage, who: Viewer) -> dict[str, str] | None:
    """That the person has applied here already, with the way there; nothing is bought twice."""
    if who.account is None:
        return None
    living = living_of(who.account).exclude(state=ApplicationState.DRAFT)
    mine = living.filter(offer__version__programme=page.programme.pk).first()
    if mine is None:
        return None
    return {
        "title": _("You have applied for this training"),
        "url": reverse("enrolments:application", args=[mine.pk]),
    }


def _why_not(page: ProgrammePage) -> str:
    """Why nobody can apply now."""
    if page.version.state == VersionState.SUSPENDED:
        return _("This programme is suspended for now. Whoever is learning it goes on.")
    if not page.is_listed:
        return _("This programme is not offered any more.")
    if any(choice.is_open for choice in page.groups):
        return _("All groups are full.")
    if page.groups:
        return _("Applications are closed.")
    return _("No group is planned yet.")


def _back(request: HttpRequest) -> dict[str, Any]:
    """Back to what was found, where the person came from a search."""
    address = find.came_from(request)
    if address:
        return {"url": address, "text": _("Back to what was found")}
    return {"url": find.Wish().url(), "text": _("All learning")}
