"""Whose papers about money there are, and who may open them (stars.files)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import rules

from funding.enums import ClaimState
from funding.models import Claim
from stars.files import owners

# What shows that it was earned, and what shows that it was paid.
PROOF, INVOICE = "claim_proof", "claim_invoice"


def _claim(claim_id: UUID) -> Claim | None:
    return Claim.objects.select_related("account__person").filter(pk=claim_id).first()


def may_read_claim(actor: Any, claim_id: UUID) -> bool:
    """The person always; the agency once the claim was sent."""
    return bool(rules.has_perm("funding.view_claim", actor, _claim(claim_id)))


def may_write_claim(actor: Any, claim_id: UUID) -> bool:
    """The person while it is a draft: what was sent stays as it was sent."""
    claim = _claim(claim_id)
    return (
        claim is not None
        and claim.state == ClaimState.DRAFT
        and bool(rules.has_perm("funding.use_own_money", actor, claim.account))
    )


def looked_at(actor: Any, claim_id: UUID) -> UUID | None:
    """The person whose papers the actor sees; None for one's own."""
    claim = _claim(claim_id)
    person = claim.account.person if claim else None
    return person.pk if person and person.user_id != actor.pk else None


def register() -> None:
    """Make the kinds known; called once when the app is ready."""
    for code in (PROOF, INVOICE):
        owners.register(
            owners.OwnerKind(code, may_read_claim, may_write_claim, looked_at, "decide_claim")
        )
