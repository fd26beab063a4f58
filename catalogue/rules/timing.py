"""Rules of the offer: pure functions over hours and dates, no ORM and no clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from stars.common.dates import RIGA, riga_date
from stars.common.errors import Invalid

# Assumption: whoever works can come from this hour on.
AFTER_WORK = time(17)
SATURDAY = 5
# The shortest academic hour (glossary: 40–45 minutes). Assumption: breaks are not counted.
SHORTEST_HOUR = timedelta(minutes=40)


@dataclass(frozen=True)
class HourRule:
    """What one programme type allows, in academic hours (CAT-9, L3001–3010)."""

    hours_min: int
    hours_max: int
    practice_hours: int = 0
    has_credit_points: bool = False


@dataclass(frozen=True)
class Block:
    """One session as it is planned: aware times and academic hours.

    `room_id` and `teacher_id` are empty for the group's own.
    """

    starts_at: datetime
    ends_at: datetime
    hours: int
    room_id: UUID | None = None
    teacher_id: UUID | None = None


def check_hours(
    rule: HourRule, *, hours: int, practice_hours: int, credit_points: Decimal | None
) -> None:
    """Whether a programme of this type may have so many academic hours (CAT-9).

    Raises `Invalid` naming the field.
    """
    if not rule.hours_min <= hours <= rule.hours_max:
        if rule.hours_min == rule.hours_max:
            message = format_lazy(
                _("This type of programme has exactly {hours} academic hours."),
                hours=rule.hours_min,
            )
        else:
            message = format_lazy(
                _("This type of programme has {least} to {most} academic hours."),
                least=rule.hours_min,
                most=rule.hours_max,
            )
        raise Invalid(message, code="hours", field="hours")
    if practice_hours < rule.practice_hours:
        raise Invalid(
            format_lazy(
                _("This type of programme has at least {hours} hours of practice."),
                hours=rule.practice_hours,
            ),
            code="practice_hours",
            field="practice_hours",
        )
    if practice_hours > hours:
        raise Invalid(
            _("Practice is a part of the hours, so it cannot be longer."),
            code="practice_hours",
            field="practice_hours",
        )
    if rule.has_credit_points and not credit_points:
        raise Invalid(_("Write the credit points."), code="credit_points", field="credit_points")
    if not rule.has_credit_points and credit_points:
        raise Invalid(
            _("This type of programme gives no credit points."),
            code="credit_points",
            field="credit_points",
        )


def check_group(
    *, starts_on: date, ends_on: date, apply_until: date, capacity: int, minimum: int
) -> None:
    """Whether a group's days and places fit together (ENR-4). Raises `Invalid`."""
    if ends_on < starts_on:
        raise Invalid(_("The last day cannot be before the first."), code="dates", field="ends_on")
    if apply_until > starts_on:
        raise Invalid(
            _("Applying ends at the latest on the first day."), code="dates", field="apply_until"
        )
    if capacity < 1:
        raise Invalid(_("A group has at least one place."), code="capacity", field="capacity")
    if not 1 <= minimum <= capacity:
        raise Invalid(
            _("The smallest group is between one and the number of places."),
            code="minimum",
            field="minimum",
        )


def check_timetable(
    blocks: Sequence[Block], *, starts_on: date, ends_on: date, taught_hours: int
) -> None:
    """Whether the sessions lie within the group's days and do not overlap (ENR-4).

    The sessions together have at most `taught_hours`: the programme's academic hours without those
    that are learned alone.
    Raises `Invalid`.
    """
    for block in blocks:
        if block.ends_at <= block.starts_at:
            raise Invalid(_("A session ends after it begins."), code="session", field="sessions")
        if not starts_on <= riga_date(block.starts_at) <= riga_date(block.ends_at) <= ends_on:
            raise Invalid(
                _("A session lies outside the days of the group."),
                code="session_outside_group",
                field="sessions",
            )
        if block.hours < 1 or block.hours * SHORTEST_HOUR > block.ends_at - block.starts_at:
            raise Invalid(
                _("A session cannot have more academic hours than fit between its times."),
                code="session_hours",
                field="sessions",
            )
    ordered = sorted(blocks, key=lambda block: block.starts_at)
    for earlier, later in pairwise(ordered):
        if later.starts_at < earlier.ends_at:
            raise Invalid(
                _("Two sessions of the group are at the same time."),
                code="sessions_overlap",
                field="sessions",
            )
    if sum(block.hours for block in blocks) > taught_hours:
        raise Invalid(
            _("The sessions together have more hours than the programme teaches."),
            code="timetable_hours",
            field="sessions",
        )


def weekdays_of(begins: Iterable[datetime]) -> int:
    """The days of the week on which sessions begin, as bits: 1 Monday … 64 Sunday (CAT-2).

    >>> weekdays_of([])
    0
    """
    return sum(1 << day for day in {begin.astimezone(RIGA).weekday() for begin in begins})


def is_after_work(begins: Sequence[datetime]) -> bool:
    """Whether every session is in the evening of a workday (CAT-2); False without sessions.

    Weekends have filters of their own: whoever has only the evenings cannot come on a Saturday.
    """
    local = [begin.astimezone(RIGA) for begin in begins]
    return bool(local) and all(
        begin.weekday() < SATURDAY and begin.time() >= AFTER_WORK for begin in local
    )
