"""What a visitor asks of the catalogue, read from the address and written into it again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from catalogue.enums import Mode
from catalogue.selectors import ORDERS, Facet, Filters

# Nobody types more; the rest of a longer one is cut.
MAX_QUERY = 100
FREE = "free"
LONGEST_SLUG = 140

# Name in the address, title, whether it starts folded away.
GROUPS: tuple[tuple[str, str | Promise, str, bool], ...] = (
    ("starts", gettext_lazy("When it starts"), "starts", False),
    ("mode", gettext_lazy("How"), "modes", False),
    ("city", gettext_lazy("Place"), "cities", True),
    ("type", gettext_lazy("Kind of learning"), "types", True),
    ("provider", gettext_lazy("Provider"), "providers", True),
)
ORDER_NAMES: Mapping[str, str | Promise] = {
    "fit": gettext_lazy("Best match"),
    "soon": gettext_lazy("Starting soonest"),
    "rating": gettext_lazy("Best rated"),
    "title": gettext_lazy("By title"),
}


@dataclass(frozen=True)
class Wish:
    """A query with its filters. Values nobody offers are left out: an old link still works."""

    q: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    order: str = "fit"

    @classmethod
    def read(cls, data: QueryDict, facets: Mapping[str, list[Facet]]) -> Wish:
        """Read the address; whatever is in it, the result is a valid wish."""
        chosen = {}
        for name, _title, key, _folded in GROUPS:
            offered = {facet.value for facet in facets[key]}
            values = tuple(dict.fromkeys(v for v in data.getlist(name) if v in offered))
            if values:
                chosen[name] = values
        order = data.get("sort", "fit")
        return cls(read_query(data), chosen, order if order in ORDERS else "fit")

    @property
    def filters(self) -> Filters:
        """The same for the catalogue's selector."""
        starts = self.chosen.get("starts", ())
        weeks = [int(value) for value in starts if value != FREE]
        return Filters(
            modes=self.chosen.get("mode", ()),
            types=self.chosen.get("type", ()),
            cities=self.chosen.get("city", ()),
            providers=self.chosen.get("provider", ()),
            # Ticking both "two weeks" and "six weeks" means six.
            starts_within_weeks=max(weeks, default=None),
            free_places=FREE in starts,
        )

    def pairs(self) -> list[tuple[str, str]]:
        """The filters as the address holds them."""
        return [(name, value) for name, values in self.chosen.items() for value in values]

    def without(self, name: str, value: str) -> Wish:
        """The wish with one filter taken away."""
        rest = {
            key: tuple(v for v in values if (key, v) != (name, value))
            for key, values in self.chosen.items()
        }
        return replace(self, chosen=rest)

    def url(self, page: int = 1) -> str:
        """The address of this wish."""
        pairs = [("q", self.q)] if self.q else []
        pairs += self.pairs()
        if self.order != "fit":
            pairs.append(("sort", self.order))
        if page > 1:
            pairs.append(("page", str(page)))
        address = reverse("web:catalogue")
        return f"{address}?{urlencode(pairs)}" if pairs else address


def read_query(data: QueryDict) -> str:
    """The searched words, without control characters and not too long."""
    words = "".join(sign if sign.isprintable() else " " for sign in data.get("q", ""))
    return " ".join(words.split())[:MAX_QUERY]


def read_slug(data: QueryDict, name: str) -> str:
    """A slug in the address; empty where what stands there cannot be one."""
    value = data.get(name, "")
    return value if len(value) <= LONGEST_SLUG and value == slugify(value) else ""


def query_of(**values: str) -> str:
    """What stands before "page=" in links of a pager: "q=ai&", or nothing."""
    pairs = {name: value for name, value in values.items() if value}
    return f"{urlencode(pairs)}&" if pairs else ""


def text_of(name: str, facet: Facet) -> str:
    """A filter's value in the visitor's words."""
    if name == "mode":
        return str(_MODES[facet.value])
    if name == "starts":
        if facet.value == FREE:
            return _("Has free places")
        weeks = int(facet.value)
        return ngettext("Within %(n)s week", "Within %(n)s weeks", weeks) % {"n": weeks}
    return str(facet.text)


_MODES: Mapping[str, str | Promise] = {
    Mode.ON_SITE: gettext_lazy("On site"),
    Mode.REMOTE: gettext_lazy("Online"),
    Mode.HYBRID: gettext_lazy("Partly online"),
}


def filter_groups(wish: Wish, facets: Mapping[str, list[Facet]]) -> list[dict[str, Any]]:
    """The filters of the page with what is ticked (templates/web/catalogue.html)."""
    groups = []
    for name, title, key, folded in GROUPS:
        chosen = wish.chosen.get(name, ())
        options = [
            {
                "value": facet.value,
                "text": text_of(name, facet),
                "count": facet.count,
                "checked": facet.value in chosen,
            }
            for facet in facets[key]
        ]
        if len(options) > 1:
            groups.append(
                {
                    "name": name,
                    "title": title,
                    "options": options,
                    "folded": folded,
                    "open": bool(chosen),
                }
            )
    return groups


def chips(wish: Wish, facets: Mapping[str, list[Facet]]) -> list[dict[str, str]]:
    """The active filters, each with the address of the list without it."""
    names = {
        (name, facet.value): text_of(name, facet)
        for name, _title, key, _folded in GROUPS
        for facet in facets[key]
    }
    return [
        {"text": names[name, value], "url": wish.without(name, value).url()}
        for name, value in wish.pairs()
    ]


def orders(wish: Wish) -> dict[str, Any]:
    """The ways of sorting; the best match only where something is searched."""
    values: Iterable[str] = ORDERS if wish.q else ORDERS[1:]
    selected = wish.order if wish.order in values else "soon"
    options = [{"value": value, "text": ORDER_NAMES[value]} for value in values]
    return {"selected": selected, "options": options}


def came_from(request: HttpRequest) -> str:
    """The address of the list from which a programme was opened; empty for other pages."""
    referrer = urlsplit(request.headers.get("Referer", ""))
    if referrer.netloc == request.get_host() and referrer.path == reverse("web:catalogue"):
        return referrer._replace(scheme="", netloc="", fragment="").geturl()
    return ""
