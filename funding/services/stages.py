"""Parts of a training that are owed before its end, where the policy has stages (rule 8)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from funding.enums import AccountKind, CommitmentState, PostingKind
from funding.exceptions import Frozen
from funding.models import StagePayment
from funding.rules.settlement import reached, stage_amount
from funding.rules.terms import Terms
from funding.services.commitments import held_rest, lock_commitment, owed_to
from funding.services.ledger import Move, open_account, post
from stars.common.errors import Conflict
from stars.common.transactions import service


@service
def capture_stages(
    *,
    commitment_id: UUID,
    hours_held: Decimal,
    hours: Decimal,
    attendance_share: Decimal,
    evidence: dict[str, Any],
    actor: Any,
    at: datetime,
) -> list[StagePayment]:
    """Owe the provider every stage that the training has reached; returns those that are new.

    `hours_held` of `hours` academic hours have been held, of which the person attended the share
    `attendance_share` (0–1); `evidence` is frozen beside each stage. Policies without stages owe
    nothing here. A stage waits while attendance is below what the policy requires. Repeating it
    changes nothing. Raises `Conflict` for a commitment that is not held any more, or is frozen.
    What is owed stays owed when the training is broken off later.
    """
    commitment = lock_commitment(commitment_id)
    if commitment.state != CommitmentState.HELD:
        raise Conflict(_("The training has ended already."), code="ended")
    if commitment.frozen_at is not None:
        raise Frozen()
    terms = Terms.read(commitment.policy.terms)
    if attendance_share < (terms.attendance_required or 0):
        return []
    done = commitment.stages.count()
    due = terms.stages[: reached(terms.stages, hours_held, hours)]
    owed = open_account(
        kind=AccountKind.PAYABLE, source_id=commitment.source_id, owner_key=owed_to(commitment)
    )
    made: list[StagePayment] = []
    for number, stage in enumerate(due[done:], start=done + 1):
        early = commitment.support - held_rest(commitment)
        amount = stage_amount(commitment.support, stage.pays, early)
        if not amount:
            break
        made.append(
            StagePayment.objects.create(
                commitment=commitment,
                number=number,
                amount=amount,
                at=at,
                evidence={
                    **evidence,
                    "hours_held": str(hours_held),
                    "hours": str(hours),
                    "attendance_share": str(attendance_share),
                },
            )
        )
        post(
            kind=PostingKind.STAGE,
            key=f"stage:{commitment.pk}:{number}",
            reference=f"commitment:{commitment.pk}",
            moves=[Move(commitment.ledger_account_id, owed.pk, amount)],
            effective_at=at,
            by=actor,
        )
    return made
