"""Months of the books, days that may still be written, and money by whose it is (FUN-1, FUN-13)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from stars.common.dates import add_months, riga_date, start_of_day
from stars.common.errors import Invalid
from stars.common.money import ZERO, round_euro

# How far back a day that somebody types may lie (A, docs/assumptions.md).
BACKDATING_DAYS = 92
# Of a budget held, owed and paid: who keeps it is told (FUN-13).
WARN_AT = (80, 95)
# The pace of spending is that of so many days (A).
PACE_DAYS = 90


def first_day(day: date) -> date:
    """The first day of the month of `day`."""
    return day.replace(day=1)


def month_ends(month: date) -> datetime:
    """The first moment in Riga that is no longer in the month that begins on `month`."""
    return start_of_day(add_months(first_day(month), 1))


def check_day(day: date, *, at: datetime, closed_until: datetime | None, field: str = "") -> None:
    """Whether something may count on `day` when it is written at the moment `at`.

    Raises `Invalid` for a day to come, one more than 92 days ago, or in a month whose books are
    closed (`closed_until` is the first open moment).
    """
    if day > riga_date(at):
        raise Invalid(_("This day has not come yet."), code="future", field=field or None)
    if day < riga_date(at) - timedelta(days=BACKDATING_DAYS):
        raise Invalid(
            _("This day is too long ago. At most %(days)s days back can be written.")
            % {"days": BACKDATING_DAYS},
            code="too_old",
            field=field or None,
        )
    if closed_until is not None and start_of_day(day) < closed_until:
        raise Invalid(
            _("The books of this month are closed. Write it in the present month."),
            code="closed_period",
            field=field or None,
        )


def by_origin(amount: Decimal, budgets: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """`amount` EUR divided as the budgets of the origins are; the last takes the remainder.

    Money of a source is one pool: what the European Union and the state each bear follows from
    their shares in its budget (FUN-1; A). Without any budget nothing can be divided.
    """
    whole = sum(budgets.values(), ZERO)
    if not whole:
        return dict.fromkeys(budgets, ZERO)
    parts: dict[str, Decimal] = {}
    rest = amount
    names = sorted(budgets)
    for name in names[:-1]:
        parts[name] = round_euro(amount * budgets[name] / whole)
        rest -= parts[name]
    parts[names[-1]] = rest
    return parts


def percent(used: Decimal, budget: Decimal) -> Decimal:
    """How much of a budget is used, in per cent with one decimal; all of it where it is zero."""
    if not budget:
        return Decimal(100) if used else ZERO
    return (used * 100 / budget).quantize(Decimal("0.1"))


def warnings_due(used: Decimal, budget: Decimal) -> list[int]:
    """Which of the levels 80 and 95 % are reached."""
    return [level for level in WARN_AT if budget and used * 100 >= budget * level]


@dataclass(frozen=True)
class Forecast:
    """When a budget will be used up at the present pace; `on` is None where it will not be."""

    per_day: Decimal
    on: date | None
    before_end: bool


def forecast(*, left: Decimal, used_lately: Decimal, today: date, ends_on: date) -> Forecast:
    """The day on which `left` EUR are used up at the pace of the last 90 days (FUN-13).

    `used_lately` is the EUR used in these days, what was given back taken off.
    """
    pace = round_euro(used_lately / PACE_DAYS)
    if left <= 0:
        return Forecast(max(pace, ZERO), today, before_end=True)
    if pace <= 0:
        return Forecast(ZERO, None, before_end=False)
    days = int(left / pace)
    # Beyond any calendar is as good as never.
    if days > 365 * 50:
        return Forecast(pace, None, before_end=False)
    day = today + timedelta(days=days)
    return Forecast(pace, day, before_end=day <= ends_on)
