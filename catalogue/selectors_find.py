"""The list of the catalogue: what was found, its cards, and the numbers beside every filter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.core.paginator import Page, Paginator
from django.db import connection
from django.utils.functional import Promise

from catalogue import facets, wishes
from catalogue.enums import Mode, ProviderState
from catalogue.facets import ORDERS, Pass
from catalogue.filters import (
    BANDS,
    DURATIONS,
    LONGER,
    NO_SUPPORT,
    OWN_PRICES,
    STARTS_WITHIN,
    WEEKDAYS,
    Filters,
    PriceRule,
    PriceTable,
)
from catalogue.models import Programme, Provider
from catalogue.search import Asked, understand
from catalogue.selectors import Card, cards
from stars.common.dates import riga_date
from stars.common.ordering import LvKey, lv_key
from stars.vocabularies.models import Named, ProgrammeType, Term

# What other apps take from here.
__all__ = (
    "BANDS",
    "DURATIONS",
    "LONGER",
    "ORDERS",
    "OWN_PRICES",
    "STARTS_WITHIN",
    "WEEKDAYS",
    "Choices",
    "Facet",
    "Filters",
    "Found",
    "PriceRule",
    "PriceTable",
    "catalogue_page",
    "choices",
    "find",
    "read_sentence",
)

PAGE_SIZE = 20
# Whoever asks for a later page wants to break something.
LAST_PAGE = 10_000
# As people choose, not as the alphabet says.
MODES = (Mode.REMOTE, Mode.ON_SITE, Mode.HYBRID)
# Of more than so many it is not asked whether they only mention the words.
FEW = PAGE_SIZE
# Filters whose values are terms, and their vocabularies.
VOCABULARY_OF = {
    "fields": "field",
    "sources": "funding_source",
    "qualifications": "qualification",
    "areas": "digcomp_area",
    "languages": "language",
    "entries": "entry_level",
}
VOCABULARIES = tuple(VOCABULARY_OF.values())


@dataclass(frozen=True)
class Facet:
    """One value of a filter, how many programmes have it, and its official name where the text is
    a plainer one."""

    value: str
    text: str | Promise
    count: int
    official: str = ""


@dataclass(frozen=True)
class Choices:
    """The names of what the filters may hold: types and terms by code, providers by key."""

    types: dict[str, ProgrammeType]
    terms: dict[tuple[str, str], Term]
    providers: dict[str, Provider]

    @cached_property
    def slugs(self) -> set[str]:
        """Of the providers."""
        return {provider.slug for provider in self.providers.values()}


@dataclass(frozen=True)
class Found:
    """A page of the list with the numbers beside every filter.

    `without`: how many there would be without one of the chosen filters; `nearest`: cards of what
    comes near where nothing was found; `mentioned`: what was found is not about the words, it only
    mentions them.
    """

    page: Page[Card]
    asked: Asked
    facets: dict[str, list[Facet]]
    without: dict[str, int]
    nearest: list[Card] = field(default_factory=list)
    mentioned: bool = False


def choices() -> Choices:
    """What the filters may be asked for, with its names: three queries."""
    terms = Term.objects.filter(vocabulary__current=True, vocabulary__code__in=VOCABULARIES)
    return Choices(
        types={each.code: each for each in ProgrammeType.objects.all()},
        terms={
            (each.vocabulary.code, each.code): each for each in terms.select_related("vocabulary")
        },
        providers={
            str(each.pk): each
            for each in Provider.objects.filter(state=ProviderState.ACTIVE).order_by(LvKey("name"))
        },
    )


# Every town once, by jumps through the index: the rows would be read as a whole otherwise.
_CITIES = """
WITH RECURSIVE town AS (
    (SELECT city FROM catalogue_searchrow WHERE city > '' ORDER BY city LIMIT 1)
    UNION ALL
    SELECT (SELECT s.city FROM catalogue_searchrow s WHERE s.city > town.city
            ORDER BY s.city LIMIT 1)
    FROM town WHERE town.city IS NOT NULL
)
SELECT city FROM town WHERE city IS NOT NULL
"""


def read_sentence(query: str) -> tuple[str, Filters]:
    """What of a query are words and what are filters; one query for the towns."""
    with connection.cursor() as cursor:
        cursor.execute(_CITIES)
        towns = [town for (town,) in cursor.fetchall()]
    return wishes.read(query, towns)


class _Counted(Paginator):
    """A paginator that has been told how many there are."""

    def __init__(self, total: int, page_size: int) -> None:
        super().__init__([], page_size)
        self.total = total

    @cached_property
    def count(self) -> int:
        """Programmes found."""
        return self.total


def find(
    *,
    query: str = "",
    filters: Filters | None = None,
    at: datetime,
    language: str = "lv",
    order: str = "fit",
    page: int | str = 1,
    page_size: int = PAGE_SIZE,
    prices: PriceTable = NO_SUPPORT,
    names: Choices | None = None,
) -> Found:
    """One page of the catalogue with the numbers of its filters (CAT-1 to CAT-3).

    One query for the list and all numbers (none where the whole list is kept), two more for words
    (three after a slip of the finger), three for the cards; one more where nothing or little is
    found. `prices` says what support the person can use; `order` is one of ORDERS: "fit" means by
    fit to the query, then by the next start, then alphabetically in `language`. A page number out
    of range gives the nearest page.
    """
    day = riga_date(at)
    filters = filters or Filters()
    asked = understand(query)
    passed = _passed(
        asked=asked,
        filters=filters,
        day=day,
        prices=prices,
        language=language,
        order=order if order in ORDERS else "fit",
        page=_page_number(page),
        page_size=page_size,
    )
    near = [] if passed.total else facets.nearest(asked=asked, filters=filters, day=day)
    shown = _cards_of([*passed.programmes, *near], at)
    names = names or Choices({}, {}, {})
    return Found(
        page=Page(shown if passed.total else [], passed.page, _Counted(passed.total, page_size)),
        asked=asked,
        facets=named(passed.counts, filters, names),
        without=passed.without,
        nearest=[] if passed.total else shown,
        mentioned=0 < passed.total <= FEW and _only_mentioned(asked),
    )


def _passed(**wish: Any) -> Pass:
    """What one pass finds; of the whole list, what it found up to a minute ago.

    Counting everything takes longest, is asked for most and changes least.
    """
    if wish["asked"] or wish["filters"] or not settings.WHOLE_LIST_SECONDS:
        return facets.find(**wish)
    key = "list:" + sha256(repr((connection.settings_dict["NAME"], wish)).encode()).hexdigest()
    kept: Pass | None = cache.get(key)
    if kept is None:
        kept = facets.find(**wish)
        cache.set(key, kept, settings.WHOLE_LIST_SECONDS)
    return kept


# Whether any listed programme has one of the words in more than its long text.
_ABOUT = """
SELECT EXISTS (
    SELECT 1 FROM catalogue_searchrow s WHERE s.listed AND s.document @@ %(about)s::tsquery)
"""


def _only_mentioned(asked: Asked) -> bool:
    """Whether the words stand in long texts only ("pieraksts pie friziera"); one query."""
    if not asked.terms:
        return False
    with connection.cursor() as cursor:
        cursor.execute(_ABOUT, {"about": asked.about})
        return not cursor.fetchone()[0]


def _page_number(page: int | str) -> int:
    text = str(page)
    return min(int(text), LAST_PAGE) if text.isdecimal() and len(text) < 10 else 1


def catalogue_page(**wish: Any) -> Page[Card]:
    """Only the cards of `find`."""
    return find(**wish).page


def _cards_of(ids: Sequence[UUID], at: datetime) -> list[Card]:
    if not ids:
        return []
    programmes = Programme.objects.select_related("provider", "current__type", "current__field")
    by_key = programmes.in_bulk(list(ids))
    return cards([by_key[key] for key in ids], at=at)


def named(
    counts: Mapping[str, Mapping[str, int]], filters: Filters, names: Choices
) -> dict[str, list[Facet]]:
    """The numbers with names, in the order in which people choose.

    What nobody has is left out, unless it is chosen: then it can be seen and taken away.
    """
    made: dict[str, list[Facet]] = {}
    for name, vocabulary in VOCABULARY_OF.items():
        numbers, chosen = counts.get(name, {}), getattr(filters, name)
        made[name] = [
            Facet(code, term.plain, numbers.get(code, 0), _official(term))
            for (vocabulary_code, code), term in names.terms.items()
            if vocabulary_code == vocabulary and (numbers.get(code) or code in chosen)
        ]
    numbers = counts.get("types", {})
    made["types"] = [
        Facet(code, each.plain, numbers.get(code, 0), _official(each))
        for code, each in names.types.items()
        if numbers.get(code) or code in filters.types
    ]
    numbers = counts.get("providers", {})
    made["providers"] = [
        Facet(each.slug, each.name, numbers.get(key, 0))
        for key, each in names.providers.items()
        if numbers.get(key) or each.slug in filters.providers
    ]
    cities = {city for city, n in counts.get("cities", {}).items() if n and city}
    made["cities"] = [
        Facet(city, city, counts.get("cities", {}).get(city, 0))
        for city in sorted(cities | set(filters.cities), key=lv_key)
    ]
    made["modes"] = _plain(counts, "modes", [mode.value for mode in MODES], filters.modes)
    durations = [*(str(most) for most in DURATIONS), LONGER]
    made["durations"] = _plain(counts, "durations", durations, filters.durations)
    made["bands"] = _plain(counts, "bands", list(BANDS), filters.bands)
    for name in ("starts", "free", "weekdays", "after_work", "price"):
        made[name] = [Facet(value, "", n) for value, n in counts.get(name, {}).items()]
    return made


def _official(each: Named) -> str:
    return each.name if each.plain != each.name else ""


def _plain(
    counts: Mapping[str, Mapping[str, int]], name: str, order: list[str], chosen: tuple[str, ...]
) -> list[Facet]:
    numbers = counts.get(name, {})
    return [
        Facet(value, "", numbers.get(value, 0))
        for value in order
        if numbers.get(value) or value in chosen
    ]
