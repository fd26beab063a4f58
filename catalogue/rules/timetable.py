"""Building a timetable: a weekly pattern, holidays left out, another group's days (PRO-4, L1731).

Pure functions over days and times of Riga: no ORM and no clock.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from catalogue.rules.timing import SHORTEST_HOUR, Block
from stars.common import formats
from stars.common.dates import RIGA, riga_date
from stars.common.errors import Invalid

# A group of the longest programme meets on far fewer days (480 hours, L3001).
MOST_SESSIONS = 300
# How much of a pattern is looked through: nobody plans further ahead.
LONGEST = timedelta(days=3 * 366)
# The usual academic hour: a proposal where nobody says how many fit.
ACADEMIC_HOUR = timedelta(minutes=45)

IsHoliday = Callable[[date], bool]


@dataclass(frozen=True)
class Weekly:
    """Sessions on the same days of every week (0 is Monday), between two times of Riga.

    `hours` are academic hours of one session; `room_id` and `teacher_id` are empty for the group's
    own.
    """

    weekdays: frozenset[int]
    begins: time
    ends: time
    hours: int
    room_id: UUID | None = None
    teacher_id: UUID | None = None


@dataclass(frozen=True)
class Plan:
    """Sessions that came out of a pattern, and the public holidays that were left out."""

    blocks: list[Block]
    skipped: list[date] = field(default_factory=list)

    @property
    def hours(self) -> int:
        """Academic hours of all sessions together."""
        return sum(block.hours for block in self.blocks)


def hours_that_fit(begins: time, ends: time) -> int:
    """Academic hours of 45 minutes between two times of a day.

    >>> hours_that_fit(time(18), time(21, 15))
    4
    """
    return max(0, (_on(date(2000, 1, 1), ends) - _on(date(2000, 1, 1), begins)) // ACADEMIC_HOUR)


def _on(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, tzinfo=RIGA)


def _days(pattern: Weekly, first: date, last: date) -> Iterator[date]:
    day = first
    while day <= min(last, first + LONGEST):
        if day.weekday() in pattern.weekdays:
            yield day
        day += timedelta(days=1)


def weekly(
    pattern: Weekly,
    *,
    first: date,
    last: date,
    hours: int | None,
    is_holiday: IsHoliday,
) -> Plan:
    """Sessions by a weekly pattern from `first` to `last`, holidays left out (PRO-4).

    With `hours` it stops when so many academic hours are full, so that a holiday makes the
    timetable longer and not the course shorter. The last session is shortened to what is left.
    Raises `Invalid` for a pattern that cannot be.
    """
    _check(pattern, first, last)
    blocks: list[Block] = []
    skipped: list[date] = []
    left = hours
    for day in _days(pattern, first, last):
        if left is not None and left <= 0:
            break
        if is_holiday(day):
            skipped.append(day)
            continue
        if len(blocks) == MOST_SESSIONS:
            raise Invalid(_("That is too many sessions for one group."), code="sessions")
        length = pattern.hours if left is None else min(left, pattern.hours)
        begins, ends = _on(day, pattern.begins), _on(day, pattern.ends)
        if length < pattern.hours:
            # In whole hours of the pattern, so that breaks are shared out too.
            ends = begins + (ends - begins) * length / pattern.hours
            ends = ends.replace(second=0, microsecond=0)
        blocks.append(
            Block(begins, ends, length, room_id=pattern.room_id, teacher_id=pattern.teacher_id)
        )
        if left is not None:
            left -= length
    return Plan(blocks, skipped)


def _check(pattern: Weekly, first: date, last: date) -> None:
    if not pattern.weekdays or not pattern.weekdays <= set(range(7)):
        raise Invalid(_("Choose at least one day of the week."), code="weekdays", field="weekdays")
    if pattern.ends <= pattern.begins:
        raise Invalid(_("A session ends after it begins."), code="session", field="ends")
    length = _on(first, pattern.ends) - _on(first, pattern.begins)
    if pattern.hours < 1 or pattern.hours * SHORTEST_HOUR > length:
        raise Invalid(
            _("A session cannot have more academic hours than fit between its times."),
            code="session_hours",
            field="hours",
        )
    if last < first:
        raise Invalid(_("The last day cannot be before the first."), code="dates", field="last")


def moved(blocks: Iterable[Block], *, days: int, is_holiday: IsHoliday) -> Plan:
    """The same sessions so many days later (or earlier), at the same time of day in Riga.

    A session that falls on a public holiday comes at the end instead, on the day of the week on
    which it would have been, so that no hour is lost.
    """
    kept: list[Block] = []
    late: list[Block] = []
    skipped: list[date] = []
    for block in sorted(blocks, key=lambda block: block.starts_at):
        shifted = _shift(block, days)
        day = riga_date(shifted.starts_at)
        if is_holiday(day):
            skipped.append(day)
            late.append(shifted)
        else:
            kept.append(shifted)
    taken = {riga_date(block.starts_at) for block in kept}
    for block in late:
        after = max([*taken, riga_date(block.starts_at)])
        weeks = 1
        while True:
            day = riga_date(block.starts_at) + timedelta(weeks=weeks)
            if day > after and day not in taken and not is_holiday(day):
                break
            weeks += 1
        taken.add(day)
        kept.append(_shift(block, weeks * 7))
    return Plan(sorted(kept, key=lambda block: block.starts_at), skipped)


def _shift(block: Block, days: int) -> Block:
    """Whole days later by the calendar: six in the evening stays six when the clocks change."""
    by = timedelta(days=days)
    begins = block.starts_at.astimezone(RIGA)
    ends = block.ends_at.astimezone(RIGA)
    return replace(
        block,
        starts_at=_on(begins.date() + by, begins.time()),
        ends_at=_on(ends.date() + by, ends.time()),
    )


def days_to_move(blocks: Sequence[Block], *, first: date) -> int:
    """By how many days sessions move when their first week is to be that of `first`.

    Days of the week stay: a course on Tuesdays stays one on Tuesdays, from the first Tuesday on or
    after `first`.
    """
    if not blocks:
        return 0
    began = riga_date(min(block.starts_at for block in blocks))
    return (first - began).days + (began - first).days % 7


def in_words(blocks: Iterable[Block], language: str) -> str:
    """The weekly rhythm as a group's card shows it; "" where there is none to tell.

    >>> from datetime import datetime
    >>> tuesday = datetime(2026, 3, 3, 18, tzinfo=RIGA)
    >>> in_words([Block(tuesday, tuesday.replace(hour=21, minute=15), 4)], "lv")
    'Otrdienās 18.00–21.15'
    """
    days: dict[tuple[time, time], set[int]] = defaultdict(set)
    for block in blocks:
        begins, ends = block.starts_at.astimezone(RIGA), block.ends_at.astimezone(RIGA)
        days[begins.time(), ends.time()].add(begins.weekday())
    if not days or len(days) > MOST_RHYTHMS:
        return ""
    parts = [
        f"{formats.weekdays(numbers, language)} {formats.time_range(*between, language)}"
        for between, numbers in sorted(days.items(), key=lambda item: (min(item[1]), item[0]))
    ]
    text = ", ".join(parts)
    return text[:1].upper() + text[1:]


# More different times than these are no rhythm; the list of sessions says it.
MOST_RHYTHMS = 3
