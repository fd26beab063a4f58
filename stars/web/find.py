"""What a visitor asks of the catalogue, read from the address and written into it again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from catalogue.selectors_find import (
    BANDS,
    DURATIONS,
    LONGER,
    ORDERS,
    OWN_PRICES,
    STARTS_WITHIN,
    WEEKDAYS,
    Choices,
    Facet,
    Filters,
)
from stars.common import formats
from stars.common.dates import add_months
from stars.web.filter_words import GROUPS, ORDER_NAMES, Group, text_of

# Nobody types more; the rest of a longer one is cut.
MAX_QUERY = 100
LONGEST_SLUG = 140
# Of the query of a list that another address hands on.
LONGEST_LIST = 1000
# Pages that are shown together.
MOST_PAGES = 10
# Values of one filter that are read; nobody ticks more.
MAX_VALUES = 50
FREE, EVENING = "free", "free-time"
_DAY = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?")


@dataclass(frozen=True)
class Wish:
    """A query with its filters. Values nobody offers are left out: an old link still works."""

    q: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    order: str = "fit"

    @classmethod
    def read(cls, data: QueryDict, choices: Choices) -> Wish:
        """Read the address; whatever is in it, the result is a valid wish."""
        chosen: dict[str, tuple[str, ...]] = {}
        for group in GROUPS:
            valid = _valid(group.name, choices)
            given = (_printable(value)[:MAX_QUERY] for value in data.getlist(group.name))
            values = tuple(dict.fromkeys(value for value in given if valid(value)))[:MAX_VALUES]
            if values:
                chosen[group.name] = values
        for name in ("from", "until"):
            if read_day(data.get(name, "")) is not None:
                chosen[name] = (str(data[name]),)
        order = data.get("sort", "fit")
        return cls(read_query(data), chosen, order if order in ORDERS else "fit")

    @property
    def filters(self) -> Filters:
        """The same for the catalogue's selector."""
        starts, days = self.chosen.get("starts", ()), self.chosen.get("days", ())
        prices = [int(value) for value in self.chosen.get("price", ())]
        plain = {group.filter: self.chosen.get(group.name, ()) for group in GROUPS if group.filter}
        return Filters(
            **plain,
            # Ticking both "two weeks" and "six weeks" means six; so with prices.
            starts_within_weeks=max((int(v) for v in starts if v != FREE), default=None),
            free_places=FREE in starts,
            own_price=max(prices, default=None),
            weekdays=tuple(int(value) for value in days if value != EVENING),
            after_work=EVENING in days,
            starts_from=read_day(self._one("from")),
            starts_until=read_day(self._one("until"), end=True),
        )

    @property
    def dates_wrong(self) -> bool:
        """The last day is before the first."""
        first, last = self.filters.starts_from, self.filters.starts_until
        return first is not None and last is not None and last < first

    def _one(self, name: str) -> str:
        return next(iter(self.chosen.get(name, ())), "")

    def also(self, filters: Filters) -> Wish:
        """The wish with the filters that were found in its words."""
        added: dict[str, tuple[str, ...]] = {
            group.name: getattr(filters, group.filter) for group in GROUPS if group.filter
        }
        days = tuple(str(day) for day in filters.weekdays)
        added["days"] = (*days, EVENING) if filters.after_work else days
        if filters.own_price is not None:
            added["price"] = (str(filters.own_price),)
        return replace(self, chosen={**self.chosen, **{k: v for k, v in added.items() if v}})

    def pairs(self) -> list[tuple[str, str]]:
        """The filters as the address holds them."""
        return [(name, value) for name, values in self.chosen.items() for value in values]

    def without(self, name: str, value: str) -> Wish:
        """The wish with one filter taken away."""
        rest = {
            key: tuple(v for v in values if (key, v) != (name, value))
            for key, values in self.chosen.items()
        }
        return replace(self, chosen={key: values for key, values in rest.items() if values})

    def url(self, page: int = 1, *, upto: int = 0) -> str:
        """The address of this wish: of one page, or of all pages `upto` one."""
        pairs = [("q", self.q)] if self.q else []
        pairs += self.pairs()
        if self.order != "fit":
            pairs.append(("sort", self.order))
        if page > 1:
            pairs.append(("page", str(page)))
        if upto > 1:
            pairs.append(("upto", str(upto)))
        address = reverse("web:catalogue")
        return f"{address}?{urlencode(pairs)}" if pairs else address


def _printable(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text)


def read_query(data: QueryDict) -> str:
    """The searched words, without control characters and not too long."""
    return " ".join(_printable(data.get("q", "")).split())[:MAX_QUERY]


def read_slug(data: QueryDict, name: str) -> str:
    """A slug in the address; empty where what stands there cannot be one."""
    value = data.get(name, "")
    return value if len(value) <= LONGEST_SLUG and value == slugify(value) else ""


def query_of(**values: str) -> str:
    """What stands before "page=" in links of a pager: "q=ai&", or nothing."""
    pairs = {name: value for name, value in values.items() if value}
    return f"{urlencode(pairs)}&" if pairs else ""


def read_day(text: str, *, end: bool = False) -> date | None:
    """A day (2026-12-24) or the first, with `end` the last, day of a month (2026-12)."""
    match = _DAY.fullmatch(text)
    if match is None:
        return None
    year, month, day = match.groups()
    try:
        first = date(int(year), int(month), int(day or 1))
    except ValueError:
        return None
    if not 2000 <= first.year <= 2100:
        return None
    return add_months(first, 1) - timedelta(days=1) if end and day is None else first


def _valid(name: str, choices: Choices) -> Callable[[str], bool]:
    """Which values a filter may have."""
    group = next(group for group in GROUPS if group.name == name)
    if name == "city":
        return lambda value: bool(value.strip())
    if name == "provider":
        return choices.slugs.__contains__
    if name == "type":
        return choices.types.__contains__
    if group.vocabulary:
        return lambda value: (group.vocabulary, value) in choices.terms
    known: dict[str, Iterable[str]] = {
        "starts": [*map(str, STARTS_WITHIN), FREE],
        "days": [*map(str, WEEKDAYS), EVENING],
        "price": map(str, OWN_PRICES),
        "hours": [*map(str, DURATIONS), LONGER],
        "level": BANDS,
        "mode": ("remote", "on_site", "hybrid"),
    }
    return set(known[name]).__contains__


def _facets_of(group: Group, facets: Mapping[str, list[Facet]]) -> list[Facet]:
    """The values of a filter of the page; two of them join several of the catalogue's."""
    if group.name == "starts":
        free = [replace(facet, value=FREE) for facet in facets["free"]]
        return [*facets["starts"], *free]
    if group.name == "days":
        evening = [replace(facet, value=EVENING) for facet in facets["after_work"]]
        return [*evening, *(facet for facet in facets["weekdays"] if facet.count)]
    return facets[group.filter or group.name]


def filter_groups(
    wish: Wish, facets: Mapping[str, list[Facet]], choices: Choices
) -> list[dict[str, Any]]:
    """The filters of the page with what is ticked (templates/web/catalogue.html)."""
    groups = []
    for group in GROUPS:
        chosen = wish.chosen.get(group.name, ())
        offered = _facets_of(group, facets)
        there = {facet.value for facet in offered}
        missing = [_chosen(group.name, v, choices) for v in chosen if v not in there]
        options = [
            {
                "value": facet.value,
                "text": text_of(group.name, facet),
                "official": facet.official,
                "count": facet.count,
                "checked": facet.value in chosen,
                "id": f"f-{group.name}-{slugify(facet.value)}",
            }
            for facet in [*offered, *missing]
        ]
        if len(options) > 1 or chosen:
            groups.append(
                {
                    "name": group.name,
                    "title": group.title,
                    "official": group.official,
                    "options": options,
                    "folded": group.folded,
                    "open": bool(chosen),
                    "dates": _dates(wish) if group.name == "starts" else [],
                }
            )
    return groups


def _dates(wish: Wish) -> list[dict[str, Any]]:
    """The first and the last day on which a group may begin."""
    days = {"from": wish.filters.starts_from, "until": wish.filters.starts_until}
    texts = {"from": _("Starts from"), "until": _("Starts until")}
    return [
        {"name": name, "text": texts[name], "value": day.isoformat() if day else ""}
        for name, day in days.items()
    ]


def chips(wish: Wish, choices: Choices, language: str) -> list[dict[str, str]]:
    """The active filters, each with the address of the list without it."""
    made = []
    for name, value in wish.pairs():
        if name in ("from", "until"):
            day = read_day(value, end=name == "until")
            assert day is not None
            # "No 5. janvāra", "līdz 5. janvārim".
            case: formats.Case = "genitive" if name == "from" else "dative"
            words = {"day": formats.day(day, language, case, year=True)}
            text = _("From %(day)s") % words if name == "from" else _("Until %(day)s") % words
        else:
            text = text_of(name, _chosen(name, value, choices))
        made.append({"name": name, "text": text, "url": wish.without(name, value).url()})
    return made


def _chosen(name: str, value: str, choices: Choices) -> Facet:
    """A chosen value that nothing has."""
    text: str = value
    group = next(group for group in GROUPS if group.name == name)
    if group.vocabulary:
        text = choices.terms[group.vocabulary, value].plain
    elif name == "type":
        text = choices.types[value].plain
    elif name == "provider":
        text = next(p.name for p in choices.providers.values() if p.slug == value)
    return Facet(value, text, 0)


# The catalogue's names of filters by those of the address, where they differ.
_COUNTED_AS: Mapping[str, tuple[str, ...]] = {
    "starts": ("starts", "free"),
    "from": ("starts",),
    "until": ("starts",),
    "days": ("weekdays", "after_work"),
}


def ways_out(wish: Wish, without: Mapping[str, int]) -> list[dict[str, Any]]:
    """Which filter to leave out where nothing was found, and how many there are then."""
    ways = []
    for key, count in sorted(without.items(), key=lambda item: (-item[1], item[0])):
        names = [name for name, keys in _COUNTED_AS.items() if key in keys]
        names += [group.name for group in GROUPS if key in (group.filter, group.name)]
        rest = wish
        for name, value in wish.pairs():
            if name in names and not _other_half(key, name, value):
                rest = rest.without(name, value)
        if rest != wish:
            ways.append({"title": _title_of(key), "count": count, "url": rest.url()})
    return ways


def _other_half(key: str, name: str, value: str) -> bool:
    """Whether a value of a joined filter belongs to its other half."""
    if name == "starts":
        return (value == FREE) != (key == "free")
    if name == "days":
        return (value == EVENING) != (key == "after_work")
    return False


def _title_of(key: str) -> str:
    if key == "free":
        return _("Has free places")
    if key == "after_work":
        return _("In the evenings on workdays")
    names = {"starts": "starts", "weekdays": "days", "price": "price"}
    group = next(g for g in GROUPS if key == g.filter or g.name == names.get(key))
    return str(group.title)


def orders(wish: Wish) -> dict[str, Any]:
    """The ways of sorting; the best match only where something is searched."""
    values: Iterable[str] = ORDERS if wish.q else ORDERS[1:]
    selected = wish.order if wish.order in values else "soon"
    options = [{"value": value, "text": ORDER_NAMES[value]} for value in values]
    return {"selected": selected, "options": options}


def read_upto(data: QueryDict) -> int:
    """How many pages are shown at once, so that Back finds what "show more" had added."""
    text = data.get("upto", "")
    return min(int(text), MOST_PAGES) if text.isdecimal() and len(text) < 4 else 1


def came_from(request: HttpRequest) -> str:
    """The address of the list from which a programme was opened; empty for other pages."""
    referrer = urlsplit(request.headers.get("Referer", ""))
    if referrer.netloc == request.get_host() and referrer.path == reverse("web:catalogue"):
        return referrer._replace(scheme="", netloc="", fragment="").geturl()
    return ""
