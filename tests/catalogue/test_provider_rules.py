"""Criteria of PRO-2: what is known, what is not, and that a silent register refuses nobody."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.rules.provider import (
    GRADUATES,
    RUNS,
    YEARS,
    Criterion,
    Outcome,
    Registered,
    Run,
    Stated,
    judge,
    same_name,
    whole_years,
)

DAY = date(2026, 11, 22)
GOOD_RUNS = [Run("Datu analīze", 2025, 12), Run("Grāmatvedība", 2024, 10)]


def stated(**changes: Any) -> Stated:
    values = {
        "name": "SIA “Liepa”",
        "accreditation": "Pilnveide",
        "accredited_until": DAY,
        "runs": GOOD_RUNS,
        "no_exclusion": True,
        "known_here": False,
        **changes,
    }
    return Stated(**values)


def registered(**changes: Any) -> Registered:
    values = {
        "name": "SIA Liepa",
        "active": True,
        "registered_on": date(DAY.year - YEARS, DAY.month, DAY.day),
        "insolvency": False,
        "tax_debt": False,
        **changes,
    }
    return Registered(**values)


def outcomes(what: Stated, register: Registered | None, answered: bool = True) -> dict[str, str]:
    found = judge(what, register=register, answered=answered, day=DAY)
    return {finding.criterion: finding.outcome for finding in found}


def test_everything_is_fulfilled() -> None:
    assert set(outcomes(stated(), registered()).values()) == {Outcome.YES}
    assert set(outcomes(stated(), registered())) == set(Criterion)


@pytest.mark.parametrize(
    ("changes", "said", "criterion", "expected"),
    [
        ({}, {"active": False}, Criterion.REGISTERED, "no"),
        ({}, {"name": "SIA Ozols"}, Criterion.NAME, "no"),
        ({}, {"registered_on": DAY - timedelta(days=1)}, Criterion.AGE, "no"),
        # One day short of the years.
        (
            {},
            {"registered_on": date(DAY.year - YEARS, DAY.month, DAY.day + 1)},
            Criterion.AGE,
            "no",
        ),
        ({"accreditation": " "}, {}, Criterion.ACCREDITED, "no"),
        ({"accredited_until": None}, {}, Criterion.ACCREDITED, "unknown"),
        ({"accredited_until": DAY - timedelta(days=1)}, {}, Criterion.ACCREDITED, "no"),
        ({"runs": GOOD_RUNS[:1]}, {}, Criterion.EXPERIENCE, "no"),
        ({"runs": [*GOOD_RUNS[:1], Run("Maza", 2025, 9)]}, {}, Criterion.EXPERIENCE, "no"),
        ({"no_exclusion": False}, {}, Criterion.NO_EXCLUSION, "no"),
        ({}, {"insolvency": True}, Criterion.NO_EXCLUSION, "no"),
        ({}, {"tax_debt": True}, Criterion.NO_EXCLUSION, "no"),
        ({"known_here": True}, {}, Criterion.NEW_HERE, "no"),
    ],
)
def test_one_thing_is_wrong(
    changes: dict[str, Any], said: dict[str, Any], criterion: Criterion, expected: str
) -> None:
    found = outcomes(stated(**changes), registered(**said))
    assert found[criterion] == expected
    assert {one for one, outcome in found.items() if outcome != "yes"} == {criterion}


def test_nobody_of_that_number() -> None:
    found = outcomes(stated(), None)
    assert found[Criterion.REGISTERED] == "no"
    assert found[Criterion.AGE] == found[Criterion.NAME] == "unknown"


@given(
    st.builds(
        Stated,
        name=st.text(),
        accreditation=st.text(),
        accredited_until=st.none() | st.dates(),
        runs=st.lists(st.builds(Run, st.text(), st.integers(1991, 2100), st.integers(0, 1000))),
        no_exclusion=st.booleans(),
        known_here=st.booleans(),
    )
)
def test_a_silent_register_refuses_nobody(what: Stated) -> None:
    found = outcomes(what, None, answered=False)
    assert found[Criterion.REGISTERED] == found[Criterion.AGE] == found[Criterion.NAME] == "unknown"
    assert found[Criterion.NO_EXCLUSION] == ("unknown" if what.no_exclusion else "no")
    enough = sum(run.graduates >= GRADUATES for run in what.runs) >= RUNS
    assert (found[Criterion.EXPERIENCE] == "yes") == enough


@given(st.dates(date(1991, 1, 1), DAY))
def test_whole_years_never_round_up(since: date) -> None:
    years = whole_years(since, DAY)
    assert years * 365 <= (DAY - since).days
    assert (DAY - since).days < (years + 1) * 366 + 1


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("SIA “Liepa”", 'sia "LIEPA"', True),
        ("SIA Liepa", "SIA  Liepa", True),
        ("SIA Liepa", "SIA Liepas", False),
        ("Skolā", "Skola", False),
    ],
)
def test_names(one: str, other: str, same: bool) -> None:
    assert same_name(one, other) is same
