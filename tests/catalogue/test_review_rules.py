"""What has to be filled in, what a call allows, how much may be experimental."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.rules import (
    REQUIRED,
    CallTerms,
    check_call,
    missing,
    sources_to_admit,
    temporary_room,
)
from stars.common.errors import Conflict, DomainError, Invalid

FIRST, LAST = date(2026, 4, 16), date(2026, 5, 6)
CALL = CallTerms(
    opens_on=FIRST,
    closes_on=LAST,
    source="imk",
    types=frozenset({"study_course", "further_education"}),
    qualifications=frozenset({"technician"}),
    modes=frozenset({"on_site"}),
)
FITS: dict[str, Any] = {
    "day": FIRST,
    "programme_type": "study_course",
    "qualification": "technician",
    "mode": "on_site",
    "new_sources": {"imk"},
}


@pytest.mark.parametrize(
    ("change", "error", "field"),
    [
        ({"day": date(2026, 4, 15)}, Conflict, "call"),
        ({"day": date(2026, 5, 7)}, Conflict, "call"),
        ({"programme_type": "module_set"}, Invalid, "type"),
        ({"qualification": "cook"}, Invalid, "qualification"),
        ({"qualification": None}, Invalid, "qualification"),
        ({"mode": "remote"}, Invalid, "mode"),
        ({"new_sources": {"other"}}, Invalid, "call"),
        ({"new_sources": {"imk", "other"}}, Invalid, "call"),
    ],
)
def test_what_does_not_fit_the_call_is_named(
    change: dict[str, Any], error: type[DomainError], field: str
) -> None:
    with pytest.raises(error) as caught:
        check_call(CALL, **{**FITS, **change})
    assert caught.value.field == field
    assert "%" not in str(caught.value)


@pytest.mark.parametrize("day", [FIRST, LAST, None])
def test_the_window_is_inclusive_and_asked_once(day: date | None) -> None:
    check_call(CALL, **{**FITS, "day": day})


def test_a_call_that_names_nothing_takes_everything() -> None:
    open_to_all = CallTerms(FIRST, LAST, None)
    check_call(
        open_to_all,
        day=LAST,
        programme_type="any",
        qualification=None,
        mode="remote",
        new_sources={"any"},
    )


def test_only_new_sources_need_a_call() -> None:
    assert sources_to_admit({"a", "b"}, {"a"}, temporary=False) == {"b"}
    assert sources_to_admit({"a"}, {"a", "b"}, temporary=False) == set()
    assert sources_to_admit({"a"}, set(), temporary=True) == set()


def test_everything_that_is_missing_is_named_at_once() -> None:
    nothing = {**dict.fromkeys(REQUIRED, ""), "mode": "on_site", "city": ""}
    assert missing(nothing) == [*REQUIRED, "city"]
    assert missing({**nothing, "mode": "remote"}) == list(REQUIRED)
    assert missing({**dict.fromkeys(REQUIRED, "x"), "mode": "hybrid", "city": "Rīga"}) == []


@pytest.mark.parametrize(
    ("published", "temporary", "room"),
    [(0, 0, 0), (9, 0, 0), (10, 0, 1), (19, 1, 0), (20, 1, 1), (139, 3, 10), (10, 5, 0)],
)
def test_a_tenth_may_be_experimental(published: int, temporary: int, room: int) -> None:
    share = Decimal("0.1")
    assert temporary_room(published=published, temporary=temporary, share=share) == room


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.decimals(0, 1, places=3))
def test_the_share_is_never_exceeded(published: int, temporary: int, share: Decimal) -> None:
    room = temporary_room(published=published, temporary=temporary, share=share)
    assert room >= 0
    if room:
        assert temporary + room <= published * share < temporary + room + 1
