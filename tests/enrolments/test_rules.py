"""Attendance by academic hours and the days of outcomes, without a database."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrolments.enums import Presence
from enrolments.rules import (
    REQUIRED_SHARE,
    Attended,
    attended,
    outcome_day_fits,
    second_side_from,
)

P, A = Presence.PRESENT, Presence.ABSENT


@pytest.mark.parametrize(
    ("hours", "marks", "share", "so_far", "enough"),
    [
        ([4, 4, 4, 4, 4], [P, P, P, P, A], "0.8", "0.8", True),
        ([4, 4, 4, 4], [P, P, P, A], "0.75", "0.75", False),
        # Hours count, not sessions: one of two missed, but the short one.
        ([8, 2], [P, A], "0.8", "0.8", True),
        ([2, 8], [P, A], "0.2", "0.2", False),
        # What is not marked is not proved.
        ([4, 4], [P], "0.5", "1", False),
        ([4, 4], [], "0", "1", False),
        ([], [], "0", "1", False),
        ([1] * 1000, [P] * 799 + [A] * 201, "0.799", "0.799", False),
        # 80 % of 7 hours are 5.6: five are too few, six enough.
        ([1] * 7, [P] * 5 + [A] * 2, "0.7142", "0.7142", False),
        ([1] * 7, [P] * 6 + [A], "0.8571", "0.8571", True),
    ],
)
def test_shares(hours, marks, share: str, so_far: str, enough: bool) -> None:
    found = attended(list(enumerate(hours)), dict(enumerate(marks)))
    assert found.share == Decimal(share)
    assert found.share_so_far == Decimal(so_far)
    assert found.enough(REQUIRED_SHARE) is enough


timetables = st.lists(st.tuples(st.integers(1, 12), st.sampled_from([P, A, None])), max_size=60)


def count(timetable: list[tuple[int, Presence | None]]) -> Attended:
    sessions = [(i, hours) for i, (hours, _mark) in enumerate(timetable)]
    return attended(sessions, {i: mark for i, (_h, mark) in enumerate(timetable) if mark})


@given(timetables)
def test_shares_stay_between_nothing_and_everything(timetable) -> None:
    found = count(timetable)
    assert 0 <= found.share <= found.best_possible <= 1
    assert 0 <= found.share_so_far <= 1
    assert found.present <= found.marked <= found.hours


@given(timetables, st.integers(0, 100))
def test_enough_is_exact_and_not_rounded(timetable, percent: int) -> None:
    found = count(timetable)
    exact = found.hours > 0 and Fraction(found.present, found.hours) >= Fraction(percent, 100)
    assert found.enough(Decimal(percent) / 100) is exact


@given(timetables, st.integers(1, 12))
def test_coming_once_more_never_lowers_the_share(timetable, hours: int) -> None:
    without = count([*timetable, (hours, A)])
    with_it = count([*timetable, (hours, P)])
    assert with_it.share > without.share or with_it.share == without.share == 0
    assert not without.enough(REQUIRED_SHARE) or with_it.enough(REQUIRED_SHARE)


@given(timetables, st.permutations(range(8)))
def test_the_order_of_sessions_does_not_matter(timetable, order) -> None:
    first = timetable[:8]
    mixed = [first[i] for i in order if i < len(first)]
    assert count(first) == count(mixed)


@given(st.dates(date(2024, 1, 1), date(2040, 1, 1)), st.integers(0, 30))
def test_the_second_side_has_whole_days(day: date, days: int) -> None:
    assert second_side_from(day, days) - day == timedelta(days=days)


def test_days_of_an_outcome() -> None:
    starts, today = date(2026, 3, 3), date(2026, 4, 1)
    assert outcome_day_fits(starts, starts_on=starts, today=today)
    assert outcome_day_fits(today, starts_on=starts, today=today)
    assert not outcome_day_fits(starts - timedelta(1), starts_on=starts, today=today)
    assert not outcome_day_fits(today + timedelta(1), starts_on=starts, today=today)
