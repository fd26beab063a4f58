"""Rules about attendance: what may be missed, the window of a code, differences of settlement."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enrolments import rules


@pytest.mark.parametrize(
    ("hours", "required", "missed", "allowed", "left"),
    [
        (24, "0.80", 0, 4, 4),  # 19.2 hours are needed, so 20
        (30, "0.80", 0, 6, 6),
        (30, "0.80", 6, 6, 0),
        (30, "0.80", 8, 6, -2),
        (1, "0.80", 0, 0, 0),
        (0, "0.80", 0, 0, 0),
        (10, "1.00", 0, 0, 0),
        (10, "0.00", 3, 10, 7),
    ],
)
def test_what_may_be_missed(
    hours: int, required: str, missed: int, allowed: int, left: int
) -> None:
    limit = rules.Allowance(hours, Decimal(required), missed)
    assert (limit.allowed, limit.left, limit.broken) == (allowed, left, left < 0)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    hours=st.integers(1, 960),
    percent=st.integers(0, 100),
    missed=st.integers(0, 960),
)
def test_the_limit_is_where_completing_ends(hours: int, percent: int, missed: int) -> None:
    missed = min(missed, hours)
    required = Decimal(percent) / 100
    limit = rules.Allowance(hours, required, missed)
    reached = rules.Attended(hours, hours, hours - missed).enough(required)
    assert reached == (not limit.broken)
    excused = rules.Allowance(hours, required, missed, excused=missed)
    assert excused.broken == limit.broken  # a reason does not make up for hours


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    support=st.integers(1, 100_000),
    other=st.integers(0, 100_000),
    flips=st.lists(st.booleans(), max_size=6),
)
def test_differences_never_leave_what_was_owed(support: int, other: int, flips: list[bool]) -> None:
    owed = Decimal(support)
    others = -min(Decimal(other), owed)
    by_marks = Decimal(0)
    for enough in flips:
        by_marks += rules.difference(owed, others + by_marks, by_marks, enough)
        assert -owed <= others + by_marks <= 0
        assert (others + by_marks == others) if enough else (others + by_marks == -owed)


@pytest.mark.parametrize(
    ("minutes", "until"),
    [(-16, None), (-15, 0), (0, 15), (170, 185), (190, 195), (194, 195), (195, None)],
)
def test_the_window_of_a_code(minutes: int, until: int | None) -> None:
    start = datetime(2026, 3, 3, 18)
    end = start + timedelta(hours=3)
    found = rules.code_window(start, end, start + timedelta(minutes=minutes))
    assert (found[1] if found else None) == (
        None if until is None else start + timedelta(minutes=until)
    )
