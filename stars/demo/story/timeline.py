"""When the groups of the story are: counted from today, on real teaching days. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from stars.common.dates import RIGA, riga_date
from stars.demo.offer.data import programmes
from stars.demo.offer.plan import APPLY_DAYS_BEFORE, contact_hours, rhythm
from stars.demo.offer.timetable import Block, blocks, first_day, words

ANNOUNCED_DAYS_BEFORE = 45
# Groups ahead have been announced for so long, that people could apply.
ANNOUNCED_DAYS_AGO = 25
NINE, TEN = time(9, 0), time(10, 0)


@dataclass(frozen=True)
class StoryGroup:
    """A group of the story: its programme, its days and its timetable."""

    key: str
    programme: str
    season: str
    code: str
    announced_at: datetime
    starts_on: date
    ends_on: date
    apply_until: date
    blocks: tuple[Block, ...]
    times: tuple[str, str]
    draft: bool = False

    @property
    def recorded_at(self) -> datetime:
        """When the provider records who completed: the morning after the last session."""
        return at(riga_date(self.blocks[-1].ends_at) + timedelta(days=1), TEN)


def at(day: date, hour: time = NINE) -> datetime:
    """A moment of a day in Riga."""
    return datetime.combine(day, hour, tzinfo=RIGA)


def _fits(entry: Mapping[str, Any], timetable: list[Block], today: date) -> bool:
    """Whether a timetable is over, or as far as the story asks, on the day `today`."""
    if "ended" in entry:
        return riga_date(timetable[-1].ends_at) <= today - timedelta(days=entry["ended"])
    held = sum(riga_date(block.ends_at) < today for block in timetable)
    return held >= len(timetable) * float(entry["running"])


def lay(entry: Mapping[str, Any], today: date, not_before: date) -> StoryGroup:
    """Find the days of one group of story.yaml as of `today`; nothing lies before `not_before`.

    A group that has begun starts as late as what the story says of it allows.
    """
    programme = next(p for p in programmes() if p["code"] == entry["programme"])
    slots, hours = rhythm(programme), contact_hours(programme)
    if "begins" in entry:
        timetable = blocks(slots, first_day(slots, today + timedelta(days=entry["begins"])), hours)
    else:
        start = today - timedelta(days=entry.get("ended", 0))
        timetable = blocks(slots, first_day(slots, start), hours)
        while not _fits(entry, timetable, today):
            start -= timedelta(days=1)
            timetable = blocks(slots, first_day(slots, start), hours)
    starts_on = riga_date(timetable[0].starts_at)
    announced = starts_on - timedelta(days=ANNOUNCED_DAYS_BEFORE)
    if starts_on > today:
        announced = min(announced, today - timedelta(days=ANNOUNCED_DAYS_AGO))
    apply_until = starts_on - timedelta(days=APPLY_DAYS_BEFORE)
    return StoryGroup(
        key=entry["key"],
        programme=entry["programme"],
        season=entry["season"],
        # Another name than a group of load_pilot_offer that begins on the same day.
        code=starts_on.isoformat() + ("" if programme.get("groups") == "story" else "-b"),
        announced_at=at(max(announced, not_before)),
        starts_on=starts_on,
        ends_on=riga_date(timetable[-1].ends_at),
        apply_until=today - timedelta(days=1) if entry.get("closed") else apply_until,
        blocks=tuple(timetable),
        times=words(slots),
        draft=entry.get("draft", False),
    )
