"""Timetables and the calendar of groups: pure rules over dates and hours."""

from __future__ import annotations

import datetime as dt
import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stars.common.dates import RIGA
from stars.demo.offer import data, plan, timetable
from stars.demo.offer.plan import Window, contact_hours, planned, rhythm
from stars.demo.offer.timetable import Slot, blocks, first_day, is_teaching_day, words

EVENINGS = (Slot(1, dt.time(18), 4), Slot(3, dt.time(18), 4))
TODAY = dt.date(2026, 11, 21)
PILOT = Window("imk", dt.date(2024, 12, 5), dt.date(2026, 6, 30))
FOLLOWING = Window("imk-next", dt.date(2026, 2, 21), dt.date(2029, 2, 21))
BY_CODE = {p["code"]: p for p in data.programmes()}


def test_words_of_a_rhythm() -> None:
    assert doctest.testmod(timetable).failed == 0
    assert words((*EVENINGS, Slot(5, dt.time(10), 6))) == (
        "Otrdienās un ceturtdienās 18.00–21.15, sestdienās 10.00–15.15",
        "Tuesdays and Thursdays 18:00–21:15, Saturdays 10:00–15:15",
    )
    working_days = tuple(Slot(d, dt.time(9), 8) for d in range(5))
    assert words(working_days) == ("Darbdienās 9.00–16.00", "Weekdays 9:00–16:00")


@pytest.mark.parametrize(
    ("day", "teaching"),
    [
        (dt.date(2026, 11, 18), False),  # Proclamation Day, a Wednesday
        (dt.date(2026, 6, 23), False),  # Midsummer's eve
        (dt.date(2026, 4, 3), False),  # Good Friday moves
        (dt.date(2026, 12, 28), False),  # between the feasts
        (dt.date(2027, 1, 1), False),
        (dt.date(2026, 11, 19), True),
        (dt.date(2026, 12, 23), True),
        (dt.date(2027, 1, 2), True),
    ],
)
def test_no_lessons_on_holidays(day: dt.date, teaching: bool) -> None:
    assert is_teaching_day(day) is teaching


def test_a_block_on_a_holiday_moves_to_the_next_meeting() -> None:
    mondays = (Slot(0, dt.time(18), 4),)
    days = [b.starts_at.date() for b in blocks(mondays, dt.date(2026, 3, 30), 12)]
    assert days == [dt.date(2026, 3, 30), dt.date(2026, 4, 13), dt.date(2026, 4, 20)]  # Easter


def test_the_last_block_is_cut_to_the_hours() -> None:
    made = blocks(EVENINGS, dt.date(2026, 10, 20), 10)
    assert [b.hours for b in made] == [4, 4, 2]
    assert made[0].starts_at == dt.datetime(2026, 10, 20, 18, 0, tzinfo=RIGA)
    assert made[0].ends_at == dt.datetime(2026, 10, 20, 21, 15, tzinfo=RIGA)
    assert made[2].ends_at == dt.datetime(2026, 10, 27, 19, 30, tzinfo=RIGA)
    # The clock goes back on 25 October; the evening still begins at six in Riga.
    assert [b.starts_at.utcoffset() for b in made] == [
        dt.timedelta(hours=3),
        dt.timedelta(hours=3),
        dt.timedelta(hours=2),
    ]


@pytest.mark.parametrize(("slots", "hours"), [((), 10), (EVENINGS, 0), (EVENINGS, -4)])
def test_a_timetable_needs_a_meeting_and_an_hour(slots: tuple[Slot, ...], hours: int) -> None:
    with pytest.raises(ValueError, match="timetable"):
        blocks(slots, TODAY, hours)


@given(
    start=st.dates(dt.date(2024, 12, 1), dt.date(2032, 1, 1)),
    hours=st.integers(1, 400),
    weekdays=st.sets(st.integers(0, 5), min_size=1),
    length=st.integers(1, 8),
)
def test_blocks_add_up_and_never_meet_on_a_free_day(
    start: dt.date, hours: int, weekdays: set[int], length: int
) -> None:
    slots = tuple(Slot(d, dt.time(9), length) for d in sorted(weekdays))
    made = blocks(slots, start, hours)
    assert sum(b.hours for b in made) == hours
    assert all(b.starts_at < b.ends_at for b in made)
    days = [b.starts_at.date() for b in made]
    assert days == sorted(set(days)) and days[0] == first_day(slots, start)
    assert all(d.weekday() in weekdays and is_teaching_day(d) for d in days)


def test_artificial_intelligence_is_taught_in_the_evenings_in_riga() -> None:
    """What a visitor asks for first: evenings, Rīga, and a price that the 500 € cover."""
    for code in ("lu-ai-humanities", "alfa-office-ai"):
        programme = BY_CODE[code]
        assert programme["city"] == "Rīga"
        assert all(s.weekday < 5 and s.begins >= dt.time(17) for s in rhythm(programme))
    assert float(BY_CODE["lu-ai-humanities"]["price"]) <= 500


# --- which groups there are ------------------------------------------------------------------


def windows(programme: dict[str, object]) -> list[Window]:
    if programme["provider"] in data.invented_providers():
        return [FOLLOWING]
    return [PILOT, FOLLOWING]


@pytest.mark.parametrize("code", BY_CODE)
def test_groups_of_every_programme_keep_the_rules(code: str) -> None:
    programme = BY_CODE[code]
    groups = list(planned(programme, windows(programme), TODAY))
    assert len({g.code for g in groups}) == len(groups)
    for group in groups:
        (window,) = (w for w in (PILOT, FOLLOWING) if w.source == group.source)
        assert window.first <= group.starts_on <= group.ends_on <= window.last
        assert group.blocks[0].starts_at.date() == group.starts_on
        assert group.blocks[-1].starts_at.date() == group.ends_on
        assert group.apply_until < group.starts_on
        assert 10 <= group.capacity <= 24 and 1 <= group.minimum <= group.capacity
        assert sum(b.hours for b in group.blocks) == contact_hours(programme) <= programme["hours"]
        assert any(b.on_site for b in group.blocks) == (programme["mode"] != "remote")
        assert all(b.on_site for b in group.blocks) == (programme["mode"] == "on_site")
        if programme.get("no_applicants"):
            assert group.starts_on > TODAY


def test_the_pilot_began_on_21_december_2024() -> None:
    first = BY_CODE[plan.FIRST_CHOICE]
    begun = {g.starts_on for p in BY_CODE.values() for g in planned(p, windows(p), TODAY)}
    assert min(begun) == dt.date(2024, 12, 21)  # L480
    assert next(planned(first, [PILOT], TODAY)).starts_on == dt.date(2024, 12, 21)


def test_there_is_something_past_running_and_ahead() -> None:
    groups = [g for p in BY_CODE.values() for g in planned(p, windows(p), TODAY)]
    past = [g for g in groups if g.ends_on < TODAY]
    running = [g for g in groups if g.starts_on <= TODAY <= g.ends_on]
    ahead = [g for g in groups if g.starts_on > TODAY]
    assert len(past) > 300 and len(running) > 30 and len(ahead) > 120
    with_ahead = {
        code
        for code, p in BY_CODE.items()
        if any(g.starts_on > TODAY for g in planned(p, windows(p), TODAY))
    }
    assert len(with_ahead) >= 130  # nearly every programme can be chosen
    assert {code for code, p in BY_CODE.items() if "pilot_participations" in p} <= with_ahead


def test_a_later_day_only_adds_groups() -> None:
    programme = BY_CODE["via-ai-productivity"]
    now = {g.code: g for g in planned(programme, windows(programme), TODAY)}
    later = {g.code: g for g in planned(programme, windows(programme), dt.date(2027, 3, 1))}
    assert later.items() >= now.items() and len(later) > len(now)
    rest = planned(programme, windows(programme), dt.date(2027, 3, 1), already=frozenset(now))
    assert {g.code for g in rest} == later.keys() - now.keys()


def test_further_education_meets_for_all_its_hours() -> None:
    evening = BY_CODE["citi-cyber-technician-riga"]
    whole_days = BY_CODE["alfa-cyber-technician"]
    assert contact_hours(evening) == contact_hours(whole_days) == 960
    assert rhythm(evening)[0].begins == dt.time(18) and rhythm(whole_days)[0].begins == dt.time(9)
