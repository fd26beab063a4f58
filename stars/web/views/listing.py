"""The list of the catalogue and what is suggested while somebody types."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from catalogue import selectors_find as catalogue
from catalogue.selectors import Card
from catalogue.selectors_find import Found
from catalogue.selectors_suggest import Suggested, suggest
from catalogue.services.unmet import record_unmet
from learning_accounts.services.alerts import MOST_FOUND
from stars.common.formats import language
from stars.common.visitors import same_for_visitors
from stars.web import compare, find
from stars.web.cards import programme_cards
from stars.web.meta import meta
from stars.web.viewer import Viewer, viewer

# Names that are told where words were corrected or joined by what means the same.
ALSO = 3
SUGGESTIONS_KEPT = 300  # seconds


@login_not_required
@require_safe
@same_for_visitors
def catalogue_list(request: HttpRequest) -> HttpResponse:
    """The catalogue (GET /macibas/?q=&mode=&…&sort=&page=, public).

    A sentence that names filters ("in the evenings in Rīga") leads to its words with the filters
    ticked, so that they can be seen, kept as an address and taken away.
    """
    who = viewer(request)
    names = catalogue.choices()
    wish = find.Wish.read(request.GET, names)
    if wish.q:
        words, said = catalogue.read_sentence(wish.q)
        if said:
            return redirect(find.Wish(words, wish.chosen, wish.order).also(said).url())
    upto = find.read_upto(request.GET)
    found = catalogue.find(
        query=wish.q,
        filters=wish.filters,
        at=who.at,
        language=language(),
        order=wish.order if wish.q or wish.order != "fit" else "soon",
        page=request.GET.get("page", 1) if upto == 1 else 1,
        page_size=catalogue.PAGE_SIZE * upto,
        prices=who.quoter.table(names.types.values()),
        names=names,
    )
    page = found.page
    count = page.paginator.count
    if (not count or found.mentioned) and page.number == 1:
        record_unmet(query=wish.q, filters=urlencode(sorted(wish.pairs())), at=who.at)
    context = {
        "q": wish.q,
        "also": found.asked.also[:ALSO],
        "unknown": found.asked.unknown[:ALSO] if count else (),
        "count": count,
        "cards": programme_cards(list(page.object_list), who, compare.read(request.GET)),
        **_pages(wish, page, upto),
        "mentioned": found.mentioned,
        "people": found.asked.people,
        "dates_wrong": wish.dates_wrong,
        "tell": _tell(wish, who, count),
        "filters": find.filter_groups(wish, found.facets, names),
        "active": find.chips(wish, names, language()),
        "clear_url": find.Wish(q=wish.q, order=wish.order).url(),
        "sort": find.orders(wish),
        "hidden": [{"name": name, "value": value} for name, value in wish.pairs()],
        "meta": meta(
            # A later page has programmes that the first has not: it is a page of its own.
            wish.url(page.number) if page.number > 1 else reverse("web:catalogue"),
            title=_("Learning"),
            text=_("Learning for adults with dates, places, prices and support."),
        ),
        "nav": "catalogue",
        **_empty(found, wish, who),
    }
    return render(request, "web/catalogue.html", context)


def _pages(wish: find.Wish, page: Page[Card], upto: int) -> dict[str, Any]:
    """Where one is in the list; `upto` pages are shown as one, of whose end the next begins."""
    count = page.paginator.count
    shown = page.end_index() if count else 0
    number = page.number if upto == 1 else -(-shown // catalogue.PAGE_SIZE)
    return {
        "shown": shown,
        "page_number": page.number,
        "more_url": wish.url(number + 1) if page.has_next() else "",
        # The address that "show more" leaves behind.
        "grown_url": wish.url(upto=number + 1) if number < find.MOST_PAGES else "",
        "more_count": min(catalogue.PAGE_SIZE, count - shown),
        "earlier_url": wish.url(number - 1) if page.has_previous() else "",
    }


def popular() -> list[dict[str, str]]:
    """What people search for most, as links (components/chip.html)."""
    words = [
        _("artificial intelligence"),
        _("e-commerce"),
        _("cyber security"),
        _("digital marketing"),
    ]
    return [{"text": word, "url": find.Wish(q=word).url()} for word in words]


def _tell(wish: find.Wish, who: Viewer, count: int) -> dict[str, str] | None:
    """How one is told of what is new; None for staff and where nearly everything would be new."""
    if not (wish.q or wish.chosen) or count > MOST_FOUND or (who.account is None and who.roles):
        return None
    if who.account:
        return {"url": reverse("web:alert"), "method": "post"}
    return {"url": reverse("web:asked"), "method": "get"}


def _empty(found: Found, wish: find.Wish, who: Viewer) -> dict[str, Any]:
    """What helps where nothing was found: filters to leave out, what comes near, a promise."""
    if found.page.paginator.count:
        return {}
    return {
        "ways_out": find.ways_out(wish, found.without),
        "nearest": programme_cards(found.nearest, who),
        "popular": popular(),
    }


@login_not_required
@require_safe
def suggestions(request: HttpRequest) -> HttpResponse:
    """What begins with the typed letters (GET …/ieteikumi/?q=, public), as JSON."""
    found = suggest(request.GET.get("q", ""), language=language())
    n = len(found)
    said = ngettext("%(n)s suggestion", "%(n)s suggestions", n) % {"n": n} if n else ""
    body = {
        "suggestions": [
            {"text": each.text, "kind": str(_KINDS[each.kind]()), "url": _address(each)}
            for each in found
        ],
        "said": said,
    }
    response = JsonResponse(body)
    # In the visitor's own browser only: the language is in a cookie.
    patch_cache_control(response, private=True, max_age=SUGGESTIONS_KEPT)
    return response


_KINDS = {
    "topic": lambda: _("Topic"),
    "programme": lambda: _("Programme"),
    "provider": lambda: _("Provider"),
}


def _address(each: Suggested) -> str:
    if each.kind == "programme":
        return reverse("web:programme", args=[each.slug])
    if each.kind == "provider":
        return find.Wish(chosen={"provider": (each.slug,)}).url()
    return find.Wish(q=each.text[: find.MAX_QUERY]).url()
