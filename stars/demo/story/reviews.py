"""What lies on the agency's table: what was sent, what came back, a recommendation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from accounts.models import User
from catalogue.fields import VOCABULARIES
from catalogue.models import Call, Offer, Programme, ProgrammeVersion, Provider
from catalogue.services import drafts, remarks, versions
from catalogue.services.temporary import give_temporary_status
from stars.common.dates import add_months, riga_date
from stars.demo.offer.data import load
from stars.vocabularies.models import ProgrammeType, Term

REVIEWER = "administrator"
MONTHS_OFFERED = 12
_ACTS: dict[str, Callable[..., Any]] = {
    "submit": versions.submit,
    "take_in_review": versions.take_in_review,
    "add_remark": remarks.add_remark,
    "return_with_remarks": versions.return_with_remarks,
}


def fill_the_table(users: Mapping[str, User], *, at: datetime) -> int:
    """Play every entry of reviews.yaml by the services; how many versions and statuses there are.

    `at` is the moment of loading; steps lie so many days before it.
    """
    entries = load("reviews")
    for entry in entries["reviews"]:
        author = users[entry["by"]]
        begun = at - timedelta(days=max(step["days"] for step in entry["steps"]) + 1)
        version = _draft(entry, author, begun)
        for step in entry["steps"]:
            _step(version.pk, step, author, users[REVIEWER], at)
    for entry in entries["temporary"]:
        word = {key: entry[key] for key in ("recommender", "recommended_by", "recommendation")}
        give_temporary_status(
            **word,
            programme_id=Programme.objects.get(code=entry["programme"]).pk,
            actor=users[REVIEWER],
            at=at - timedelta(days=entry["days"]),
        )
    for entry in entries["ended"]:
        programme = Programme.objects.get(code=entry["programme"])
        assert programme.current_id is not None
        versions.archive(
            version_id=programme.current_id,
            note=entry["note"],
            actor=users[REVIEWER],
            at=at - timedelta(days=entry["days"]),
        )
    return len(entries["reviews"]) + len(entries["temporary"])


def _draft(entry: dict[str, Any], author: User, at: datetime) -> ProgrammeVersion:
    values = _resolved(entry["values"])
    if "provider" in entry:
        provider = Provider.objects.get(slug=entry["provider"])
        version = drafts.new_programme(provider_id=provider.pk, values=values, actor=author, at=at)
    else:
        programme = Programme.objects.get(code=entry["programme"])
        version = drafts.new_version(programme_id=programme.pk, actor=author, at=at)
        drafts.edit_draft(version_id=version.pk, values=values, actor=author, at=at)
    if "price" in entry:
        source, first, last = _offered(entry, version, riga_date(at))
        drafts.set_offer(
            version_id=version.pk,
            source_id=source,
            price=Decimal(entry["price"]),
            open_from=first,
            open_until=last,
            actor=author,
            at=at,
        )
    return version


def _offered(
    entry: dict[str, Any], version: ProgrammeVersion, today: date
) -> tuple[UUID | None, date, date]:
    """Source and days of the price: those of the version before, or of the source named."""
    if "source" in entry:
        term = Term.objects.get(vocabulary__code=drafts.SOURCES, code=entry["source"])
        return term.pk, today, add_months(today, MONTHS_OFFERED)
    offer: Offer = version.offers.get()
    return offer.source_id, offer.open_from, offer.open_until


def _resolved(values: dict[str, Any]) -> dict[str, Any]:
    """Codes of types and terms as keys."""
    found = dict(values)
    for name in VOCABULARIES.keys() & values.keys():
        terms = Term.objects.filter(vocabulary__code=VOCABULARIES[name])
        found[name] = terms.get(code=values[name]).pk
    if "type" in values:
        found["type"] = ProgrammeType.objects.get(code=values["type"]).pk
    return found


def _step(
    version_id: UUID, step: dict[str, Any], author: User, reviewer: User, at: datetime
) -> None:
    answers = {key: value for key, value in step.items() if key not in ("act", "days", "call")}
    if "call" in step:
        answers["call_id"] = Call.objects.get(code=step["call"]).pk
    _ACTS[step["act"]](
        version_id=version_id,
        **answers,
        actor=author if step["act"] == "submit" else reviewer,
        at=at - timedelta(days=step["days"]),
    )
