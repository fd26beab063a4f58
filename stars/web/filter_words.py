"""The filters in the visitor's words, with the official term beside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from catalogue.enums import Mode
from catalogue.selectors_find import BANDS, DURATIONS, LONGER, Facet
from stars.common import formats
from stars.common.formats import language


@dataclass(frozen=True)
class Group:
    """A filter of the page: its name in the address, title, official term, whether it is folded.

    `filter` is the field of `Filters` that takes its values as they are, `vocabulary` where they
    are terms.
    """

    name: str
    title: str | Promise
    filter: str = ""
    vocabulary: str = ""
    official: str | Promise = ""
    folded: bool = True


GROUPS: tuple[Group, ...] = (
    Group("starts", gettext_lazy("When it starts"), folded=False),
    Group("price", gettext_lazy("What you pay"), official=gettext_lazy("Co-payment"), folded=False),
    Group("days", gettext_lazy("Days and times"), folded=False),
    Group("mode", gettext_lazy("How"), "modes", folded=False),
    Group("city", gettext_lazy("Place"), "cities"),
    Group("field", gettext_lazy("What it is about"), "fields", "field", gettext_lazy("Field")),
    Group("hours", gettext_lazy("How long"), "durations"),
    Group(
        "entry",
        gettext_lazy("How much you know already"),
        "entries",
        "entry_level",
        gettext_lazy("Entry level"),
    ),
    Group(
        "type", gettext_lazy("Kind of learning"), "types", official=gettext_lazy("Programme type")
    ),
    Group(
        "qualification",
        gettext_lazy("What you can become"),
        "qualifications",
        "qualification",
        gettext_lazy("Professional qualification"),
    ),
    Group(
        "area",
        gettext_lazy("Digital skill"),
        "areas",
        "digcomp_area",
        gettext_lazy("Area of DigComp, the European list of digital skills"),
    ),
    Group(
        "level",
        gettext_lazy("Level of the digital skill"),
        "bands",
        official=gettext_lazy("Level of DigComp, the European list of digital skills"),
    ),
    Group("language", gettext_lazy("Language"), "languages", "language"),
    Group("provider", gettext_lazy("Provider"), "providers"),
    Group(
        "support",
        gettext_lazy("Who helps to pay"),
        "sources",
        "funding_source",
        gettext_lazy("Funding source"),
    ),
)
ORDER_NAMES: Mapping[str, str | Promise] = {
    "fit": gettext_lazy("Best match"),
    "soon": gettext_lazy("Starting soonest"),
    "price": gettext_lazy("You pay least"),
    "rating": gettext_lazy("Best rated"),
    "title": gettext_lazy("By title"),
}
_MODES: Mapping[str, str | Promise] = {
    Mode.ON_SITE: gettext_lazy("On site"),
    Mode.REMOTE: gettext_lazy("Online"),
    Mode.HYBRID: gettext_lazy("Partly online"),
}
_BANDS: Mapping[str, str | Promise] = {
    "basic": gettext_lazy("Basic"),
    "intermediate": gettext_lazy("Intermediate"),
    "advanced": gettext_lazy("Advanced"),
    "expert": gettext_lazy("Expert"),
}
_WEEKDAYS: tuple[str | Promise, ...] = (
    gettext_lazy("On Mondays"),
    gettext_lazy("On Tuesdays"),
    gettext_lazy("On Wednesdays"),
    gettext_lazy("On Thursdays"),
    gettext_lazy("On Fridays"),
    gettext_lazy("On Saturdays"),
    gettext_lazy("On Sundays"),
)


def text_of(name: str, facet: Facet) -> str:
    """A filter's value in the visitor's words."""
    value = facet.value
    match name:
        case "mode":
            return str(_MODES[value])
        case "starts" if value != "free":
            weeks = int(value)
            return ngettext("Within %(n)s week", "Within %(n)s weeks", weeks) % {"n": weeks}
        case "starts":
            return _("Has free places")
        case "days":
            return str(_WEEKDAYS[int(value) - 1]) if value.isdecimal() else _evening()
        case "price":
            return _price(int(value))
        case "hours":
            return _hours(value)
        case "level":
            low, high = BANDS[value]
            return f"{_BANDS[value]} ({low}–{high})"
    return str(facet.text)


def _evening() -> str:
    return _("In the evenings on workdays")


def _price(most: int) -> str:
    if not most:
        return _("Free for you")
    return _("Up to %(amount)s") % {"amount": formats.money(most, language())}


def _hours(value: str) -> str:
    if value == LONGER:
        return _("More than %(n)s hours") % {"n": DURATIONS[-1]}
    at = DURATIONS.index(int(value))
    if not at:
        return _("Up to %(n)s hours") % {"n": value}
    words = {"least": DURATIONS[at - 1] + 1, "most": value}
    return pgettext("hours", "%(least)s to %(most)s hours") % words
