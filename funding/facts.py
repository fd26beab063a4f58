"""Gathering what criteria may ask about one account, in a constant number of queries."""

from __future__ import annotations

from datetime import datetime

from accounts.enums import FactSource
from accounts.models import PersonFact
from funding.criteria import Fact, Facts
from learning_accounts.models import LearningAccount, LearningPath
from stars.common.dates import riga_date


def gather(account: LearningAccount, at: datetime) -> Facts:
    """Everything known about the account's person at the moment `at` (two queries)."""
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
    return Facts(on=riga_date(at), known=known)
