"""Pure rules of money: tables and properties."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funding.enums import SchemeKind
from funding.rules.grants import (
    Lot,
    Previous,
    accumulated_end,
    amount_under_ceiling,
    draw,
    due_day,
    may_get_second,
    replacement_end,
    window_end,
)
from funding.rules.terms import Stage, Terms, WrongTerms
from stars.common.dates import RIGA, add_months, age_on, riga_date, start_of_day
from stars.common.errors import Invalid
from stars.common.money import euro, round_euro, share_of, split

D = Decimal
AMOUNTS = st.decimals(min_value=0, max_value=5000, places=2)


@pytest.mark.parametrize(
    ("due", "source_end", "expected"),
    [
        (date(2024, 12, 9), date(2026, 6, 30), date(2025, 6, 9)),
        (date(2025, 12, 9), date(2026, 5, 31), date(2026, 6, 1)),
        (date(2025, 8, 31), date(2030, 1, 1), date(2026, 2, 28)),
        (date(2023, 8, 31), date(2030, 1, 1), date(2024, 2, 29)),
        (date(2026, 9, 29), date(2030, 1, 1), date(2027, 3, 29)),  # over the autumn clock change
    ],
)
def test_a_term_ends_at_midnight_in_riga(due: date, source_end: date, expected: date) -> None:
    end = window_end(due, 6, source_end)
    assert end == start_of_day(expected)
    assert end.astimezone(RIGA).hour == 0
    assert riga_date(end - timedelta(seconds=1)) == expected - timedelta(days=1)


def test_no_drift_over_short_months() -> None:
    first = date(2025, 8, 31)
    assert [add_months(first, 6 * n) for n in range(4)] == [
        date(2025, 8, 31),
        date(2026, 2, 28),
        date(2026, 8, 31),
        date(2027, 2, 28),
    ]


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(0, 40), st.integers(1, 12))
def test_a_due_day_is_the_firsts_day_or_the_months_last(
    first: date, number: int, period: int
) -> None:
    day = due_day(first, number, period)
    assert (day.year * 12 + day.month) - (first.year * 12 + first.month) == number * period
    next_month = add_months(day.replace(day=1), 1)
    assert day.day == first.day or next_month - day == timedelta(days=1)


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2006, 12, 9), date(2024, 12, 9), 18),
        (date(2006, 12, 10), date(2024, 12, 9), 17),
    ],
)
def test_age(born: date, day: date, age: int) -> None:
    assert age_on(born, day) == age


@pytest.mark.parametrize(
    ("has", "granted", "cut"),
    [("0", "500", "0"), ("500", "500", "0"), ("700", "300", "200"), ("1000", "0", "500")],
)
def test_ceiling(has: str, granted: str, cut: str) -> None:
    assert amount_under_ceiling(D(500), D(1000), D(has)) == (D(granted), D(cut))


@given(AMOUNTS, st.none() | AMOUNTS, AMOUNTS)
def test_ceiling_properties(amount: Decimal, ceiling: Decimal | None, has: Decimal) -> None:
    granted, cut = amount_under_ceiling(amount, ceiling, has)
    assert granted + cut == amount
    assert granted >= 0
    assert cut >= 0
    if ceiling is not None and granted:
        assert has + granted <= ceiling


@given(st.booleans(), st.booleans(), st.booleans(), st.booleans(), st.booleans())
def test_second_grant(near: bool, kept: bool, captured: bool, held: bool, lost: bool) -> None:
    allowed = may_get_second(Previous(near, kept, captured, held, lost))
    if lost or not near:
        assert not allowed
    elif kept:
        assert allowed
    else:
        assert allowed == (captured and not held)


@given(st.lists(st.tuples(AMOUNTS, st.integers(0, 400)), max_size=6), AMOUNTS)
def test_draw_takes_soonest_first_and_never_more(
    lots: list[tuple[Decimal, int]], wanted: Decimal
) -> None:
    begin = datetime(2026, 1, 1, tzinfo=RIGA)
    all_lots = [
        Lot(free, begin + timedelta(days=days), str(i)) for i, (free, days) in enumerate(lots)
    ]
    parts = draw(all_lots, wanted)
    taken = sum((amount for _lot, amount in parts), D(0))
    assert taken == min(wanted, sum((lot.free for lot in all_lots), D(0)))
    assert all(0 < amount <= lot.free for lot, amount in parts)
    ends = [lot.ends_at for lot, _amount in parts]
    assert ends == sorted(ends)
    # Every lot but the last is emptied before the next is touched.
    assert all(amount == lot.free for lot, amount in parts[:-1])


def test_accumulated_end_counts_from_the_due_date_and_stops_with_the_source() -> None:
    end = window_end(date(2025, 8, 31), 6, date(2030, 1, 1))
    assert accumulated_end(end, date(2025, 8, 31), 12, date(2030, 1, 1)) == start_of_day(
        date(2026, 8, 31)
    )
    assert accumulated_end(end, date(2025, 8, 31), 12, date(2026, 5, 1)) == start_of_day(
        date(2026, 5, 2)
    )


def test_replacement_lasts_whole_days() -> None:
    at = datetime(2026, 3, 1, 22, 30, tzinfo=RIGA)
    assert replacement_end(at, 60, date(2026, 12, 31)) == start_of_day(date(2026, 5, 1))


class TestCase11Cents:
    @pytest.mark.parametrize("text", ["19.99", "0.29", "1.15", "4.35", "0.00"])
    def test_cents_enter_and_leave_unchanged(self, text: str) -> None:
        assert str(euro(text)) == text

    @pytest.mark.parametrize("text", ["1.005", "10.999", "abc", "", "NaN", "Infinity", "1e30"])
    def test_refused(self, text: str) -> None:
        with pytest.raises(Invalid):
            euro(text)

    def test_floats_are_refused(self) -> None:
        with pytest.raises(TypeError):
            euro(1.1)  # type: ignore[arg-type]

    def test_three_parts_of_a_hundred(self) -> None:
        assert split(D("100.00"), 3) == [D("33.33"), D("33.33"), D("33.34")]

    @given(AMOUNTS, st.integers(1, 24))
    def test_parts_add_up(self, amount: Decimal, parts: int) -> None:
        assert sum(split(amount, parts)) == amount

    @given(AMOUNTS, st.decimals(min_value=0, max_value=1, places=4))
    def test_shares_add_up(self, amount: Decimal, share: Decimal) -> None:
        assert sum(share_of(amount, share)) == amount

    def test_ten_per_cent_of_333_33(self) -> None:
        assert share_of(D("333.33"), D("0.1")) == (D("33.33"), D("300.00"))

    def test_half_a_cent_goes_up(self) -> None:
        assert round_euro(D("0.125")) == D("0.13")


class TestTerms:
    @pytest.mark.parametrize(
        ("data", "field"),
        [
            ({"amont": "500.00"}, "amont"),
            ({"amount": "500.001"}, "amount"),
            ({"amount": "-1.00"}, "amount"),
            ({"amount": 1.5}, "amount"),
            ({"ceiling": "NaN"}, "ceiling"),
            ({"share": "1.2"}, "share"),
            ({"share": "0.123456"}, "share"),
            ({"share": "many"}, "share"),
            ({"term_months": -1}, "term_months"),
            ({"term_months": "6"}, "term_months"),
            ({"term_months": True}, "term_months"),
            ({"max_grants": 10**9}, "max_grants"),
            ({"requested": "yes"}, "requested"),
            ({"at_end": "burn"}, "at_end"),
            ({"second_after": "accumulated"}, "second_after"),
            ({"second_after": ["accumulated", "accumulated"]}, "second_after"),
            ({"replacement_causes": ["weather"]}, "replacement_causes"),
            ({"exempt": "low_income"}, "exempt"),
            ({"refund_earned_from": "soon"}, "refund_earned_from"),
            ({"stages": [{"after": "0.5"}]}, "stages"),
            ({"stages": [{"after": "0.5", "pays": "0"}]}, "stages"),
            ({"stages": [{"after": "0.5", "pays": "1"}]}, "stages"),
            (
                {"stages": [{"after": "0.5", "pays": "0.2"}, {"after": "0.5", "pays": "0.2"}]},
                "stages",
            ),
            ({"priority": {"criterion": "employed"}}, "priority"),
        ],
    )
    def test_refused_with_the_name_of_the_parameter(self, data: Any, field: str) -> None:
        with pytest.raises(WrongTerms, match=field) as refusal:
            Terms.read(data)
        assert refusal.value.field == field

    def test_nothing_stated_is_the_default(self) -> None:
        assert Terms.read({}) == Terms() == Terms.read({"amount": None})

    def test_what_old_versions_say_of_ratings_is_passed_over(self) -> None:
        assert Terms.read({"share": "0.9", "minimum_rating": "3.00"}) == Terms(share=D("0.9"))

    def test_written_and_read_again(self) -> None:
        terms = Terms(
            amount=D("500.00"),
            share=D("0.9"),
            refund_earned_from=date(2025, 9, 25),
            stages=(Stage(D("0.5"), D("0.4")),),
            priority=({"criterion": "child_under", "years": 7},),
            requested=False,
        )
        names = [each.name for each in fields(Terms)]
        stored = json.loads(json.dumps(terms.as_data(names)))
        assert Terms.read(stored) == terms
        assert "ceiling" not in stored  # nothing there

    def test_every_parameter_belongs_to_a_way_of_support(self) -> None:
        kinds = set(SchemeKind.values)
        for each in fields(Terms):
            assert set(each.metadata["used_by"]) <= kinds, each.name
            assert each.metadata["used_by"], each.name
