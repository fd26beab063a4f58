"""Money of a claim: who is next, holding it, and giving it back (rule 13).

For the services of claims, which have locked the learning account and the claim.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from funding.enums import AccountKind, ClaimState, PostingKind, ReleaseCause
from funding.exceptions import InsufficientFunds
from funding.models import Claim, Commitment, CommitmentLine, Decision, Grant
from funding.rules import claims as rules
from funding.rules.grants import Lot, draw
from funding.rules.terms import Terms
from funding.selectors_claims import IN_WORK, REFUND, lots_for
from funding.services import commitments
from funding.services.ledger import Move, lock_accounts, open_account, pool, post
from stars.common.money import euro
from stars.common.permissions import actor_or_none


def promised(claim: Claim) -> Decimal:
    """EUR that was promised when the claim was sent, whatever the list says now."""
    decision = Decision.objects.get(reference=f"claim:{claim.pk}", policy=claim.policy_id)
    return euro(next(line["value"] for line in decision.lines if line["criterion"] == REFUND))


def may_have(claim: Claim, amount: Decimal, *, in_turn: bool) -> bool:
    """Whether quota and pool allow `amount` EUR for the claim now.

    `in_turn` says that the claim is the first of its line; anybody else waits behind a line.
    Locks the pool, so that what is counted here stays true until the transaction ends.
    """
    assert claim.policy is not None
    money = pool(claim.policy.scheme.source_id)
    free = lock_accounts([money.pk])[money.pk].balance
    same = Claim.objects.filter(scheme=claim.scheme_id)
    if not in_turn and same.filter(state=ClaimState.WAITING).exists():
        return False
    # Claims paid from people's own lots take nothing of the quota.
    taken = same.filter(state__in=IN_WORK, commitment__lines=None).count()
    quota = Terms.read(claim.policy.terms).refund_quota
    return bool(rules.in_turn([amount], rules.places_left(quota, taken), free))


def hold(claim: Claim, amount: Decimal, *, own_money: bool, actor: Any, at: datetime) -> Commitment:
    """Set `amount` EUR aside: from the pool, or from the person's lots, soonest ending first.

    With `own_money` it is as much of the amount as the lots have; nothing is mixed. Raises
    `InsufficientFunds` where the pool does not have it or the lots have nothing.
    """
    assert claim.policy is not None
    assert claim.what is not None
    source_id = claim.policy.scheme.source_id
    lots = _drawn(claim, amount, at) if own_money else []
    if own_money and not lots:
        raise InsufficientFunds()
    support = sum((part for _grant, part in lots), Decimal(0)) if lots else amount
    key = uuid4()
    place = open_account(kind=AccountKind.COMMITMENT, source_id=source_id, owner_key=str(key))
    commitment = Commitment.objects.create(
        pk=key,
        account_id=claim.account_id,
        source_id=source_id,
        policy=claim.policy,
        ledger_account=place,
        price=support,
        support=support,
        own_part=0,
        held_at=at,
        # What it was for stays readable when the claim gets another commitment.
        evidence={
            "claim": str(claim.pk),
            "name_lv": claim.what.name_lv,
            "name_en": claim.what.name_en,
        },
    )
    CommitmentLine.objects.bulk_create(
        CommitmentLine(commitment=commitment, grant=grant, order=i, amount=part)
        for i, (grant, part) in enumerate(lots)
    )
    moves = [Move(grant.ledger_account_id, place.pk, part) for grant, part in lots]
    post(
        kind=PostingKind.HOLD,
        key=f"hold:{commitment.pk}",
        reference=f"commitment:{commitment.pk}",
        moves=moves or [Move(pool(source_id).pk, place.pk, support)],
        effective_at=at,
        by=actor,
    )
    commitment.log_birth(by=actor_or_none(actor), at=at)
    return commitment


def _drawn(claim: Claim, amount: Decimal, at: datetime) -> list[tuple[Grant, Decimal]]:
    assert claim.policy is not None
    usable = lots_for(claim, claim.policy, at)
    grants = {str(grant.pk): grant for grant in usable}
    # By key, as everywhere; the learning account is locked, so the balances stay.
    list(Grant.objects.filter(pk__in=grants).order_by("pk").select_for_update(no_key=True))
    lots = [Lot(g.ledger_account.balance, g.ends_at, str(g.pk)) for g in grants.values()]
    return [(grants[lot.key], part) for lot, part in draw(lots, amount)]


def give_back(claim: Claim, cause: ReleaseCause, *, actor: Any, at: datetime, note: str) -> None:
    """Release what is held for the claim; nothing where it waits in line."""
    if claim.commitment_id is not None and claim.state == ClaimState.SUBMITTED:
        commitments.release(
            commitment_id=claim.commitment_id, cause=cause, actor=actor, at=at, note=note
        )


def from_own_money(commitment_id: UUID | None) -> bool:
    """Whether the money came from the person's lots."""
    return CommitmentLine.objects.filter(commitment=commitment_id).exists()
