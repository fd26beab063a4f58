"""Hours by type (CAT-9), days of groups and timetables (ENR-4), without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.rules import (
    Block,
    HourRule,
    check_group,
    check_hours,
    check_timetable,
    is_after_work,
    weekdays_of,
)
from stars.common.dates import RIGA
from stars.common.errors import Invalid

FURTHER = HourRule(960, 960, practice_hours=240)
UPSKILLING = HourRule(100, 160)
COURSE = HourRule(50, 160, has_credit_points=True)
NON_FORMAL = HourRule(1, 60)


@pytest.mark.parametrize(
    ("rule", "hours", "practice", "points", "field"),
    [
        (FURTHER, 960, 240, None, None),
        (FURTHER, 959, 240, None, "hours"),
        (FURTHER, 961, 240, None, "hours"),
        (FURTHER, 960, 239, None, "practice_hours"),
        (UPSKILLING, 100, 0, None, None),
        (UPSKILLING, 160, 160, None, None),
        (UPSKILLING, 99, 0, None, "hours"),
        (UPSKILLING, 161, 0, None, "hours"),
        (UPSKILLING, 120, 121, None, "practice_hours"),
        (COURSE, 50, 0, Decimal(2), None),
        (COURSE, 50, 0, None, "credit_points"),
        (COURSE, 50, 0, Decimal(0), "credit_points"),
        (NON_FORMAL, 60, 0, None, None),
        (NON_FORMAL, 61, 0, None, "hours"),
        (NON_FORMAL, 0, 0, None, "hours"),
        (NON_FORMAL, 40, 0, Decimal(1), "credit_points"),
    ],
)
def test_hours_of_a_type(rule, hours, practice, points, field) -> None:
    def check() -> None:
        check_hours(rule, hours=hours, practice_hours=practice, credit_points=points)

    if field is None:
        check()
    else:
        with pytest.raises(Invalid) as caught:
            check()
        assert caught.value.field == field
        assert str(caught.value)


DAY = date(2026, 3, 3)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({}, None),
        ({"ends_on": DAY}, None),
        ({"ends_on": DAY - timedelta(1)}, "ends_on"),
        ({"apply_until": DAY}, None),
        ({"apply_until": DAY + timedelta(1)}, "apply_until"),
        ({"capacity": 0}, "capacity"),
        ({"minimum": 0}, "minimum"),
        ({"minimum": 13}, "minimum"),
    ],
)
def test_days_and_places(change, field) -> None:
    values = {
        "starts_on": DAY,
        "ends_on": DAY + timedelta(28),
        "apply_until": DAY - timedelta(1),
        "capacity": 12,
        "minimum": 5,
    }
    if field is None:
        check_group(**{**values, **change})
    else:
        with pytest.raises(Invalid) as caught:
            check_group(**{**values, **change})
        assert caught.value.field == field


def block(day: int, hour: int, hours: int = 4, minutes: int | None = None) -> Block:
    begins = datetime(2026, 3, day, hour, tzinfo=RIGA)
    return Block(begins, begins + timedelta(minutes=minutes or hours * 45), hours)


@pytest.mark.parametrize(
    ("blocks", "code"),
    [
        ([], None),
        ([block(3, 18), block(10, 18)], None),
        ([block(10, 18), block(3, 18)], None),
        ([block(3, 9), block(3, 12)], None),
        ([block(3, 9), block(3, 11)], "sessions_overlap"),
        ([block(2, 18)], "session_outside_group"),
        ([block(18, 18)], "session_outside_group"),
        # It ends after midnight of the group's last day.
        ([block(17, 23)], "session_outside_group"),
        ([block(3, 18, hours=4, minutes=159)], "session_hours"),
        ([block(3, 18, hours=4, minutes=160)], None),
        ([Block(block(3, 18).starts_at, block(3, 18).starts_at, 1)], "session"),
        ([block(3, 18, hours=0, minutes=45)], "session_hours"),
        ([block(day, 9, hours=8) for day in range(3, 8)], None),
        ([block(day, 9, hours=8) for day in range(3, 9)], "timetable_hours"),
    ],
)
def test_timetables(blocks, code) -> None:
    def check() -> None:
        check_timetable(blocks, starts_on=DAY, ends_on=date(2026, 3, 17), taught_hours=40)

    if code is None:
        check()
    else:
        with pytest.raises(Invalid) as caught:
            check()
        assert caught.value.code == code


@given(st.lists(st.tuples(st.integers(3, 17), st.integers(8, 16), st.integers(1, 4)), max_size=12))
def test_a_timetable_that_passes_has_no_two_sessions_at_once(parts) -> None:
    blocks = [block(*part) for part in parts]
    try:
        check_timetable(blocks, starts_on=DAY, ends_on=date(2026, 3, 17), taught_hours=40)
    except Invalid:
        return
    for one in blocks:
        others = [b for b in blocks if b is not one]
        assert not any(o.starts_at < one.ends_at and one.starts_at < o.ends_at for o in others)
    assert sum(b.hours for b in blocks) <= 40


@pytest.mark.parametrize(
    ("begins", "bits", "after_work"),
    [
        ([], 0, False),
        ([(2026, 3, 2, 18)], 1, True),  # a Monday evening
        ([(2026, 3, 2, 18), (2026, 3, 5, 18), (2026, 3, 9, 18)], 0b1001, True),
        ([(2026, 3, 2, 18), (2026, 3, 3, 9)], 0b11, False),
        ([(2026, 3, 7, 10), (2026, 3, 8, 10)], 0b1100000, False),  # Saturday and Sunday
        ([(2026, 3, 2, 18), (2026, 3, 7, 18)], 0b100001, False),  # a Saturday evening too
        ([(2026, 3, 6, 16, 59)], 0b10000, False),
        ([(2026, 3, 6, 17)], 0b10000, True),
    ],
)
def test_when_a_group_meets(begins: list[tuple[int, ...]], bits: int, after_work: bool) -> None:
    moments = [datetime(*parts, tzinfo=RIGA) for parts in begins]  # type: ignore[misc,arg-type]
    assert weekdays_of(moments) == bits
    assert is_after_work(moments) is after_work
    # The day is Riga's, wherever the clock stands.
    elsewhere = [moment.astimezone(UTC) for moment in moments]
    assert (weekdays_of(elsewhere), is_after_work(elsewhere)) == (bits, after_work)


def test_late_evening_in_utc_is_the_next_day_in_riga() -> None:
    assert weekdays_of([datetime(2026, 3, 2, 22, 30, tzinfo=UTC)]) == 2
