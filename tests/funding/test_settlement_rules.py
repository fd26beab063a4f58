"""Cents of settlement: parts, differences, what a statement bears."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funding.rules import settlement as rules
from tests.funding.build import riga

cents = st.decimals(min_value=D("0.01"), max_value=D("5000"), places=2)


def test_a_month_ends_in_riga() -> None:
    assert rules.month_end(date(2025, 6, 1)) == riga(2025, 7, 1, 0)
    assert rules.month_end(date(2025, 12, 31)) == riga(2026, 1, 1, 0)


@pytest.mark.parametrize(
    ("price", "support", "new", "lots", "expected"),
    [
        ("570", "500", "540", True, "500"),  # the own part shrinks first
        ("570", "500", "480", True, "480"),
        ("333.33", "300.00", "111.11", False, "100.00"),  # 90 % stay 90 %
        ("100", "100", "80", False, "80.00"),
    ],
)
def test_support_after_a_lower_price(
    price: str, support: str, new: str, lots: bool, expected: str
) -> None:
    assert rules.after_lower_price(D(price), D(support), D(new), lots) == D(expected)


def test_hours_that_were_not_held() -> None:
    assert rules.less_hours(D("300"), D(30), D(24)) == D("-60.00")
    assert rules.less_hours(D("100"), D(3), D(2)) == D("-33.33")


@pytest.mark.parametrize(
    ("positive", "negative", "count"),
    [
        ("100", [], 0),
        ("100", ["-100"], 1),
        ("100", ["-60", "-40", "-0.01"], 2),
        ("100", ["-100.01", "-1"], 0),
        ("0", ["-1"], 0),
    ],
)
def test_what_a_statement_bears(positive: str, negative: list[str], count: int) -> None:
    assert rules.borne(D(positive), [D(n) for n in negative]) == count


@given(support=cents, shares=st.lists(st.decimals(D("0.01"), D("0.3"), places=2), max_size=3))
def test_stages_leave_something_for_the_end(support: D, shares: list[D]) -> None:
    early = D(0)
    for share in shares:
        amount = rules.stage_amount(support, share, early)
        assert amount >= 0
        early += amount
    assert early < support


@given(parts=st.lists(cents, min_size=1, max_size=5), share=st.decimals(0, 1, places=2))
def test_what_is_used_and_given_back_adds_up(parts: list[D], share: D) -> None:
    amount = (sum(parts, D(0)) * share).quantize(D("0.01"))
    left = rules.left_of_parts(parts, amount)
    assert sum(left, D(0)) == sum(parts, D(0)) - amount
    assert all(0 <= rest <= part for rest, part in zip(left, parts, strict=True))
    back = rules.given_back(parts, amount)
    assert sum(back, D(0)) == amount
    # The last that was used gets its own back before an earlier one gets anything.
    touched = [i for i, one in enumerate(back) if one]
    assert all(back[i] == parts[i] for i in touched[1:])
