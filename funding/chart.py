"""A budget as a bar: lengths of its parts, for a picture that needs no script and no style."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from funding.enums import Origin
from funding.rules.booking import WARN_AT
from funding.selectors_books import Figures, SourceFigures
from stars.common import formats

WIDTH = 600  # of the picture, in its own units
# Colours that differ in light too, so that nobody has to tell hues apart.
PARTS = (
    ("spent", pgettext_lazy("budget", "paid"), "#14532d"),
    ("owed", pgettext_lazy("budget", "owed"), "#15803d"),
    ("held", pgettext_lazy("budget", "held"), "#86efac"),
)


@dataclass(frozen=True)
class Part:
    """One piece: where it begins and how long it is, in units of the picture."""

    words: str
    x: str
    width: str
    fill: str
    amount: str


@dataclass(frozen=True)
class Bar:
    """One source or origin in the picture."""

    title: str
    parts: list[Part]
    summary: str
    forecast: str
    warning: str
    # Where the levels 80 and 95 % stand.
    marks: tuple[str, ...]
    lines: list[Bar]


def _units(amount: Decimal, budget: Decimal) -> Decimal:
    return min(amount * WIDTH / budget, Decimal(WIDTH)) if budget else Decimal(0)


def _text(units: Decimal) -> str:
    # An address of a picture is not in a language: a point, whatever the reader writes.
    return f"{units:.1f}"


def _parts(figures: Figures, language: str) -> list[Part]:
    made, begin = [], Decimal(0)
    for name, words, fill in PARTS:
        amount: Decimal = getattr(figures, name)
        length = min(_units(amount, figures.budget), WIDTH - begin)
        made.append(
            Part(
                str(words),
                _text(begin),
                _text(length),
                fill,
                formats.money(amount, language),
            )
        )
        begin += length
    return made


def _one(title: Any, figures: Figures, forecast: str, lines: list[Bar]) -> Bar:
    language = formats.language()
    reached = [level for level in WARN_AT if figures.percent >= level]
    return Bar(
        title=str(title),
        parts=_parts(figures, language),
        summary=_("%(used)s of %(budget)s used, %(percent)s.")
        % {
            "used": formats.money(figures.used, language),
            "budget": formats.money(figures.budget, language),
            "percent": formats.percent(figures.percent, language),
        },
        forecast=forecast,
        warning=(
            _("At least %(percent)s is used.") % {"percent": formats.percent(reached[-1], language)}
            if reached
            else ""
        ),
        marks=tuple(_text(Decimal(WIDTH * level) / 100) for level in WARN_AT),
        lines=lines,
    )


def bar(one: SourceFigures, forecast: str) -> Bar:
    """A source with a bar for each origin of its money."""
    origins = [_one(Origin(origin).label, part, "", []) for origin, part in one.origins.items()]
    return _one(one.source.term.plain, one.whole, forecast, origins if len(origins) > 1 else [])
