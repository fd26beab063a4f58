"""How much a round grants, until when, and what a person may do with a lot (rules 1–8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from funding.rules.terms import Terms
from stars.common.dates import add_months, riga_date, start_of_day
from stars.common.money import ZERO


@dataclass(frozen=True)
class Lot:
    """What the rules need to know of one lot. Amounts in EUR."""

    free: Decimal
    ends_at: datetime
    key: str = ""


@dataclass(frozen=True)
class Previous:
    """The first grant of a person, as the second one's rule sees it (rule 3).

    A lot that gave back what came after its end (rule 7) counts as a part of it.
    """

    in_previous_round: bool
    accumulated: bool
    captured: bool
    still_held: bool
    forfeited: bool
    annulled: bool = False


def due_day(first: date, number: int, period_months: int) -> date:
    """The due day of round `number` (0 is the first) of a series.

    Counted from the first one: 31 August, 28 or 29 February, 31 August again (reading 2.7, 6).
    """
    return add_months(first, number * period_months)


def window_end(due_on: date, term_months: int, source_last_day: date) -> datetime:
    """When a round's lots end: exclusive, 00:00 in Riga, at the latest with the source (L2771)."""
    end = min(add_months(due_on, term_months), source_last_day + timedelta(days=1))
    return start_of_day(end)


def amount_under_ceiling(
    amount: Decimal, ceiling: Decimal | None, free_and_held: Decimal
) -> tuple[Decimal, Decimal]:
    """(granted, cut off) so that free and held money stay within the ceiling (rule 5)."""
    if ceiling is None:
        return amount, ZERO
    granted = max(ZERO, min(amount, ceiling - free_and_held))
    return granted, amount - granted


def may_get_second(previous: Previous, terms: Terms | None = None) -> bool:
    """Rule 3: directly after the first, which was accumulated, or used with the training completed.

    Still learning means not yet: the daily run grants once the training is completed. Without
    `terms` the pilot's parameters hold; a policy whose `second_after` is empty asks only for what
    `second_never_after` leaves out.
    """
    terms = terms or Terms()
    if previous.forfeited and "forfeited" in terms.second_never_after:
        return False
    if not previous.in_previous_round and terms.second_window == "next":
        return False
    if not terms.second_after:
        return not (previous.annulled and "annulled" in terms.second_never_after)
    outcomes = {
        "accumulated": previous.accumulated,
        "used_and_completed": previous.captured and not previous.still_held,
        "used": previous.captured or previous.still_held,
    }
    return any(outcomes[name] for name in terms.second_after)


def may_be_kept(parts: tuple[str, ...], amount: Decimal, free: Decimal) -> bool:
    """Whether a lot of `amount` EUR with `free` left can be kept (rule 5).

    `parts` is `Terms.accumulate_parts`: a whole grant, what is left of one, or both.
    """
    return free > 0 and ("whole" if free == amount else "rest") in parts


def accumulated_end(
    ends_at: datetime, due_on: date, months: int, source_last_day: date
) -> datetime:
    """The new end of an accumulated lot, counted from the due date without drift (rule 5)."""
    end = min(add_months(due_on, months), source_last_day + timedelta(days=1))
    return max(ends_at, start_of_day(end))


def replacement_end(at: datetime, days: int, source_last_day: date) -> datetime:
    """The end of a lot that gives money back after the term (rule 7): whole days, exclusive."""
    from_today = start_of_day(riga_date(at) + timedelta(days=days + 1))
    return min(from_today, start_of_day(source_last_day + timedelta(days=1)))


def draw(lots: list[Lot], wanted: Decimal) -> list[tuple[Lot, Decimal]]:
    """Which lots pay `wanted` EUR: soonest-expiring first, each at most what is free in it.

    Returns fewer euros than wanted where the lots hold fewer.
    """
    parts: list[tuple[Lot, Decimal]] = []
    for lot in sorted(lots, key=lambda lot: (lot.ends_at, lot.key)):
        take = min(lot.free, wanted)
        if take > 0:
            parts.append((lot, take))
            wanted -= take
    return parts
