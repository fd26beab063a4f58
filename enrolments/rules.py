"""Rules from application to completion: pure functions, no ORM and no clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import TypeVar

from enrolments.enums import Presence

# L1820 and money-rules.md 15; a policy may ask for another share.
REQUIRED_SHARE = Decimal("0.80")
# Share of hours with four places, as it is stored.
PLACES = Decimal("0.0001")
# Money-rules.md 18 (assumption): after so many days the agency may stand in for the learner.
SECOND_SIDE_DAYS = 5

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


def second_side_from(recorded_on: date, days: int = SECOND_SIDE_DAYS) -> date:
    """The first day on which the agency may confirm: `days` full days after the record."""
    return recorded_on + timedelta(days=days)


def outcome_day_fits(day: date, *, starts_on: date, today: date) -> bool:
    """An outcome lies between the group's first day and today."""
    return starts_on <= day <= today


def education_suffices(have: int, needed: int) -> bool:
    """Whether an education of one level (1–8, Latvian framework) is enough for what asks for one.

    Levels and not names are compared: general and vocational secondary education are both 4.
    """
    return have >= needed
