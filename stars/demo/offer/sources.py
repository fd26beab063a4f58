"""Funding sources with budgets, schemes, policies and rounds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from accounts.models import Organisation
from funding.criteria import CriteriaSet
from funding.models import AllocationRound, Budget, FundingSource, PolicyVersion, Scheme
from funding.rules.grants import window_end
from funding.rules.terms import Terms
from funding.services.sources import authorise
from stars.common.dates import add_months, start_of_day
from stars.common.permissions import SYSTEM
from stars.demo.offer.data import Tally, load
from stars.vocabularies.models import Term

VOCABULARY = "funding_source"
# The first scheme that applies is used; full cover comes before the 500 € (rule 12).
ORDER = {"full_cover": 1, "allocation": 2, "cofunded": 3, "reimbursement": 4, "stipend": 5}


@dataclass(frozen=True)
class LoadedSource:
    """A source as the offer needs it: its term, its days and from when each type is offered."""

    code: str
    term: Term
    source: FundingSource
    offers_from: dict[str, date]
    invented: bool

    def first_day(self, programme_type: str) -> date:
        """The first day on which programmes of this type are offered under the source."""
        return self.offers_from.get(programme_type, self.offers_from["*"])


def days(entry: dict[str, Any], today: date) -> tuple[date, date]:
    """First and last day of a source; of the invented one in months from `today`."""
    if "starts_months" in entry:
        return (
            add_months(today, entry["starts_months"]),
            add_months(today, entry["ends_months"]),
        )
    return entry["starts"], entry["ends"]


def terms_of(policy: dict[str, Any]) -> dict[str, Any]:
    """The parameters of a policy as they are stored: all that the file states, read by funding.

    Raises `WrongTerms` on a parameter that funding does not know.
    """
    stated = policy["terms"]
    return Terms.read(stated).as_data(stated)


def rounds_of(entry: dict[str, Any], today: date, first: date) -> Iterator[tuple[str, date]]:
    """(code, due date) of a source's rounds, in order; never before its first day."""
    for fixed in entry.get("rounds", []):
        yield fixed["code"], fixed["due"]
    for months in entry.get("rounds_months", []):
        due = add_months(today, months).replace(day=entry["due_day"])
        if due >= first:
            yield entry["round_code"].format(year=due.year, month=due.month), due


def load_sources(
    terms: dict[tuple[str, str], Term],
    owners: dict[str, Organisation],
    today: date,
    tally: Tally,
) -> list[LoadedSource]:
    """The seven sources of annex 1 and the invented ones (FUN-1..3), in that order.

    A source that exists keeps its days: the continuation is dated from its first loading.
    """
    data = load("sources")
    return [
        _load_source(
            entry, data["policies"], terms[VOCABULARY, entry["code"]], owners, today, tally
        )
        for entry in data["sources"]
    ]


def _load_source(
    entry: dict[str, Any],
    policies: dict[str, Any],
    term: Term,
    owners: dict[str, Organisation],
    today: date,
    tally: Tally,
) -> LoadedSource:
    starts_on, ends_on = days(entry, today)
    source, created = FundingSource.objects.get_or_create(
        code=entry["code"],
        defaults={
            "term": term,
            "project_code": entry["number"] or "",
            "full_name_lv": entry["full_name"]["lv"],
            "full_name_en": entry["full_name"]["en"],
            "goal_lv": entry["goal"]["lv"],
            "goal_en": entry["goal"]["en"],
            "owner": owners[entry["owner"]],
            "starts_on": starts_on,
            "ends_on": ends_on,
            "invented": entry.get("invented", False),
        },
    )
    tally.add("funding sources", created=created, kept=not created)
    for part in entry["budget"]:
        _budget, created_budget = Budget.objects.get_or_create(
            source=source, origin=part["origin"], defaults={"amount": Decimal(part["amount"])}
        )
        tally.add("budgets", created=created_budget, kept=not created_budget)
    versions = {
        scheme["code"]: _load_scheme(source, scheme, policies[scheme["policy"]], tally)
        for scheme in entry["schemes"]
    }
    if created:
        _promise(source, entry, tally)
        _load_rounds(source, entry, versions, today, tally)
    else:
        rounds = AllocationRound.objects.filter(policy__scheme__source=source)
        tally.add("rounds", kept=rounds.count())
    first = entry.get("applications_from", source.starts_on)
    return LoadedSource(
        code=entry["code"],
        term=term,
        source=source,
        offers_from={"*": first, **entry.get("offers_from", {})},
        invented=entry.get("invented", False),
    )


def _promise(source: FundingSource, entry: dict[str, Any], tally: Tally) -> None:
    """Put into the pool what grants of the source may promise."""
    for part in entry.get("promise", []):
        authorise(
            source_id=source.pk,
            origin=part["origin"],
            amount=Decimal(part["amount"]),
            key=f"offer-{part['origin']}",
            actor=SYSTEM,
            at=start_of_day(source.starts_on),
        )
        tally.add("postings", created=1)


def _load_scheme(
    source: FundingSource, entry: dict[str, Any], policy: dict[str, Any], tally: Tally
) -> PolicyVersion:
    """A scheme and its first policy version; both are read back by funding before they count."""
    scheme, created = Scheme.objects.get_or_create(
        code=entry["code"],
        defaults={
            "source": source,
            "kind": policy["kind"],
            "name_lv": entry["name"]["lv"],
            "name_en": entry["name"]["en"],
            "programme_types": policy.get("programme_types", []),
            "order": ORDER[policy["kind"]],
        },
    )
    if not scheme.name_lv:  # loaded before schemes had names
        scheme.name_lv, scheme.name_en = entry["name"]["lv"], entry["name"]["en"]
        scheme.save(update_fields=["name_lv", "name_en", "updated_at"])
    tally.add("schemes", created=created, kept=not created)
    version = scheme.versions.order_by("number").first()
    tally.add("policy versions", created=version is None, kept=version is not None)
    if version is None:
        values, criteria = terms_of(policy), policy.get("criteria", [])
        CriteriaSet.read(criteria)
        version = PolicyVersion.objects.create(
            scheme=scheme,
            number=1,
            valid_from=source.starts_on,
            terms=values,
            criteria=criteria,
            assumptions=policy["assumptions"],
        )
    return version


def _load_rounds(
    source: FundingSource,
    entry: dict[str, Any],
    versions: dict[str, PolicyVersion],
    today: date,
    tally: Tally,
) -> None:
    previous: AllocationRound | None = None
    for code, due in rounds_of(entry, today, source.starts_on):
        scheme = entry.get("rounds_scheme") or entry["rounds"][0]["scheme"]
        policy = versions[scheme]
        previous = AllocationRound.objects.create(
            code=code,
            policy=policy,
            previous=previous,
            due_on=due,
            ends_at=window_end(due, policy.terms["term_months"], source.ends_on),
            cap=Terms.read(policy.terms).round_cap,
        )
        tally.add("rounds", created=1)
