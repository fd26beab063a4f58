"""Up to four programmes side by side; the choice is in the address, nothing is kept."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalogue import pages
from catalogue.models import Programme
from catalogue.selectors import Card
from catalogue.selectors_find import catalogue_page, choices
from funding.services.quote import Quote, quotes
from stars.common import formats
from stars.common.dates import riga_date
from stars.common.formats import language
from stars.common.visitors import same_for_visitors
from stars.web import compare as choice
from stars.web import find
from stars.web.cards import programme_cards, when
from stars.web.facts import rows
from stars.web.meta import meta
from stars.web.viewer import Viewer, viewer
from stars.web.wording import how_of

FOUND = 6


@login_not_required
@require_safe
@same_for_visitors
def compare(request: HttpRequest) -> HttpResponse:
    """Programmes beside one another (GET /macibas/salidzinat/?p=&p=&q=, public)."""
    who = viewer(request)
    cards = pages.by_slugs(choice.read(request.GET), at=who.at)
    slugs = [card.programme.slug for card in cards]
    table = _table(cards, who)
    query, back = find.read_query(request.GET), _back(request)
    context = {
        "programmes": [_head(card, slugs, back) for card in cards],
        "refused": _refused(request),
        "back": back,
        "list": urlsplit(back).query,
        "differing": [row for row in table if row["differs"]],
        "same": [row for row in table if not row["differs"]],
        "may_add": len(cards) < choice.MOST,
        "slugs": slugs,
        "q": query,
        "found": _found(query, slugs, who),
        "catalogue_url": _catalogue(slugs),
        "meta": meta(reverse("web:compare"), title=_("Compare learning")),
        "nav": "catalogue",
    }
    return render(request, "web/compare.html", context)


def _catalogue(slugs: list[str]) -> str:
    """The catalogue, where cards add to these."""
    return choice.url(slugs).replace(reverse("web:compare"), reverse("web:catalogue"), 1)


def _back(request: HttpRequest) -> str:
    """The list from which one came, kept in the address of the comparison."""
    came = find.came_from(request)
    rest = QueryDict(urlsplit(came).query or request.GET.get("list", "")[: find.LONGEST_LIST])
    return find.Wish.read(rest, choices()).url() if rest else reverse("web:catalogue")


def _refused(request: HttpRequest) -> str:
    """The title of the fifth programme, which is not added."""
    slug = choice.refused(request.GET)
    found = Programme.objects.filter(slug=slug, current__isnull=False) if slug else None
    programme = found.select_related("current").first() if found is not None else None
    return programme.current.title if programme and programme.current else ""


def _found(query: str, slugs: list[str], who: Viewer) -> list[dict[str, Any]]:
    """What may be added: the best matches of a search."""
    if not query or len(slugs) >= choice.MOST:
        return []
    page = catalogue_page(query=query, at=who.at, language=language(), page_size=FOUND + len(slugs))
    others = [card for card in page.object_list if card.programme.slug not in slugs]
    return programme_cards(others[:FOUND], who, slugs)


def _head(card: Card, slugs: list[str], back: str) -> dict[str, Any]:
    return {
        "title": card.version.title,
        "url": reverse("web:programme", args=[card.programme.slug]),
        "provider": card.programme.provider.name,
        "remove_url": choice.without(slugs, card.programme.slug, list=urlsplit(back).query),
    }


def _table(cards: list[Card], who: Viewer) -> list[dict[str, Any]]:
    """Every row with the text of each programme; a row differs where one text is not the same."""
    prices = quotes([card.offer for card in cards if card.offer], who.account, who.at)
    supported = {bool(price.support) for price in prices.values()}
    columns = [_column(card, prices, who, supported) for card in cards]
    if not columns:
        return []
    return [
        {
            "term": term,
            "cells": [
                {"title": card.version.title, "text": column[term] or formats.EN_DASH}
                for card, column in zip(cards, columns, strict=True)
            ],
            "text": columns[0][term] or formats.EN_DASH,
            "differs": len({column[term] for column in columns}) > 1 or len(columns) == 1,
        }
        for term in columns[0]
        if any(column[term] for column in columns)
    ]


def _column(
    card: Card, prices: dict[Any, Quote], who: Viewer, supported: set[bool]
) -> dict[str, str]:
    """What the table says of one programme, by the row's name."""
    price = prices.get(card.offer.pk) if card.offer else None
    group, today = card.group, riga_date(who.at)
    # To a visitor "you pay" is sure only where no source pays; where some do, each price says it.
    sure = who.account is not None
    own = _("With support") if not sure and supported == {True} else _("You pay")
    column = {
        own: _own(price, mixed=not sure and len(supported) > 1) if price else "",
        _("Price of learning"): formats.money(price.price, language()) if price else "",
        _("Next start"): formats.date_range(group.starts_on, group.ends_on, language(), today=today)
        if group
        else _("No date yet"),
        _("Times"): when(group) if group else "",
        _("Places"): formats.places(group.places_left, language()) if group else "",
        _("How"): capfirst(how_of(card.version)),
        _("Rating"): _rating(card),
    }
    for row in rows(card.version):
        abbreviation = row["abbr"]["word"] if "abbr" in row else ""
        column[row["term"]] = f"{row['text']} {abbreviation}".strip()
    return column


def _own(price: Quote, *, mixed: bool) -> str:
    """What one pays; beside programmes that are unlike it, whether support is in it."""
    amount = formats.money(price.own_part, language())
    if not mixed:
        return amount
    words = _("%(sum)s with support") if price.support else _("%(sum)s, nobody supports it")
    return words % {"sum": amount}


def _rating(card: Card) -> str:
    programme = card.programme
    if not programme.rating_count or programme.rating_average is None:
        return ""
    mean = formats.number(programme.rating_average, language())
    return f"{mean} · {formats.answers(programme.rating_count, language())}"
