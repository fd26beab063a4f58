"""What is paid back, when, and who is next: tables and properties of the pure rules."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funding.rules import claims
from funding.rules.claims import Limits

D = Decimal
AMOUNTS = st.decimals(min_value="0.01", max_value=9999, places=2)
DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2030, 12, 31))
TODAY = date(2026, 3, 10)
PILOT = date(2025, 9, 25)


def terms(**more: Any) -> Any:
    """The parameters of a policy that the rules read."""
    given = {"refund_earned_from": PILOT, "refund_ceiling": None, "share": D(1), **more}
    return SimpleNamespace(**given)


def of(**more: Any) -> Limits:
    return Limits(
        **{"earned_from": PILOT, "earned_to": None, "share": D(1), "ceiling": None} | more
    )


@pytest.mark.parametrize(
    ("entry", "policy", "expected"),
    [
        (date(2025, 9, 25), PILOT, PILOT),
        (date(2025, 1, 1), PILOT, PILOT),
        (date(2026, 1, 1), PILOT, date(2026, 1, 1)),
        (date(2025, 1, 1), None, date(2025, 1, 1)),
    ],
)
def test_the_later_first_day_holds(entry: date, policy: date | None, expected: date) -> None:
    got = claims.limits(
        terms(refund_earned_from=policy), valid_from=entry, valid_to=None, ceiling=None
    )
    assert got.earned_from == expected


@pytest.mark.parametrize(
    ("entry", "policy", "expected"),
    [
        (None, None, None),
        (D("2500.00"), None, D("2500.00")),
        (None, D("800.00"), D("800.00")),
        (D("2500.00"), D("800.00"), D("800.00")),
        (D("300.00"), D("800.00"), D("300.00")),
    ],
)
def test_the_lower_ceiling_holds(
    entry: Decimal | None, policy: Decimal | None, expected: Decimal | None
) -> None:
    got = claims.limits(
        terms(refund_ceiling=policy), valid_from=PILOT, valid_to=None, ceiling=entry
    )
    assert got.ceiling == expected


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2025, 9, 24), "earned_early"),
        (date(2025, 9, 25), None),
        (date(2026, 3, 10), None),
        (date(2026, 3, 11), "earned_ahead"),
    ],
)
def test_the_day_it_was_earned(day: date, code: str | None) -> None:
    found = claims.problems(of(), earned_on=day, invoiced_on=None, amount=None, today=TODAY)
    assert [one.code for one in found] == ([code] if code else [])


def test_the_last_day_of_the_list_is_inclusive() -> None:
    ended = of(earned_to=date(2026, 1, 31))
    ask = {"invoiced_on": None, "amount": None, "today": TODAY}
    assert not claims.problems(ended, earned_on=date(2026, 1, 31), **ask)
    (late,) = claims.problems(ended, earned_on=date(2026, 2, 1), **ask)
    assert (late.field, late.code) == ("earned_on", "earned_late")


@pytest.mark.parametrize(
    ("invoiced", "amount", "codes"),
    [
        (TODAY, "0.01", []),
        (date(2026, 3, 11), "10.00", ["invoice_ahead"]),
        (date(2024, 1, 1), "10.00", []),  # paid long before the examination
        (TODAY, "0.00", ["amount"]),
        (TODAY, "-5.00", ["amount"]),
        (date(2027, 1, 1), "-5.00", ["invoice_ahead", "amount"]),
    ],
)
def test_invoice_and_amount(invoiced: date, amount: str, codes: list[str]) -> None:
    found = claims.problems(
        of(), earned_on=TODAY, invoiced_on=invoiced, amount=D(amount), today=TODAY
    )
    assert [one.code for one in found] == codes


@pytest.mark.parametrize(
    ("amount", "share", "ceiling", "expected"),
    [
        ("760.00", "1", None, "760.00"),
        ("760.00", "1", "2500.00", "760.00"),
        ("2500.01", "1", "2500.00", "2500.00"),
        ("19.99", "1", "2500.00", "19.99"),
        ("333.33", "0.9", None, "300.00"),
        ("0.01", "0.1", None, "0.00"),
        ("1.15", "0.5", None, "0.58"),
    ],
)
def test_how_much_is_paid(amount: str, share: str, ceiling: str | None, expected: str) -> None:
    these = of(share=D(share), ceiling=D(ceiling) if ceiling else None)
    assert claims.payable(D(amount), these) == D(expected)


@given(AMOUNTS, st.none() | AMOUNTS, st.decimals(min_value=0, max_value=1, places=2))
def test_never_more_than_invoice_and_ceiling(
    amount: Decimal, ceiling: Decimal | None, share: Decimal
) -> None:
    paid = claims.payable(amount, of(share=share, ceiling=ceiling))
    assert 0 <= paid <= amount
    assert paid == paid.quantize(D("0.01"))
    assert ceiling is None or paid <= ceiling


@pytest.mark.parametrize(
    ("earlier", "years", "today", "expected"),
    [
        ([], 3, TODAY, None),
        ([date(2023, 3, 10)], 3, TODAY, None),
        ([date(2023, 3, 11)], 3, TODAY, date(2026, 3, 11)),
        ([date(2020, 1, 1), date(2025, 10, 1)], 3, TODAY, date(2028, 10, 1)),
        ([date(2026, 3, 10)], None, TODAY, None),
        ([date(2024, 2, 29)], 1, date(2025, 2, 28), date(2025, 3, 1)),
    ],
)
def test_once_in_so_many_years(
    earlier: list[date], years: int | None, today: date, expected: date | None
) -> None:
    assert claims.free_again(earlier, years, today) == expected


@given(st.lists(DAYS, max_size=5), st.integers(1, 10), DAYS)
def test_on_the_day_it_is_free_again_nothing_stands_in_the_way(
    earlier: list[date], years: int, today: date
) -> None:
    day = claims.free_again(earlier, years, today)
    assert day is None or (day > today and claims.free_again(earlier, years, day) is None)


@pytest.mark.parametrize(
    ("line", "free", "money", "expected"),
    [
        ([], None, "100.00", 0),
        (["50.00", "50.00"], None, "100.00", 2),
        (["50.00", "50.01"], None, "100.00", 1),
        (["120.00", "10.00"], None, "100.00", 0),  # nobody overtakes
        (["10.00", "10.00"], 1, "100.00", 1),
        (["10.00"], 0, "100.00", 0),
    ],
)
def test_who_is_served(line: list[str], free: int | None, money: str, expected: int) -> None:
    assert claims.in_turn([D(one) for one in line], free, D(money)) == expected


@given(st.lists(AMOUNTS, max_size=8), st.none() | st.integers(0, 10), AMOUNTS)
def test_the_line_is_served_as_far_as_it_goes(
    line: list[Decimal], free: int | None, money: Decimal
) -> None:
    served = claims.in_turn(line, free, money)
    assert sum(line[:served]) <= money
    assert free is None or served <= free
    if served < len(line):
        assert served == free or sum(line[: served + 1]) > money


@given(st.none() | st.integers(0, 50), st.integers(0, 80))
def test_a_quota_is_never_below_zero(quota: int | None, taken: int) -> None:
    left = claims.places_left(quota, taken)
    assert (left is None) == (quota is None)
    assert left is None or 0 <= left <= (quota or 0)


@pytest.mark.parametrize(
    "writing",
    [
        "SIA „Ābele”",
        "Abele, SIA",
        'sia "ĀBELE"',
        "  ābele  ",
        "Ābele, sabiedrība ar ierobežotu atbildību",
    ],
)
def test_one_firm_in_many_writings(writing: str) -> None:
    assert claims.issuer_key(writing) == "ABELE"


@pytest.mark.parametrize(
    "writing", ["40003032949", "LV40003032949", "SIA Alfa, reģ. Nr. 4000 3032 949", "40003-032949"]
)
def test_the_registration_number_is_enough(writing: str) -> None:
    assert claims.issuer_key(writing) == "40003032949"


def test_different_firms_stay_different() -> None:
    names = ["ISACA", "PECB", "SIA Alfa", "SIA Alfa Plus", "AS SIA", "(ISC)2"]
    assert len({claims.issuer_key(name) for name in names}) == len(names)
    assert all(claims.issuer_key(name) for name in names)


@pytest.mark.parametrize(
    "writing", ["Nr. a-12/3", "A12-3", "a 12 3", "№ A-12/3", "No. A12/3", "#A12-3"]
)
def test_one_invoice_in_many_writings(writing: str) -> None:
    assert claims.number_key(writing) == "A12-3"


def test_different_invoices_stay_different() -> None:
    numbers = ["1-23", "12-3", "123", "A1", "A-1-1", "NORD-1", "001"]
    assert len({claims.number_key(number) for number in numbers}) == len(numbers)


@given(st.text(max_size=140))
def test_writings_are_settled_once(text: str) -> None:
    issuer, number = claims.issuer_key(text), claims.number_key(text)
    assert claims.number_key(number) == number
    assert len(issuer) <= 120
    assert len(number) <= 60
