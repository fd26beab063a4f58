"""Gathering what criteria may ask about one account, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from uuid import UUID

from accounts.enums import FactSource
from accounts.models import PersonFact
from funding import criteria_history
from funding.criteria import Fact, Facts
from funding.models import Waiver
from learning_accounts.models import LearningAccount, LearningPath
from stars.common.dates import riga_date

# Who said so, where it is a decision of a person of the agency.
AGENCY = "agency"


def gather(account: LearningAccount, at: datetime) -> Facts:
    """Everything known about the account's person at the moment `at`.

    Two queries; one more where a criterion asks for earlier trainings, and one for what the
    agency has waived where a criterion does not say yes.
    """
    known: dict[str, Fact] = {}
    newest = (
        PersonFact.objects.filter(person_id=account.person_id)
        .order_by("kind", "-observed_at", "-id")
        .distinct("kind")
    )
    for fact in newest:
        day = riga_date(fact.observed_at).isoformat()
        known[fact.kind] = Fact(fact.value, fact.source, day, str(fact.pk))
    born = known.get("birth_date")
    known["birth_date"] = Fact(
        account.person.birth_date,
        born.source if born else FactSource.IDENTITY,
        born.observed_on if born else riga_date(account.opened_at).isoformat(),
        born.id if born else "",
    )
    today = riga_date(at).isoformat()
    known["account_state"] = Fact(account.state, "stars", today)
    known["profile_complete"] = Fact(account.profile_completed_at is not None, "stars", today)
    path = LearningPath.objects.filter(account=account).exists()
    known["learning_path"] = Fact(path, "stars", today)

    @cache
    def trainings() -> Fact:
        return Fact(criteria_history.known(account.pk), "stars", today)

    @cache
    def waivers() -> dict[UUID, dict[str, Fact]]:
        found: dict[UUID, dict[str, Fact]] = {}
        on = riga_date(at)
        rows = Waiver.objects.filter(account=account, valid_from__lte=on, valid_to__gte=on)
        for row in rows.order_by("valid_from", "pk"):
            day = row.valid_from.isoformat()
            own = found.setdefault(row.scheme_id, {})
            own[row.criterion] = Fact("", AGENCY, day, str(row.pk))
        return found

    def waived(scheme_id: UUID) -> Mapping[str, Fact]:
        return waivers().get(scheme_id, {})

    return Facts(
        on=riga_date(at),
        known=known,
        later={criteria_history.TRAININGS: trainings},
        waived=waived,
    )
