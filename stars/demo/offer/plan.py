"""Which groups a programme has, and how they meet.

Pure and the same every day: the beginnings are slots of a fixed calendar that runs from the
pilot's first group onward, so a later run finds yesterday's groups and adds only new ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any
from zlib import crc32

from stars.demo.offer.timetable import Block, Slot, blocks, first_day, words

PILOT_FIRST_GROUP = date(2024, 12, 21)  # L480
FIRST_CHOICE = "lu-advanced-ai"  # whose group we let be that first one
AHEAD_WEEKS = 18
APPLY_DAYS_BEFORE = 5  # "closed a few days before training starts" (L3131)
CONTACT_SHARE = 46  # per cent of a study course that is taught; the rest is independent work


@dataclass(frozen=True)
class Window:
    """When a funding source pays for learning: first and last day, inclusive."""

    source: str
    first: date
    last: date


@dataclass(frozen=True)
class PlannedGroup:
    """One group to be: everything but the rows."""

    code: str
    source: str
    starts_on: date
    ends_on: date
    apply_until: date
    capacity: int
    minimum: int
    blocks: tuple[Block, ...]
    times_lv: str
    times_en: str


EVENING, LATE, MORNING, DAY = time(18, 0), time(19, 0), time(9, 0), time(10, 0)
WHOLE_DAYS = tuple(Slot(d, MORNING, 8, on_site=True) for d in range(5))
EVENING_SCHOOL = (
    *(Slot(d, EVENING, 4, on_site=True) for d in range(4)),
    Slot(5, DAY, 6, on_site=True),
)
INTENSIVE = (Slot(0, EVENING, 4), Slot(1, EVENING, 4), Slot(3, EVENING, 4), Slot(5, DAY, 6))
OWN_PACE = (Slot(2, LATE, 1),)
EVENINGS = (
    (Slot(1, EVENING, 4), Slot(3, EVENING, 4)),
    (Slot(0, EVENING, 4), Slot(2, EVENING, 4)),
    (Slot(0, EVENING, 4), Slot(3, EVENING, 4)),
    (Slot(1, EVENING, 4), Slot(5, DAY, 6)),
    tuple(Slot(d, MORNING, 4) for d in range(5)),
    (Slot(5, DAY, 6),),
)
SHORT = (
    (Slot(2, EVENING, 4),),
    (Slot(1, EVENING, 4), Slot(3, EVENING, 4)),
    (Slot(5, DAY, 6),),
)
MIXED = (
    (Slot(1, EVENING, 4), Slot(5, DAY, 6, on_site=True)),
    (Slot(3, EVENING, 4), Slot(5, DAY, 6, on_site=True)),
    (Slot(4, time(15, 0), 6), Slot(5, DAY, 6, on_site=True)),
    (Slot(0, EVENING, 4), Slot(2, EVENING, 4, on_site=True)),
)
# Hybrid and wholly after work, for programmes whose `schedule` is "evening".
MIXED_EVENINGS = MIXED[3]
INTENSIVE_FROM = 150  # contact hours


def _number(code: str, salt: str = "") -> int:
    """A number that is always the same for the same programme."""
    return crc32(f"{code}{salt}".encode())


def contact_hours(programme: Mapping[str, Any]) -> int:
    """Academic hours with a teacher; the rest of the programme is independent work."""
    hours: int = programme["hours"]
    if programme.get("self_paced"):
        return max(4, hours // 8)
    if programme["type"] in ("study_course", "study_module"):
        return max(16, hours * CONTACT_SHARE // 100 // 4 * 4)
    return hours


def rhythm(programme: Mapping[str, Any]) -> tuple[Slot, ...]:
    """The weekly meetings that suit the programme's type and mode."""
    code, mode = programme["code"], programme["mode"]
    if programme.get("self_paced"):
        return OWN_PACE
    if programme["type"] == "further_education":
        return EVENING_SCHOOL if programme["schedule"] == "evening" else WHOLE_DAYS
    if code == FIRST_CHOICE:
        return (Slot(5, DAY, 6),)
    choices: Sequence[tuple[Slot, ...]]
    if contact_hours(programme) >= INTENSIVE_FROM:
        choices = (INTENSIVE,)
    elif mode == "hybrid":
        choices = (MIXED_EVENINGS,) if programme.get("schedule") == "evening" else MIXED
    else:
        choices = SHORT if programme["type"] == "non_formal" else EVENINGS
    chosen = choices[_number(code, "rhythm") % len(choices)]
    if mode == "on_site":
        return tuple(Slot(s.weekday, s.begins, s.hours, on_site=True) for s in chosen)
    if mode == "hybrid" and not any(s.on_site for s in chosen):
        return (*chosen[:-1], Slot(chosen[-1].weekday, chosen[-1].begins, chosen[-1].hours, True))
    return chosen


def weeks_between(programme: Mapping[str, Any]) -> int:
    """How often a new group begins, weeks: the more chosen, the more often."""
    chosen = programme.get("pilot_participations", 0)
    if programme["type"] == "further_education":
        return 26
    if chosen > 1000:
        return 4
    if chosen:
        return 7
    return 20 if programme.get("no_applicants") else 15


def _beginnings(programme: Mapping[str, Any], until: date) -> Iterator[date]:
    """Beginnings from the pilot's first group to `until`, inclusive."""
    code, step = programme["code"], weeks_between(programme)
    offset = 0 if code == FIRST_CHOICE else 2 + _number(code, "offset") % step
    slots = rhythm(programme)
    week = PILOT_FIRST_GROUP + timedelta(weeks=offset)
    while week <= until:
        day = first_day(slots, week)
        if day <= until:
            yield day
        week += timedelta(weeks=step)


def _window(
    windows: Sequence[Window], programme: Mapping[str, Any], start: date, end: date
) -> Window | None:
    """The source under which a group of these dates can be; the earlier one where both can."""
    for window in windows:
        if window.first <= start and end <= window.last:
            return window
    return None


def planned(
    programme: Mapping[str, Any],
    windows: Sequence[Window],
    today: date,
    *,
    already: frozenset[str] = frozenset(),
) -> Iterator[PlannedGroup]:
    """Groups of one programme from the pilot's first day to some weeks ahead of `today`.

    `windows` are the sources that offer it, earliest first. A programme that had no applicant
    in the pilot has groups ahead only. Codes in `already` exist and are passed over.
    """
    if programme.get("groups") == "story":  # announced by seed_demo, with people in them
        return
    slots = rhythm(programme)
    times_lv, times_en = words(slots)
    hours = contact_hours(programme)
    small = programme["mode"] == "on_site"
    for start in _beginnings(programme, today + timedelta(weeks=AHEAD_WEEKS)):
        code = start.isoformat()
        if code in already or (programme.get("no_applicants") and start <= today):
            continue
        timetable = blocks(slots, start, hours)
        end = timetable[-1].starts_at.date()
        window = _window(windows, programme, start, end)
        if window is None:
            continue
        size = _number(programme["code"], code)
        capacity = 10 + size % 7 if small else 14 + size % 11
        yield PlannedGroup(
            code=code,
            source=window.source,
            starts_on=start,
            ends_on=end,
            apply_until=start - timedelta(days=APPLY_DAYS_BEFORE),
            capacity=capacity,
            minimum=capacity // 2,
            blocks=tuple(timetable),
            times_lv=times_lv,
            times_en=times_en,
        )
