"""Three scenarios after the pilot: data that funding reads, switched through its services."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from funding.criteria import CriteriaSet
from funding.models import FundingSource, PolicyVersion, Scheme
from funding.rules.completeness import check
from funding.rules.terms import Terms
from stars.common.dates import add_months, today
from stars.demo import scenarios
from stars.demo.offer.data import load
from stars.demo.offer.sources import terms_of
from stars.demo.offer.vocabularies import TYPES
from tests.funding import build

NAMES = ("pilot", "minimum", "consolidator", "ecosystem")


@pytest.fixture
def continuation(db: None, settings: object) -> FundingSource:
    """The continuation with the pilot's policies, as the demo loads it."""
    data = load("sources")
    (entry,) = (each for each in data["sources"] if each["code"] == "imk-next")
    source = FundingSource.objects.create(
        term=build.term("funding-source", "imk-next"),
        code="imk-next",
        full_name_lv="Turpinājums",
        full_name_en="Continuation",
        starts_on=add_months(today(), -9),
        ends_on=add_months(today(), 27),
        invented=True,
    )
    for each in entry["schemes"]:
        policy = data["policies"][each["policy"]]
        scheme = Scheme.objects.create(
            source=source,
            code=each["code"],
            kind=policy["kind"],
            name_lv=each["name"]["lv"],
            name_en=each["name"]["en"],
            programme_types=policy.get("programme_types", []),
        )
        PolicyVersion.objects.create(
            scheme=scheme,
            number=1,
            valid_from=source.starts_on,
            terms=terms_of(policy),
            criteria=policy.get("criteria", []),
        )
    return source


def versions() -> int:
    return PolicyVersion.objects.count()


def test_every_policy_of_the_demo_is_complete() -> None:
    data, vocabularies = load("sources"), load("vocabularies")["vocabularies"]
    for policy in data["policies"].values():
        check(policy["kind"], terms_of(policy))
        CriteriaSet.read(policy.get("criteria", []))
    known = {t["code"] for v in vocabularies if v["code"] == TYPES for t in v["terms"]}
    policies = {s["code"]: s["policy"] for each in data["sources"] for s in each["schemes"]}
    for name, scenario in load("scenarios").items():
        for code, entry in scenario["schemes"].items():
            pilot = data["policies"][policies[code]]
            terms = {**terms_of(pilot), **terms_of(entry)}
            check(pilot["kind"], terms)
            CriteriaSet.read(entry.get("criteria", []))
            assert set(entry.get("types", [])) <= known, name
            assert set(entry.get("assumptions", [])) <= {*entry["terms"], "criteria"}, (name, code)


def test_table_37() -> None:
    assert tuple(load("scenarios")) == NAMES
    of = {name: each["schemes"]["next-500"]["terms"] for name, each in load("scenarios").items()}
    for name in ("minimum", "ecosystem"):  # one year and one accumulation
        assert (of[name]["term_months"], of[name]["accumulate_months"]) == (12, 12)
    for name in NAMES[1:]:
        assert of[name]["combines"] == "same_programme"
        full = load("scenarios")[name]["schemes"]["next-full"]
        assert "further_education" in full["types"]


def test_a_look_writes_nothing(continuation: FundingSource) -> None:
    before = versions()
    build.person()
    said = StringIO()
    call_command("demo_scenario", "minimum", stdout=said)
    assert versions() == before
    text = said.getvalue().replace("\xa0", " ")
    assert "Months to use the money: 6 → 12" in text
    assert "eligible: 1 → 0 of 1 people" in text
    assert "Nothing was written" in text


def test_switched_and_back(continuation: FundingSource) -> None:
    day = today()
    call_command("demo_scenario", "minimum", "--apply", stdout=StringIO())
    scheme = Scheme.objects.get(code="next-500")
    first, second = scheme.versions.order_by("number")
    assert (first.valid_to, second.valid_from) == (day, day)
    assert Terms.read(second.terms).round_cap == Decimal(1500000)
    assert "upskilling" in scheme.programme_types
    assert second.why == "Demonstration: Scenario 1, minimum"
    again = StringIO()
    call_command("demo_scenario", "minimum", "--apply", stdout=again)
    assert "Nothing would change" in again.getvalue()
    for name in ("consolidator", "ecosystem", "pilot"):
        call_command("demo_scenario", name, "--apply", stdout=StringIO())
    last = scheme.versions.order_by("-number")[0]
    assert (Terms.read(last.terms), last.criteria) == (Terms.read(first.terms), first.criteria)
    assert last.valid_from == day + dt.timedelta(days=3)
    scheme.refresh_from_db()
    assert "upskilling" not in scheme.programme_types
    stipend = Scheme.objects.get(code="next-stipend")
    assert stipend.versions.count() == 1  # no scenario speaks of it


@pytest.mark.django_db
def test_names_and_places_that_do_not_exist() -> None:
    with pytest.raises(CommandError, match="minimum"):
        call_command("demo_scenario", "utopia")
    with pytest.raises(CommandError, match="not loaded"):
        call_command("demo_scenario", "minimum")
    assert set(scenarios.scenarios()) == set(NAMES)
