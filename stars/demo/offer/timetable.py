"""Timetables of groups as adults really meet: evenings, Saturdays, never on a public holiday.

Pure: dates and hours in, blocks out. All times are Europe/Riga.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import holidays

from stars.common.dates import RIGA

ACADEMIC_HOUR = 45  # minutes
# Breaks of a block by its academic hours, minutes: 4 h are 18.00-21.15, 6 h are 10.00-15.15.
BREAKS = {1: 0, 2: 0, 3: 15, 4: 15, 5: 30, 6: 45, 7: 60, 8: 60}


@dataclass(frozen=True)
class Slot:
    """One weekly meeting: weekday (Monday is 0), beginning, academic hours, where."""

    weekday: int
    begins: time
    hours: int
    on_site: bool = False


@dataclass(frozen=True)
class Block:
    """One session: beginning and end (aware), academic hours, whether in the classroom."""

    starts_at: datetime
    ends_at: datetime
    hours: int
    on_site: bool


@lru_cache
def _public_holidays() -> holidays.HolidayBase:
    return holidays.country_holidays("LV")


def is_teaching_day(day: date) -> bool:
    """No public holiday of Latvia and not between Christmas Eve and New Year's Day."""
    at_christmas = (day.month, day.day) >= (12, 24) or (day.month, day.day) == (1, 1)
    return not at_christmas and day not in _public_holidays()


def length(hours: int) -> timedelta:
    """How long a block of `hours` (1-8) academic hours takes with its breaks."""
    return timedelta(minutes=hours * ACADEMIC_HOUR + BREAKS[hours])


def first_day(slots: Sequence[Slot], not_before: date) -> date:
    """The first teaching day with a meeting, on or after `not_before`."""
    weekdays = {slot.weekday for slot in slots}
    day = not_before
    while day.weekday() not in weekdays or not is_teaching_day(day):
        day += timedelta(days=1)
    return day


def _meetings(slots: Sequence[Slot], start: date) -> Iterator[tuple[date, Slot]]:
    by_weekday = {slot.weekday: slot for slot in slots}
    day = start
    while True:
        slot = by_weekday.get(day.weekday())
        if slot is not None and is_teaching_day(day):
            yield day, slot
        day += timedelta(days=1)


def blocks(slots: Sequence[Slot], start: date, hours: int) -> list[Block]:
    """Sessions from `start` on until `hours` academic hours are reached, to the hour.

    Raises ValueError for no slots or no hours; a timetable without sessions has no last day.
    """
    if not slots or hours < 1:
        raise ValueError("a timetable needs a weekly meeting and at least one hour")
    result: list[Block] = []
    left = hours
    for day, slot in _meetings(slots, start):
        taken = min(slot.hours, left)
        begins = datetime.combine(day, slot.begins, tzinfo=RIGA)
        result.append(Block(begins, begins + length(taken), taken, slot.on_site))
        left -= taken
        if not left:
            break
    return result


WEEKDAYS_LV = (
    "pirmdienās", "otrdienās", "trešdienās", "ceturtdienās", "piektdienās", "sestdienās",
    "svētdienās",
)  # fmt: skip
WEEKDAYS_EN = (
    "Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays",
)  # fmt: skip
WORKING_DAYS = (0, 1, 2, 3, 4)


def _grouped(slots: Sequence[Slot]) -> list[tuple[tuple[int, ...], time, time]]:
    """Weekdays that share their times, in the order of the week."""
    times: dict[tuple[time, int], list[int]] = {}
    for slot in sorted(slots, key=lambda s: s.weekday):
        times.setdefault((slot.begins, slot.hours), []).append(slot.weekday)
    anchor = date(2000, 1, 3)
    return [
        (
            tuple(weekdays),
            begins,
            (datetime.combine(anchor, begins, tzinfo=RIGA) + length(hours)).time(),
        )
        for (begins, hours), weekdays in times.items()
    ]


def _listed(words: Sequence[str], conjunction: str) -> str:
    if len(words) == 1:
        return words[0]
    return f"{', '.join(words[:-1])} {conjunction} {words[-1]}"


def words(slots: Sequence[Slot]) -> tuple[str, str]:
    """The weekly rhythm in Latvian and English, as it stands on the group's card.

    >>> words([Slot(1, time(18), 4), Slot(3, time(18), 4)])
    ('Otrdienās un ceturtdienās 18.00–21.15', 'Tuesdays and Thursdays 18:00–21:15')
    """
    parts_lv, parts_en = [], []
    for weekdays, begins, ends in _grouped(slots):
        if weekdays == WORKING_DAYS:
            lv, en = "darbdienās", "weekdays"
        else:
            lv = _listed([WEEKDAYS_LV[d] for d in weekdays], "un")
            en = _listed([WEEKDAYS_EN[d] for d in weekdays], "and")
        parts_lv.append(f"{lv} {begins:%-H.%M}–{ends:%-H.%M}")
        parts_en.append(f"{en} {begins:%-H:%M}–{ends:%-H:%M}")
    lv, en = ", ".join(parts_lv), ", ".join(parts_en)
    return lv[0].upper() + lv[1:], en[0].upper() + en[1:]
