"""The story of the demo: pure, and right on whatever day it is told."""

from __future__ import annotations

import datetime as dt
import inspect
from collections import Counter

import pytest
import yaml

from stars.common.dates import RIGA, add_months, age_on, riga_date
from stars.demo.offer.data import invented_providers, load, programmes, vocabulary
from stars.demo.story import fates, people
from stars.demo.story.clock import Clock, Life
from stars.demo.story.plan import Money, Story, fewest, tell

BADLY = {"rejected", "lapsed", "interrupted", "expelled", "checked"}
PROVIDER = {entry["code"]: entry["provider"] for entry in programmes()}
# The first and last days of months, the feasts, midsummer, and a leap day.
DAYS = [
    dt.date(2026, 11, 21),
    dt.date(2026, 12, 31),
    dt.date(2027, 1, 1),
    dt.date(2027, 1, 12),
    dt.date(2027, 3, 1),
    dt.date(2027, 4, 9),
    dt.date(2027, 6, 25),
    dt.date(2027, 8, 31),
    dt.date(2028, 2, 29),
]


def story(day: dt.date, residents: int | None = None) -> tuple[Story, Money, dt.datetime]:
    """The story on a day, at one in the afternoon."""
    now = dt.datetime.combine(day, dt.time(13), tzinfo=RIGA)
    money = Money(
        source_from=add_months(day, -9),
        spring=add_months(day, -8).replace(day=9),
        autumn=add_months(day, -2).replace(day=9),
    )
    told = tell(today=day, now=now, money=money, residents=residents or fewest())
    return told, money, now


@pytest.mark.parametrize("day", DAYS)
def test_groups_are_where_the_story_wants_them(day: dt.date) -> None:
    told, money, now = story(day)
    entries = {entry["key"]: entry for entry in load("story")["groups"]}
    for key, group in told.groups.items():
        entry, held = entries[key], sum(block.ends_at < now for block in group.blocks)
        assert money.source_from < riga_date(group.announced_at) <= day
        assert group.apply_until <= group.starts_on <= group.ends_on
        if "ended" in entry:
            assert group.ends_on <= day - dt.timedelta(days=entry["ended"])
        elif "running" in entry:
            assert fates.LAST_SESSION < held < len(group.blocks)
        else:
            assert day < group.starts_on
        if group.season == "spring":
            assert group.ends_on < money.autumn
        if entry.get("closed"):
            assert group.apply_until < day


@pytest.mark.parametrize("day", DAYS)
def test_moments_come_one_after_another(day: dt.date) -> None:
    told, money, now = story(day, 72)
    for plot in told.plots:
        member = told.members[plot.who]
        assert member.opened < plot.applied <= now
        assert riga_date(plot.applied) > money.due(member.season)
        assert plot.applied < plot.answered
        group = told.groups.get(plot.group)
        if group and group.starts_on <= day:
            assert riga_date(group.announced_at) <= riga_date(plot.applied) <= group.apply_until
            assert riga_date(plot.answered) < group.starts_on


def test_the_story_is_the_same_twice() -> None:
    first, second = (story(DAYS[0], 72)[0] for _ in range(2))
    assert (first.plots, first.members, first.places) == (
        second.plots,
        second.members,
        second.places,
    )


def test_fewer_residents_leave_no_fate_out() -> None:
    few, many = story(DAYS[0])[0], story(DAYS[0], 72)[0]
    assert {plot.fate for plot in few.plots} == {plot.fate for plot in many.plots}
    assert {plot.fate for plot in few.plots} == set(fates.FATES)
    assert {member.money for member in few.members.values()} == {
        member.money for member in many.members.values()
    }
    with pytest.raises(ValueError, match="at least"):
        story(DAYS[0], fewest() - 1)


def test_one_group_is_full_and_one_has_two_places_left() -> None:
    told, _money, _now = story(DAYS[0], 72)
    taken = Counter(plot.group for plot in told.plots)
    assert told.places["texts-full"] == taken["texts-full"] >= 8
    assert told.places["website-soon"] == taken["website-soon"] + 2
    assert all(taken[key] <= places for key, places in told.places.items())


def test_only_invented_providers_have_bad_news() -> None:
    story_ = load("story")
    for entry in story_["groups"]:
        if PROVIDER[entry["programme"]] not in invented_providers():
            assert not BADLY & {*entry["fates"], *entry["fill"], *entry["named"].values()}


def test_whom_one_can_be() -> None:
    told, _money, _now = story(DAYS[0])
    known = {row["key"] for row in people._rows().values()}
    tried = set(load("story")["try"])
    assert known - tried == {"skaidrite-vitola-older-code"}
    # The journey can still be begun: these have no account.
    assert tried - set(told.members) == {
        "olena-kovalenko",
        "gunars-balodis",
        "marta-ozola",
        "roberts-liepins",
        "arvids-krumins",
    }


def test_invented_people_cannot_be_anybody() -> None:
    told, _money, _now = story(DAYS[0], 72)
    residents = [member.resident for member in told.members.values()]
    for one in residents:
        assert one.code.startswith("00")
        assert one.email.endswith(".example") or not one.email
        assert one.phone.startswith("+371 0") or not one.phone
        assert one.email or one.phone
    assert len({one.code for one in residents}) == len(residents)
    assert len({(one.given_name, one.family_name) for one in residents}) == len(residents)
    ages = Counter(age_on(one.birth_date, DAYS[0]) < 18 for one in residents)
    assert ages[True] == 1


def test_words_for_education_and_work_are_of_the_vocabularies() -> None:
    """Those of the sandbox's page too: its answers become facts about people one day."""
    education, work = vocabulary("education_level"), vocabulary("employment_status")
    for row in people._rows().values():
        facts = row["facts"]
        assert facts.get("education_level") is None or facts["education_level"] in education
        assert facts.get("employment") is None or facts["employment"] in work
    assert set(people.EDUCATION) <= set(education)
    assert set(people.EMPLOYMENT) <= set(work)
    assert {*people.REGIONS, *people.REGION_OF.values()} <= set(vocabulary("region"))


def test_names_and_story_are_in_order() -> None:
    names = load("names")
    for kind in ("women", "men"):
        assert len(set(names[kind])) == len(names[kind])
    assert yaml.safe_dump(names["families"])
    assert all(inspect.isgeneratorfunction(fate) for fate in fates.FATES.values())


# --- the clock -------------------------------------------------------------------------------


def test_the_clock_resumes_lives_in_order_and_stops() -> None:
    heard: list[str] = []

    def moment(day: int, hour: int) -> dt.datetime:
        return dt.datetime(2026, 5, day, hour, tzinfo=RIGA)

    def life(name: str, *moments: dt.datetime) -> Life:
        for at in moments:
            yield at
            heard.append(f"{name} {at:%d %H}")

    clock = Clock(until=moment(3, 12))
    clock.live(life("a", moment(1, 9), moment(2, 9), moment(4, 9)))
    clock.live(life("b", moment(1, 8), moment(3, 12)))
    assert clock.run() == 4
    assert heard == ["b 01 08", "a 01 09", "a 02 09", "b 03 12"]
