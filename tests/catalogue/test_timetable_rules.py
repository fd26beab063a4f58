"""Building timetables: weekly patterns, holidays, another group's days (PRO-4)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.rules import Block, Weekly
from catalogue.rules.timetable import (
    days_to_move,
    hours_that_fit,
    in_words,
    moved,
    weekly,
)
from stars.common.dates import RIGA, holiday_name, is_holiday, riga_date
from stars.common.errors import Invalid

TUESDAYS = Weekly(frozenset({1}), time(18), time(21, 15), 4)
BOTH = Weekly(frozenset({1, 3}), time(18), time(21, 15), 4)


def never(day: date) -> bool:
    return False


def test_a_pattern_runs_until_the_hours_are_full() -> None:
    plan = weekly(BOTH, first=date(2026, 3, 2), last=date(2027, 1, 1), hours=16, is_holiday=never)
    assert [riga_date(block.starts_at) for block in plan.blocks] == [
        date(2026, 3, 3),
        date(2026, 3, 5),
        date(2026, 3, 10),
        date(2026, 3, 12),
    ]
    assert plan.hours == 16
    assert plan.blocks[0].starts_at == datetime(2026, 3, 3, 18, tzinfo=RIGA)


def test_the_last_session_is_only_as_long_as_what_is_left() -> None:
    plan = weekly(
        TUESDAYS, first=date(2026, 3, 3), last=date(2026, 12, 1), hours=6, is_holiday=never
    )
    assert [block.hours for block in plan.blocks] == [4, 2]
    # 195 minutes for four hours, so 97 for two.
    assert plan.blocks[1].ends_at == datetime(2026, 3, 10, 19, 37, tzinfo=RIGA)


def test_a_public_holiday_makes_the_course_longer_and_not_shorter() -> None:
    # 1 May 2026 is a Friday: Labour Day.
    fridays = Weekly(frozenset({4}), time(9), time(12), 4)
    plan = weekly(
        fridays, first=date(2026, 4, 24), last=date(2026, 12, 1), hours=8, is_holiday=is_holiday
    )
    assert plan.skipped == [date(2026, 5, 1)]
    assert [riga_date(b.starts_at) for b in plan.blocks] == [date(2026, 4, 24), date(2026, 5, 8)]


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 5, 1), "Darba svētki"),
        (date(2026, 6, 23), "Līgo"),
        # 4 May 2025 was a Sunday, so Monday was free.
        (date(2025, 5, 5), "Latvijas Republikas Neatkarības atjaunošanas"),
    ],
)
def test_holidays_of_latvia_have_names(day: date, name: str) -> None:
    assert is_holiday(day)
    assert name.lower() in holiday_name(day, "lv").lower()
    assert holiday_name(day, "en") and holiday_name(day, "en") != holiday_name(day, "lv")
    assert holiday_name(date(2026, 3, 3), "lv") == ""


@pytest.mark.parametrize(
    ("pattern", "last"),
    [
        (Weekly(frozenset(), time(18), time(21), 4), date(2026, 6, 1)),
        (Weekly(frozenset({9}), time(18), time(21), 4), date(2026, 6, 1)),
        (Weekly(frozenset({1}), time(21), time(18), 4), date(2026, 6, 1)),
        (Weekly(frozenset({1}), time(18), time(18), 1), date(2026, 6, 1)),
        (Weekly(frozenset({1}), time(18), time(19), 4), date(2026, 6, 1)),
        (Weekly(frozenset({1}), time(18), time(19), 0), date(2026, 6, 1)),
        (TUESDAYS, date(2026, 3, 1)),
    ],
)
def test_a_pattern_that_cannot_be_is_refused(pattern: Weekly, last: date) -> None:
    with pytest.raises(Invalid):
        weekly(pattern, first=date(2026, 3, 2), last=last, hours=None, is_holiday=never)


def test_far_too_many_sessions_are_refused() -> None:
    daily = Weekly(frozenset(range(7)), time(8), time(9), 1)
    with pytest.raises(Invalid):
        weekly(daily, first=date(2026, 1, 1), last=date(2030, 1, 1), hours=None, is_holiday=never)


def test_a_copied_course_stays_on_its_days_of_the_week_and_its_hour() -> None:
    winter = weekly(
        BOTH, first=date(2026, 3, 2), last=date(2026, 12, 1), hours=16, is_holiday=never
    ).blocks
    # A Monday in summer time: the first Tuesday after it.
    days = days_to_move(winter, first=date(2026, 9, 7))
    plan = moved(winter, days=days, is_holiday=never)
    assert [riga_date(b.starts_at) for b in plan.blocks] == [
        date(2026, 9, 8),
        date(2026, 9, 10),
        date(2026, 9, 15),
        date(2026, 9, 17),
    ]
    assert {b.starts_at.astimezone(RIGA).time() for b in plan.blocks} == {time(18)}


def test_a_session_on_a_holiday_comes_at_the_end() -> None:
    fridays = Weekly(frozenset({4}), time(9), time(12), 4)
    source = weekly(
        fridays, first=date(2026, 1, 9), last=date(2026, 12, 1), hours=12, is_holiday=never
    ).blocks
    plan = moved(source, days=days_to_move(source, first=date(2026, 4, 24)), is_holiday=is_holiday)
    assert plan.skipped == [date(2026, 5, 1)]
    assert [riga_date(b.starts_at) for b in plan.blocks] == [
        date(2026, 4, 24),
        date(2026, 5, 8),
        date(2026, 5, 15),
    ]


@given(
    days=st.sets(st.integers(0, 6), min_size=1),
    first=st.dates(date(2025, 1, 1), date(2028, 1, 1)),
    hours=st.integers(1, 60),
    to=st.dates(date(2025, 1, 1), date(2028, 1, 1)),
)
def test_no_hour_is_lost_or_on_a_holiday(days: set[int], first: date, hours: int, to: date) -> None:
    pattern = Weekly(frozenset(days), time(18), time(21, 15), 4)
    plan = weekly(
        pattern, first=first, last=first + timedelta(days=900), hours=hours, is_holiday=is_holiday
    )
    assert plan.hours == hours
    copy = moved(plan.blocks, days=days_to_move(plan.blocks, first=to), is_holiday=is_holiday)
    for made in (plan, copy):
        when = [riga_date(block.starts_at) for block in made.blocks]
        assert not any(is_holiday(day) for day in when)
        assert {day.weekday() for day in when} <= days
        assert len(set(when)) == len(when)
    assert copy.hours == hours
    assert riga_date(copy.blocks[0].starts_at) >= to


def test_hours_between_two_times() -> None:
    assert hours_that_fit(time(18), time(21, 15)) == 4
    assert hours_that_fit(time(10), time(10, 44)) == 0
    assert hours_that_fit(time(12), time(9)) == 0


def block(day: int, begins: time, ends: time) -> Block:
    on = date(2026, 3, day)
    return Block(
        datetime.combine(on, begins, tzinfo=RIGA), datetime.combine(on, ends, tzinfo=RIGA), 1
    )


def test_a_rhythm_in_words() -> None:
    evenings = [block(day, time(18), time(21, 15)) for day in (3, 5, 10, 12)]
    saturday = block(7, time(10), time(15, 15))
    assert in_words(evenings, "lv") == "Otrdienās un ceturtdienās 18.00–21.15"
    assert in_words([*evenings, saturday], "en") == (
        "Tuesdays and Thursdays 18:00–21:15, Saturdays 10:00–15:15"
    )
    assert in_words([], "lv") == ""
    assert in_words([block(day, time(day), time(day + 1)) for day in range(3, 8)], "lv") == ""
