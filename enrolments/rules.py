"""Rules from application to completion: pure functions, no ORM and no clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_DOWN, Decimal
from typing import TypeVar

from enrolments.enums import Presence
from stars.common.dates import add_working_days

# L1820 and money-rules.md 15; a policy may ask for another share.
REQUIRED_SHARE = Decimal("0.80")
# Share of hours with four places, as it is stored.
PLACES = Decimal("0.0001")
# Money-rules.md 18 (assumption): after so many days the agency may stand in for the learner.
SECOND_SIDE_DAYS = 5
# A code that a teacher shows works so long (A): it is read aloud, not passed on.
CODE_MINUTES = 15
# It may be shown so long before a session begins and after it has ended (A).
CODE_MARGIN_MINUTES = 15
# A paper about an absence is kept so long after the answer (A, ENR-6).
PAPER_DAYS = 30
# ENR-7 (L3143): the result is recorded within so many working days after the last day.
RESULT_DAYS = 2

Key = TypeVar("Key")


@dataclass(frozen=True)
class Attended:
    """Academic hours of a timetable and how many of them somebody was there."""

    hours: int
    marked: int
    present: int

    @property
    def share(self) -> Decimal:
        """Share 0–1 of the whole timetable; what is not marked counts as absent.

        Cut and never rounded up: 79.999 % is not 80 %.
        """
        return _share(self.present, self.hours)

    @property
    def share_so_far(self) -> Decimal:
        """Share 0–1 of the hours marked until now; 1 where nothing is marked yet."""
        return _share(self.present, self.marked) if self.marked else Decimal(1)

    @property
    def so_far(self) -> Attended:
        """The same counted over the hours marked until now: while the course still goes on."""
        return Attended(self.marked, self.marked, self.present)

    @property
    def best_possible(self) -> Decimal:
        """Share 0–1 that is reached when nothing more is missed; for the early warning (ENR-6)."""
        return _share(self.hours - (self.marked - self.present), self.hours)

    def enough(self, required: Decimal) -> bool:
        """Whether the attendance allows completion; never for an empty timetable."""
        # Whole numbers first: the cut share could hide that 4/5 of the hours are exactly there.
        return self.hours > 0 and Decimal(self.present) >= required * self.hours


def _share(part: int, whole: int) -> Decimal:
    if whole <= 0:
        return Decimal(0)
    return (Decimal(part) / Decimal(whole)).quantize(PLACES, rounding=ROUND_DOWN)


def attended(sessions: Iterable[tuple[Key, int]], marks: Mapping[Key, str]) -> Attended:
    """Count hours: `sessions` are (key, academic hours), `marks` say who was there (Presence)."""
    hours = marked = present = 0
    for key, length in sessions:
        hours += length
        if key in marks:
            marked += length
            present += length * (marks[key] == Presence.PRESENT)
    return Attended(hours, marked, present)


@dataclass(frozen=True)
class Allowance:
    """How much somebody may still miss, in academic hours (ENR-6).

    `missed` are hours marked as absent; `excused` those of them with an accepted reason. A reason
    does not make up for hours: L1820 asks for 80 % of them. It only says that nobody is expelled
    for being away.
    """

    hours: int
    required: Decimal
    missed: int = 0
    excused: int = 0

    @property
    def allowed(self) -> int:
        """Hours that may be missed in all: whole hours, never so many that the share is broken."""
        needed = (self.required * self.hours).to_integral_value(rounding=ROUND_CEILING)
        return max(0, self.hours - int(needed))

    @property
    def left(self) -> int:
        """Hours that may still be missed; below zero the share cannot be reached any more."""
        return self.allowed - self.missed

    @property
    def broken(self) -> bool:
        """Completing is not possible any more."""
        return self.left < 0

    @property
    def broken_by_reasons(self) -> bool:
        """Without the hours that have an accepted reason the share would hold."""
        return self.broken and self.missed - self.excused <= self.allowed

    def near(self, next_hours: int) -> bool:
        """Whether missing one more block of `next_hours` would break the limit; False after it."""
        return 0 <= self.left < next_hours


def code_window(
    starts_at: datetime, ends_at: datetime, at: datetime
) -> tuple[datetime, datetime] | None:
    """From when to when a code shown at `at` works; None where none may be shown.

    Shown from a quarter of an hour before the session to a quarter after it; it works for a
    quarter of an hour and no longer than it could be shown.
    """
    margin = timedelta(minutes=CODE_MARGIN_MINUTES)
    last = ends_at + margin
    if not starts_at - margin <= at < last:
        return None
    return at, min(at + timedelta(minutes=CODE_MINUTES), last)


def difference(
    support: Decimal, corrected: Decimal, by_attendance: Decimal, enough: bool
) -> Decimal:
    """What a later change of marks adds to what is owed, in EUR; zero where nothing changes.

    `corrected` is the sum of all differences so far, `by_attendance` that of those that came from
    marks (both zero or below). With too few hours nothing is owed; with enough again, what marks
    had taken comes back, and nothing else.
    """
    return -by_attendance if enough else -(support + corrected)


def second_side_from(recorded_on: date, days: int = SECOND_SIDE_DAYS) -> date:
    """The first day on which the agency may confirm: `days` full days after the record."""
    return recorded_on + timedelta(days=days)


def outcome_day_fits(day: date, *, starts_on: date, today: date) -> bool:
    """An outcome lies between the group's first day and today."""
    return starts_on <= day <= today


def results_due(ends_on: date) -> date:
    """The last day on which the results of a group that ends on `ends_on` are in time."""
    return add_working_days(ends_on, RESULT_DAYS)


def results_due_through(today: date) -> date:
    """The latest last day of a group whose results are due on `today` or were before."""
    day = today
    while results_due(day) > today:
        day -= timedelta(days=1)
    return day


def education_suffices(have: int, needed: int) -> bool:
    """Whether an education of one level (1–8, Latvian framework) is enough for what asks for one.

    Levels and not names are compared: general and vocational secondary education are both 4.
    """
    return have >= needed
