"""Full cover that a person may lose or has lost (rule 12, services.cover)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from funding.enums import AppealState
from funding.models import Appeal, Commitment, Decision
from funding.rules.terms import Terms
from funding.services import cover
from learning_accounts.models import LearningAccount


@dataclass(frozen=True)
class Cover:
    """What became of the cover of one training.

    `owed` is the decision that it is lost: the person owes `commitment.support` EUR; without it
    the cover can be put right until the day `last_day`. `asked`: a person of the agency looks at
    it.
    """

    commitment: Commitment
    decision: Decision
    last_day: date
    owed: bool
    asked: bool


def covers(account: LearningAccount) -> list[Cover]:
    """Trainings whose full cover is about to be lost or is: one query where there are none, three
    where there are; the newest first."""
    said: dict[UUID, dict[str, Decision]] = {}
    rows = Decision.objects.filter(account=account, reference__startswith="cover")
    for row in rows.order_by("decided_at", "pk"):
        kind, _colon, key = row.reference.partition(":")
        said.setdefault(UUID(key), {})[kind] = row
    open_ones = {key: kinds for key, kinds in said.items() if cover.KEPT not in kinds}
    if not open_ones:
        return []
    references = [f"commitment:{key}" for key in open_ones]
    asked = set(
        Appeal.objects.filter(reference__in=references, state=AppealState.ASKED).values_list(
            "reference", flat=True
        )
    )
    commitments = Commitment.objects.filter(pk__in=open_ones).select_related(
        "policy", "offer__version", "claim__what"
    )
    return [
        Cover(
            commitment=each,
            decision=open_ones[each.pk].get(cover.LOST) or open_ones[each.pk][cover.TOLD],
            last_day=cover.last_day(
                open_ones[each.pk][cover.TOLD].decided_at, Terms.read(each.policy.terms)
            ),
            owed=cover.LOST in open_ones[each.pk],
            asked=f"commitment:{each.pk}" in asked,
        )
        for each in commitments.order_by("-held_at", "pk")
    ]
