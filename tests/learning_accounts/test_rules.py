"""From sixteen on, to the day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning_accounts.rules import old_enough, opens_on


@pytest.mark.parametrize(
    ("born", "on", "answer"),
    [
        (date(2010, 5, 6), date(2026, 5, 5), False),
        (date(2010, 5, 6), date(2026, 5, 6), True),
        (date(2010, 5, 7), date(2026, 5, 6), False),
        (date(2009, 5, 6), date(2026, 5, 6), True),
        (date(1947, 1, 1), date(2026, 5, 6), True),
        # Born on 29 February: sixteen in a leap year on the day itself …
        (date(2012, 2, 29), date(2028, 2, 28), False),
        (date(2012, 2, 29), date(2028, 2, 29), True),
    ],
)
def test_the_sixteenth_birthday(born: date, on: date, answer: bool) -> None:
    assert old_enough(born, on) is answer


@given(st.dates(date(1930, 1, 1), date(2020, 1, 1)), st.integers(0, 40_000))
def test_once_old_enough_always_old_enough(born: date, days: int) -> None:
    on = born + timedelta(days=days)
    if on.year < 9000 and old_enough(born, on):
        assert old_enough(born, on + timedelta(days=1))
        assert not old_enough(born, born + timedelta(days=15 * 365))


@given(st.dates(date(1930, 1, 1), date(2090, 1, 1)))
def test_the_day_on_which_one_may_open(born: date) -> None:
    day = opens_on(born)
    assert old_enough(born, day)
    assert not old_enough(born, day - timedelta(days=1))
