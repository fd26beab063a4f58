"""Days that may be written, money by origin, and when a budget ends."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funding.rules.booking import (
    BACKDATING_DAYS,
    by_origin,
    check_day,
    forecast,
    month_ends,
    percent,
    warnings_due,
)
from stars.common.dates import start_of_day
from stars.common.errors import Invalid
from tests.funding.build import riga

D = Decimal
NOON = riga(2026, 5, 20)
MONEY = st.decimals("0", "99999999", places=2)


@pytest.mark.parametrize(
    ("day", "closed", "code"),
    [
        (date(2026, 5, 20), None, None),
        (date(2026, 5, 21), None, "future"),
        (date(2026, 5, 20) - timedelta(days=BACKDATING_DAYS), None, None),
        (date(2026, 5, 19) - timedelta(days=BACKDATING_DAYS), None, "too_old"),
        (date(2026, 4, 30), start_of_day(date(2026, 5, 1)), "closed_period"),
        (date(2026, 5, 1), start_of_day(date(2026, 5, 1)), None),
    ],
)
def test_days_that_may_be_written(day: date, closed: object, code: str | None) -> None:
    if code is None:
        check_day(day, at=NOON, closed_until=closed)  # type: ignore[arg-type]
        return
    with pytest.raises(Invalid) as caught:
        check_day(day, at=NOON, closed_until=closed)  # type: ignore[arg-type]
    assert caught.value.code == code


def test_a_month_ends_at_midnight_in_riga_also_when_the_clock_changes() -> None:
    assert month_ends(date(2026, 3, 15)).isoformat() == "2026-04-01T00:00:00+03:00"
    assert month_ends(date(2026, 2, 1)).isoformat() == "2026-03-01T00:00:00+02:00"


@given(amount=MONEY, budgets=st.dictionaries(st.sampled_from(["eu", "state", "other"]), MONEY))
def test_origins_add_up(amount: Decimal, budgets: dict[str, Decimal]) -> None:
    parts = by_origin(amount, budgets)
    assert parts.keys() == budgets.keys()
    assert sum(parts.values()) == (amount if sum(budgets.values()) else 0)


def test_the_pilot_divided_by_its_budget() -> None:
    """9 860 699 and 638 001 of 10 498 700 (L440)."""
    parts = by_origin(D("1000.00"), {"eu": D("9860699"), "state": D("638001")})
    assert parts == {"eu": D("939.23"), "state": D("60.77")}


@pytest.mark.parametrize(
    ("used", "budget", "levels", "per_cent"),
    [
        ("79.99", "100", [], "80.0"),
        ("80.00", "100", [80], "80.0"),
        ("94.99", "100", [80], "95.0"),
        ("95", "100", [80, 95], "95.0"),
        ("0", "0", [], "0"),
    ],
)
def test_warnings(used: str, budget: str, levels: list[int], per_cent: str) -> None:
    assert warnings_due(D(used), D(budget)) == levels
    assert percent(D(used), D(budget)) == D(per_cent)


@pytest.mark.parametrize(
    ("left", "lately", "day", "before_end"),
    [
        # 90 days made 9 000, so 100 a day.
        ("1000", "9000", date(2026, 5, 30), True),
        ("100000", "9000", date(2029, 2, 13), False),
        ("1000", "0", None, False),
        ("1000", "-50", None, False),
        ("0", "9000", date(2026, 5, 20), True),
        ("99999999", "0.90", None, False),
    ],
)
def test_when_a_budget_ends(left: str, lately: str, day: date | None, before_end: bool) -> None:
    found = forecast(
        left=D(left), used_lately=D(lately), today=date(2026, 5, 20), ends_on=date(2026, 6, 30)
    )
    assert (found.on, found.before_end) == (day, before_end)
