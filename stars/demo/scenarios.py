"""The three scenarios after the pilot, put in force for the invented continuation (L2755–L2775)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from funding import policy_words
from funding.decision_words import names
from funding.models import FundingSource, PolicyVersion, Scheme
from funding.policy_words import Difference
from funding.rules.terms import Terms
from funding.services import policies
from stars.common.dates import riga_date
from stars.common.errors import DomainError
from stars.common.permissions import SYSTEM
from stars.common.transactions import service
from stars.demo.offer.data import load
from stars.demo.offer.sources import terms_of


class NoScenario(DomainError):
    """No scenario of this name, or nothing to try it on."""

    code = "no_scenario"


@dataclass(frozen=True)
class Step:
    """What a scenario changes for one scheme: from which day, what, for how many and how much."""

    scheme: Scheme
    valid_from: date
    types: list[str]
    terms: dict[str, Any]
    criteria: list[dict[str, Any]]
    assumptions: list[str]
    preview: policies.Preview
    differences: list[Difference]


def scenarios() -> dict[str, str]:
    """Name → what it is called (English: commands speak English)."""
    return {name: entry["name"]["en"] for name, entry in load("scenarios").items()}


def plan(name: str, at: datetime) -> list[Step]:
    """What switching to the scenario would change at the moment `at`; nothing is written.

    Raises `NoScenario` for a name nobody knows and where the continuation is not loaded.
    """
    known = load("scenarios")
    if name not in known:
        raise NoScenario(
            _("No such scenario: %(name)s. There are: %(known)s.")
            % {"name": name, "known": ", ".join(known)}
        )
    source = FundingSource.objects.filter(invented=True, code="imk-next").first()
    if source is None:
        raise NoScenario(_("The invented continuation is not loaded (seed_demo)."))
    return list(_steps(known[name]["schemes"], source, at))


def _steps(entries: dict[str, Any], source: FundingSource, at: datetime) -> Iterator[Step]:
    data = load("sources")
    (own,) = (each for each in data["sources"] if each["code"] == source.code)
    of_pilot = {each["code"]: data["policies"][each["policy"]] for each in own["schemes"]}
    for code, entry in entries.items():
        scheme = Scheme.objects.get(code=code, source=source)
        pilot = of_pilot[code]
        terms = {**terms_of(pilot), **terms_of(entry)}
        criteria = entry.get("criteria", pilot.get("criteria", []))
        valid_from = _first_day(scheme, at)
        preview = policies.preview_version(
            scheme_id=scheme.pk, valid_from=valid_from, terms=terms, criteria=criteria, at=at
        )
        yield Step(
            scheme=scheme,
            valid_from=valid_from,
            types=entry.get("types", scheme.programme_types),
            terms=terms,
            criteria=criteria,
            assumptions=[*pilot["assumptions"], *entry.get("assumptions", [])],
            preview=preview,
            differences=_different(scheme, preview.previous, terms, criteria),
        )


def _different(
    scheme: Scheme, before: PolicyVersion | None, terms: dict[str, Any], criteria: Any
) -> list[Difference]:
    if before is None:
        return []
    return policy_words.differences(
        scheme.kind, policy_words.of_version(before), (Terms.read(terms), criteria), names()
    )


def _first_day(scheme: Scheme, at: datetime) -> date:
    """Today, or the day after the latest version began: one version for a day."""
    latest = scheme.versions.order_by("-valid_from").values_list("valid_from", flat=True).first()
    today = riga_date(at)
    return today if latest is None or latest < today else latest + timedelta(days=1)


@service
def switch(name: str, at: datetime) -> list[Step]:
    """Put a scenario in force: a new version for every scheme that it changes, or none at all."""
    steps = [step for step in plan(name, at) if changes(step)]
    for step in steps:
        if step.differences:
            policies.write_version(
                scheme_id=step.scheme.pk,
                valid_from=step.valid_from,
                terms=step.terms,
                criteria=step.criteria,
                why=f"Demonstration: {scenarios()[name]}",
                assumptions=list(dict.fromkeys(step.assumptions)),
                actor=SYSTEM,
                at=at,
            )
        if step.types != step.scheme.programme_types:
            step.scheme.programme_types = step.types
            step.scheme.save(update_fields=["programme_types", "updated_at"])
    return steps


def changes(step: Step) -> bool:
    """Whether the scenario says something else than what holds now."""
    return bool(step.differences) or step.types != step.scheme.programme_types
