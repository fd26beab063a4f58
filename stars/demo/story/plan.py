"""Who is in the story, in which group and with which fate; every moment is settled here. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from stars.common.dates import riga_date
from stars.demo.offer.data import load
from stars.demo.story import people
from stars.demo.story.people import Resident
from stars.demo.story.timeline import StoryGroup, at, lay

SEED = 506  # the story is the same at every loading; the number of the regulation
DAY = timedelta(days=1)
# Fates of people who wait for an answer or have just begun to apply.
FRESH = frozenset({"waiting", "draft"})


@dataclass(frozen=True)
class Plot:
    """One person's fate in one group. `applied` and `answered` are moments."""

    who: str
    group: str
    fate: str
    applied: datetime
    answered: datetime


@dataclass(frozen=True)
class Member:
    """A resident with an account: when it was opened, whether they asked for the money."""

    resident: Resident
    season: str
    opened: datetime
    asks: bool = True
    # What they do with the money itself: keeps, declines or nothing.
    money: str = ""


@dataclass
class Story:
    """All of it."""

    groups: dict[str, StoryGroup] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    plots: list[Plot] = field(default_factory=list)
    # The group of load_pilot_offer that is nearest, by key: the code of its programme.
    borrowed: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Money:
    """Days that rule the money: the continuation's first day and the due days of its rounds."""

    source_from: date
    spring: date
    autumn: date

    def due(self, season: str) -> date:
        """The day from which the round of that season grants."""
        return self.spring if season == "spring" else self.autumn


def tell(*, today: date, now: datetime, money: Money, residents: int) -> Story:
    """The whole story as of `now`, with `residents` people beside those of the sandbox.

    Raises ValueError for fewer people than `fewest`.
    """
    if residents < fewest():
        raise ValueError(f"the story needs at least {fewest()} residents")
    return _Teller(today, now, money, Random(SEED)).tell(residents)


def fewest() -> int:
    """With fewer residents a fate of story.yaml would be left without anybody."""
    data = load("story")
    return sum(sum(e["fates"].values()) for e in [*data["groups"], data["waiting_money"]])


@dataclass
class _Teller:
    today: date
    now: datetime
    money: Money
    chance: Random
    story: Story = field(default_factory=Story)

    def tell(self, residents: int) -> Story:
        data = load("story")
        more = people.invented(self.chance, self.today)
        for entry in data["groups"]:
            if entry.get("next"):
                self.story.borrowed[entry["key"]] = entry["programme"]
            else:
                group = lay(entry, self.today, self.money.source_from + DAY)
                self.story.groups[entry["key"]] = group
        left = residents
        # First what must be there, then whoever is left over, one for each group in turn.
        for entry in [*data["groups"], data["waiting_money"]]:
            for key, fate in entry["named"].items():
                self._add(entry, people.of_sandbox(key, self.today), fate)
            for fate in _flat(entry["fates"]):
                self._add(entry, next(more), fate)
                left -= 1
        for entry, fate in _in_turn([*data["groups"], data["waiting_money"]]):
            if left <= 0:
                break
            self._add(entry, next(more), fate)
            left -= 1
        for entry in data["groups"]:
            self._size(entry)
        self.story.plots.sort(key=lambda plot: plot.applied)
        return self.story

    def _add(self, entry: Mapping[str, Any], resident: Resident, fate: str) -> None:
        if "key" in entry:
            self._apply(entry, resident, fate)
        else:
            self._wait(resident, fate)

    def _apply(self, entry: Mapping[str, Any], resident: Resident, fate: str) -> None:
        """A person who applies; who is there already applies once more."""
        season = entry["season"]
        first, last = self._window(entry, season, fate)
        applied = self._moment(first, last)
        plot = Plot(resident.key, entry["key"], fate, applied, self._answer(applied))
        self.story.plots.append(plot)
        if resident.key not in self.story.members:
            latest = riga_date(applied) - 2 * DAY
            self._open(Member(resident, season, self._opening(season, latest)))

    def _window(self, entry: Mapping[str, Any], season: str, fate: str) -> tuple[date, date]:
        """First and last day for applying, so that there is money and time for an answer."""
        paid = self.money.due(season) + 3 * DAY
        if fate in FRESH:
            return self.today - DAY, self.today - DAY
        group = self.story.groups.get(entry["key"])
        if group is None or group.starts_on > self.today:
            last = self.today - 5 * DAY
            return max(paid, self.today - 20 * DAY), last
        last = group.starts_on - 7 * DAY
        return max(paid, riga_date(group.announced_at), last - 18 * DAY), last

    def _wait(self, resident: Resident, fate: str) -> None:
        """A person with an account who applies for nothing."""
        if fate == "under_age":
            born = self.today.replace(year=self.today.year - 17, day=1) - 40 * DAY
            resident = replace(resident, birth_date=born, education="basic", employment="student")
        spring = fate in ("keeps", "unused") or (fate == "declines" and self.chance.random() < 0.5)
        season = "spring" if spring else "autumn"
        latest = self.money.due(season) + 20 * DAY
        opened = self._opening(season, min(latest, self.today - 3 * DAY))
        member = Member(resident, season, opened, asks=fate != "no_request", money=fate)
        self._open(member)

    def _opening(self, season: str, latest: date) -> datetime:
        """A moment at which an account was opened, `latest` at the end.

        Who came for the second round came after its due day: money of the first that is left
        unused would stand in the way of it (rule 3).
        """
        earliest = self.money.autumn if season == "autumn" else self.money.source_from + 2 * DAY
        return self._moment(max(earliest, latest - 40 * DAY), latest)

    def _open(self, member: Member) -> None:
        self.story.members[member.resident.key] = member

    def _moment(self, first: date, last: date) -> datetime:
        """Some waking hour of a day between two, both included."""
        if last < first:
            raise ValueError(f"nothing lies between {first} and {last}")
        day = first + timedelta(days=self.chance.randint(0, (last - first).days))
        minutes = self.chance.randint(0, 13 * 60)
        return min(at(day) - timedelta(hours=1) + timedelta(minutes=minutes), self.now)

    def _answer(self, applied: datetime) -> datetime:
        """An office hour one to three days later."""
        day = riga_date(applied) + timedelta(days=self.chance.randint(1, 3))
        return at(day) + timedelta(minutes=self.chance.randint(0, 7 * 60))

    def _size(self, entry: Mapping[str, Any]) -> None:
        """Places of a group: a number, as many as are taken, or some more than those."""
        wanted = entry.get("places")
        taken = sum(plot.group == entry["key"] for plot in self.story.plots)
        if wanted == "full":
            self.story.places[entry["key"]] = taken
        elif isinstance(wanted, dict):
            self.story.places[entry["key"]] = taken + wanted["left"]
        elif wanted is not None:
            self.story.places[entry["key"]] = wanted


def _flat(fates: Mapping[str, int]) -> Iterator[str]:
    for fate, number in fates.items():
        yield from [fate] * number


def _in_turn(entries: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], str]]:
    """What `fill` still has to give, one for each entry in turn."""
    rest = [(entry, list(_flat(entry["fill"]))) for entry in entries]
    for round_ in count():
        dealt = [(entry, fates[round_]) for entry, fates in rest if round_ < len(fates)]
        if not dealt:
            return
        yield from dealt
