"""What a year of learning accounts costs, by group of costs (FUN-15, annex 16, L3318-3330).

Pure: figures in, euros out. Each group of annex 16 is recipients × average × times, or a sum that
somebody states. Where a figure comes from is said beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from stars.common.money import ZERO, round_euro

YEARS = range(1, 11)
# Larger figures are slips: more people than live in the country, more than any budget.
MOST = Decimal("100000000")


class Whence(StrEnum):
    """Where a figure comes from."""

    DATA = "data"
    SEED = "seed"
    ASSUMPTION = "assumption"


class Unit(StrEnum):
    """What a figure counts."""

    EUR = "eur"
    PEOPLE = "people"
    SHARE = "share"
    MONTHS = "months"
    EUR_YEAR = "eur_year"


@dataclass(frozen=True)
class Figure:
    """One figure of the form: its name, what it counts, what stands there where data say nothing.

    Shares are per cent.
    """

    name: str
    unit: Unit
    value: Decimal
    whence: Whence


def _figure(name: str, unit: Unit, value: str, whence: Whence) -> Figure:
    return Figure(name, unit, Decimal(value), whence)


# 500 €, 2 000 € and 100 € a month are annex 16's own; counts are the pilot's where data have none.
FIGURES: tuple[Figure, ...] = (
    _figure("allocation_people", Unit.PEOPLE, "17367", Whence.SEED),
    _figure("allocation_grant", Unit.EUR, "500", Whence.SEED),
    _figure("allocation_used", Unit.SHARE, "60", Whence.ASSUMPTION),
    _figure("cover_people", Unit.PEOPLE, "2000", Whence.ASSUMPTION),
    _figure("cover_price", Unit.EUR, "2000", Whence.SEED),
    _figure("cofunded_people", Unit.PEOPLE, "0", Whence.ASSUMPTION),
    _figure("cofunded_price", Unit.EUR, "500", Whence.ASSUMPTION),
    _figure("cofunded_share", Unit.SHARE, "90", Whence.ASSUMPTION),
    _figure("certificate_people", Unit.PEOPLE, "200", Whence.ASSUMPTION),
    _figure("certificate_price", Unit.EUR, "700", Whence.ASSUMPTION),
    _figure("assessment_people", Unit.PEOPLE, "200", Whence.ASSUMPTION),
    _figure("assessment_price", Unit.EUR, "300", Whence.ASSUMPTION),
    _figure("stipend_people", Unit.PEOPLE, "2000", Whence.ASSUMPTION),
    _figure("stipend_month", Unit.EUR, "100", Whence.SEED),
    _figure("stipend_months", Unit.MONTHS, "5", Whence.ASSUMPTION),
    _figure("travel_people", Unit.PEOPLE, "0", Whence.ASSUMPTION),
    _figure("travel_average", Unit.EUR, "100", Whence.ASSUMPTION),
    _figure("career_people", Unit.PEOPLE, "0", Whence.SEED),
    _figure("career_price", Unit.EUR, "50", Whence.ASSUMPTION),
    _figure("quality", Unit.EUR_YEAR, "150000", Whence.ASSUMPTION),
    _figure("offer", Unit.EUR_YEAR, "150000", Whence.ASSUMPTION),
    _figure("platform", Unit.EUR_YEAR, "300000", Whence.ASSUMPTION),
    _figure("communication", Unit.EUR_YEAR, "100000", Whence.ASSUMPTION),
    _figure("administration", Unit.SHARE, "7", Whence.ASSUMPTION),
    _figure("growth_people", Unit.SHARE, "0", Whence.ASSUMPTION),
    _figure("growth_prices", Unit.SHARE, "3", Whence.ASSUMPTION),
)
NAMES = tuple(figure.name for figure in FIGURES)
# Groups that are recipients × average × factor; the factor is a share or a number of months.
PER_PERSON: dict[str, tuple[str, str, str | None]] = {
    "allocation": ("allocation_people", "allocation_grant", "allocation_used"),
    "cover": ("cover_people", "cover_price", None),
    "cofunded": ("cofunded_people", "cofunded_price", "cofunded_share"),
    "certificates": ("certificate_people", "certificate_price", None),
    "assessments": ("assessment_people", "assessment_price", None),
    "stipends": ("stipend_people", "stipend_month", "stipend_months"),
    "travel": ("travel_people", "travel_average", None),
    "career": ("career_people", "career_price", None),
}
PER_YEAR = ("quality", "offer", "platform", "communication")
ADMINISTRATION = "administration"
GROUPS = (*PER_PERSON, *PER_YEAR, ADMINISTRATION)
# Fixed by policy or by the person's purse: prices that rise do not raise them.
FIXED = {"allocation", "stipends"}


@dataclass(frozen=True)
class Year:
    """One year: EUR by group, and together."""

    number: int
    groups: dict[str, Decimal]

    @property
    def total(self) -> Decimal:
        """EUR of the year."""
        return sum(self.groups.values(), ZERO)


def _factor(name: str | None, figures: Mapping[str, Decimal]) -> Decimal:
    if name is None:
        return Decimal(1)
    units = {figure.name: figure.unit for figure in FIGURES}
    return figures[name] / 100 if units[name] == Unit.SHARE else figures[name]


def year(number: int, figures: Mapping[str, Decimal]) -> Year:
    """What the year `number` (the first is 1) costs.

    People and prices grow by their shares each year; the 500 € and stipends are fixed by policy.
    Administration is a share of everything else.
    """
    people = (1 + figures["growth_people"] / 100) ** (number - 1)
    prices = (1 + figures["growth_prices"] / 100) ** (number - 1)
    groups: dict[str, Decimal] = {}
    for group, (count, average, factor) in PER_PERSON.items():
        each = figures[average] * (1 if group in FIXED else prices)
        served = (figures[count] * people).quantize(Decimal(1))
        groups[group] = round_euro(served * each * _factor(factor, figures))
    for group in PER_YEAR:
        groups[group] = round_euro(figures[group] * prices)
    rest = sum(groups.values(), ZERO)
    groups[ADMINISTRATION] = round_euro(rest * figures["administration"] / 100)
    return Year(number, groups)


def plan(years: int, figures: Mapping[str, Decimal]) -> list[Year]:
    """The years from the first on. KeyError where a figure of `NAMES` is missing."""
    missing = [name for name in NAMES if name not in figures]
    if missing:
        raise KeyError(", ".join(missing))
    return [year(number, figures) for number in range(1, years + 1)]


def totals(years: Sequence[Year]) -> dict[str, Decimal]:
    """EUR of each group over all years."""
    return {group: sum((one.groups[group] for one in years), ZERO) for group in GROUPS}
