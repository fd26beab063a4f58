"""What a promise pays of an own part: tables and properties (FUN-9, L3286)."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funding.rules.pledges import Promised, employer_part, part_of

A, B = UUID(int=1), UUID(int=2)


def promise(
    share: str, person: str | None = None, in_all: str | None = None, key: UUID = A
) -> Promised:
    return Promised(
        key=key,
        employer="SIA",
        share=Decimal(share),
        left_for_person=None if person is None else Decimal(person),
        left_in_all=None if in_all is None else Decimal(in_all),
    )


@pytest.mark.parametrize(
    ("own", "what", "paid"),
    [
        ("70.00", promise("1"), "70.00"),
        ("70.00", promise("0.5"), "35.00"),
        ("0.01", promise("0.5"), "0.01"),  # half a cent goes up
        ("33.33", promise("0.1"), "3.33"),
        ("70.00", promise("1", person="20.00"), "20.00"),
        ("70.00", promise("1", in_all="20.00"), "20.00"),
        ("70.00", promise("0.5", person="50.00", in_all="0.00"), "0.00"),
        ("0.00", promise("1"), "0.00"),
    ],
)
def test_share_and_limits(own: str, what: Promised, paid: str) -> None:
    assert part_of(what, Decimal(own)) == Decimal(paid)


def test_the_promise_that_pays_most_is_used_and_only_that_one() -> None:
    part = employer_part(Decimal("70.00"), [promise("0.2"), promise("0.5", key=B)])
    assert part is not None
    assert (part.pledge_id, part.amount) == (B, Decimal("35.00"))


def test_of_two_equal_ones_it_is_always_the_same() -> None:
    both = [promise("0.5", key=B), promise("0.5", key=A)]
    parts = [employer_part(Decimal("70.00"), order) for order in (both, both[::-1])]
    assert [part.pledge_id for part in parts if part] == [A, A]


def test_a_promise_that_pays_nothing_is_none() -> None:
    assert employer_part(Decimal("70.00"), [promise("1", person="0.00")]) is None
    assert employer_part(Decimal("70.00"), []) is None


euros = st.integers(0, 999_999).map(lambda cents: Decimal(cents) / 100)
promises = st.builds(
    Promised,
    key=st.uuids(),
    employer=st.just("SIA"),
    share=st.integers(1, 10_000).map(lambda part: Decimal(part) / 10_000),
    left_for_person=st.none() | euros,
    left_in_all=st.none() | euros,
)


@given(own=euros, offered=st.lists(promises, max_size=5))
def test_an_employer_never_pays_more_than_promised_or_than_the_own_part(
    own: Decimal, offered: list[Promised]
) -> None:
    part = employer_part(own, offered)
    if part is None:
        assert all(part_of(p, own) == 0 for p in offered)
        return
    used = next(p for p in offered if p.key == part.pledge_id)
    assert 0 < part.amount <= own
    for limit in (used.left_for_person, used.left_in_all):
        assert limit is None or part.amount <= limit
    assert part.amount == part.amount.quantize(Decimal("0.01"))
