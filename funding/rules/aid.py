"""Monthly aid from attendance: pure, no ORM and no clock (FUN-11, rule 14, L1087)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from stars.common.dates import add_months, add_working_days
from stars.common.money import ZERO

# Rule 14 (assumption); a policy may ask for another share.
REQUIRED_SHARE = Decimal("0.80")
# On which working day of the next month the hours of a month are counted.
COUNTED_ON = 3


def month_of(day: date) -> date:
    """The first day of the month."""
    return day.replace(day=1)


def counted_on(month: date) -> date:
    """The day on which `month` (its first day) is counted: the 3rd working day of the next."""
    return add_working_days(add_months(month, 1) - timedelta(days=1), COUNTED_ON)


def last_counted(day: date) -> date:
    """The newest month (its first day) whose day of counting has come on `day`."""
    month = add_months(month_of(day), -1)
    return month if counted_on(month) <= day else add_months(month, -1)


def enough(held: Decimal, attended: Decimal, required: Decimal | None) -> bool:
    """Whether a month counts: some hours were held and the required share (0-1) was attended."""
    share = REQUIRED_SHARE if required is None else required
    return held > 0 and attended >= share * held


def amount_of_month(
    monthly: Decimal, held: Decimal, attended: Decimal, required: Decimal | None
) -> Decimal:
    """EUR for a month: `monthly` whole, or nothing. Hours are academic hours of that month."""
    return monthly if enough(held, attended, required) else ZERO


def fits_in_list(amounts: Iterable[Decimal]) -> bool:
    """Whether one request's months and differences may stand in a list: never below zero.

    What was paid too much waits for later months that make up for it.
    """
    return sum(amounts, ZERO) >= 0
