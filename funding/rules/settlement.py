"""What a provider is owed: parts of a training, differences, months. Pure functions, EUR."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from funding.rules.terms import Stage
from stars.common.dates import add_months, start_of_day
from stars.common.money import ZERO, round_euro


def first_of_month(day: date) -> date:
    """The month of `day`, as its first day."""
    return day.replace(day=1)


def month_end(month: date) -> datetime:
    """The first moment after the month, 00:00 in Riga: what was earned before it belongs to it."""
    return start_of_day(add_months(first_of_month(month), 1))


def reached(stages: Sequence[Stage], held: Decimal, hours: Decimal) -> int:
    """How many of the `stages` are reached when `held` of `hours` academic hours were held."""
    return sum(held >= hours * stage.after for stage in stages) if hours else 0


def stage_amount(support: Decimal, pays: Decimal, owed_early: Decimal) -> Decimal:
    """What a stage that pays the share `pays` of `support` adds to what is `owed_early` already.

    Something is always left for the end, so that rounding never pays the last cent early.
    """
    left_for_the_end = Decimal("0.01")
    return max(ZERO, min(round_euro(support * pays), support - owed_early - left_for_the_end))


def left_of_parts(parts: Sequence[Decimal], used: Decimal) -> list[Decimal]:
    """What is left of `parts` when `used` EUR were taken from the first ones first."""
    left = []
    for part in parts:
        taken = min(part, used)
        used -= taken
        left.append(part - taken)
    return left


def given_back(parts: Sequence[Decimal], amount: Decimal) -> list[Decimal]:
    """How much of `amount` each of `parts` gets back, the last one that was used first."""
    backwards = left_of_parts(list(reversed(parts)), amount)
    return [part - rest for part, rest in zip(parts, reversed(backwards), strict=True)]


def after_lower_price(
    price: Decimal, support: Decimal, new_price: Decimal, from_lots: bool
) -> Decimal:
    """Support when the price is lowered (2.7, case 12).

    Money of a learning account pays as far as it goes, so the own part shrinks first. A share of
    the price stays the same share.
    """
    if from_lots:
        return min(support, new_price)
    return round_euro(new_price * support / price)


def less_hours(support: Decimal, before: Decimal, after: Decimal) -> Decimal:
    """The difference in EUR (negative where there were fewer) for hours that were held wrongly."""
    return round_euro(support * after / before) - support


def borne(positive: Decimal, negative: Sequence[Decimal]) -> int:
    """How many of the `negative` differences, oldest first, a statement of `positive` EUR bears.

    Its total is never below zero; what it cannot bear waits for a later one.
    """
    count = 0
    for difference in negative:
        positive += difference
        if positive < 0:
            break
        count += 1
    return count
