"""Monthly aid from attendance: when a month counts, what it gives, when it is counted (rule 14)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funding.rules.aid import (
    amount_of_month,
    counted_on,
    enough,
    fits_in_list,
    last_counted,
    month_of,
)
from stars.common.dates import is_working_day

HUNDRED = Decimal("100.00")


@pytest.mark.parametrize(
    ("held", "attended", "counts"),
    [
        ("10", "8", True),
        ("10", "7.99", False),
        ("5", "4", True),
        ("3", "2.4", True),
        ("1", "1", True),
        ("0", "0", False),
        ("160", "127.99", False),
    ],
)
def test_a_month_counts_with_80_percent_of_its_held_hours(
    held: str, attended: str, counts: bool
) -> None:
    assert enough(Decimal(held), Decimal(attended), None) is counts
    amount = amount_of_month(HUNDRED, Decimal(held), Decimal(attended), None)
    assert amount == (HUNDRED if counts else 0)


def test_a_policy_may_ask_for_another_share() -> None:
    assert enough(Decimal(10), Decimal(5), Decimal("0.5"))
    assert not enough(Decimal(10), Decimal("9.99"), Decimal(1))
    assert not enough(Decimal(0), Decimal(0), Decimal(0))


@pytest.mark.parametrize(
    ("month", "day"),
    [
        (date(2026, 1, 1), date(2026, 2, 4)),  # Mon 2, Tue 3, Wed 4
        (date(2026, 9, 1), date(2026, 10, 5)),  # Thu 1, Fri 2, Mon 5
        (date(2025, 12, 1), date(2026, 1, 7)),  # 1 January and two holidays at the year's end
        (date(2026, 4, 1), date(2026, 5, 7)),  # 1 and 4 May are public holidays
    ],
)
def test_a_month_is_counted_on_the_third_working_day_of_the_next(month: date, day: date) -> None:
    assert counted_on(month) == day
    assert last_counted(day) == month
    assert last_counted(day - timedelta(days=1)) < month


def test_what_was_paid_too_much_waits_for_months_that_make_up_for_it() -> None:
    assert fits_in_list([HUNDRED, -HUNDRED])
    assert fits_in_list([])
    assert not fits_in_list([-HUNDRED])
    assert not fits_in_list([HUNDRED, -HUNDRED, -HUNDRED])


hours = st.integers(0, 400).map(Decimal)


@given(held=hours, attended=hours, better=hours)
def test_more_hours_never_give_less(held: Decimal, attended: Decimal, better: Decimal) -> None:
    attended, better = sorted((min(attended, held), min(better, held)))
    less = amount_of_month(HUNDRED, held, attended, None)
    assert less <= amount_of_month(HUNDRED, held, better, None)
    assert less in (0, HUNDRED)


@given(day=st.dates(date(2024, 1, 1), date(2030, 12, 31)))
def test_days_of_counting_are_working_days_and_no_month_is_left_out(day: date) -> None:
    last = last_counted(day)
    assert last.day == 1
    assert counted_on(last) <= day < counted_on(month_of(last + timedelta(days=32)))
    assert is_working_day(counted_on(last))
