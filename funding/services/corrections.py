"""Differences that stand in a later statement, and prices that became lower (2.7: 12, 18)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from funding.enums import LIVE_GRANTS, CommitmentState, PostingKind
from funding.exceptions import Frozen
from funding.models import Commitment, Correction, FundingLog
from funding.rules.settlement import after_lower_price, given_back
from funding.services.commitments import held_rest, lock_commitment, lock_lines
from funding.services.holds import lock_owed
from funding.services.ledger import Move, pool, post
from stars.common.errors import Conflict, Invalid
from stars.common.money import ZERO, euro
from stars.common.permissions import actor_or_none, require
from stars.common.transactions import service


def corrected(commitment: Commitment) -> Decimal:
    """The sum of all differences so far, in EUR."""
    return commitment.corrections.aggregate(sum=Sum("amount"))["sum"] or ZERO


@service
def correct(
    *,
    commitment_id: UUID,
    amount: Decimal,
    reason: str,
    actor: Any,
    at: datetime,
    evidence: dict[str, Any] | None = None,
) -> Correction:
    """Record a difference of `amount` EUR (negative: too much was owed) for a later statement.

    `evidence` shows it, for example hours before and after. All differences together never take
    more than was owed and never add to it (`Conflict`): over-refunds are refused (2.7, case 24).
    Earlier statements stay as they are.
    """
    if not reason.strip():
        raise Invalid(_("Write why. It stands in the statement."), code="reason", field="reason")
    amount = euro(amount)
    if not amount:
        raise Invalid(_("A correction is not zero."), code="amount", field="amount")
    commitment = lock_owed(commitment_id)
    require(actor, "funding.settle", commitment)
    if commitment.captured_at is None:
        raise Conflict(_("Nothing is owed for this training yet."), code="not_owed")
    if not -commitment.support <= corrected(commitment) + amount <= 0:
        raise Conflict(
            _("All corrections together would take more than was owed, or add to it."),
            code="too_much",
            field="amount",
        )
    return Correction.objects.create(
        commitment=commitment,
        amount=amount,
        reason=reason.strip(),
        evidence=evidence or {},
        by=actor_or_none(actor),
        at=at,
    )


@service
def lower_price(
    *, commitment_id: UUID, price: Decimal, reason: str, actor: Any, at: datetime
) -> Commitment:
    """The provider asks for less than was agreed: the difference goes back to the same lots.

    Only while the money is held and no stage is owed; `Invalid` (field "price") for a price that
    is not lower. An own part that was paid cannot shrink here: `Conflict`, the provider pays that
    back itself.
    """
    if not reason.strip():
        raise Invalid(_("Write why."), code="reason", field="reason")
    price = euro(price)
    commitment = lock_commitment(commitment_id)
    require(actor, "funding.lower_price", commitment)
    if commitment.state != CommitmentState.HELD or held_rest(commitment) != commitment.support:
        raise Conflict(_("Something is owed for this training already."), code="owed")
    if commitment.frozen_at is not None:
        raise Frozen()
    if not ZERO < price < commitment.price:
        raise Invalid(
            _("The price can only become lower, and not nothing."), code="price", field="price"
        )
    lines = lock_lines(commitment)
    support = after_lower_price(commitment.price, commitment.support, price, bool(lines))
    note = f"{commitment.price} → {price} EUR: {reason.strip()}"
    if support < commitment.support:
        _give_back(commitment, commitment.support - support, lines, price, actor, at)
    _shrink_own_part(commitment, price - support)
    commitment.price, commitment.support = price, support
    commitment.own_part = price - support
    commitment.save(update_fields=["price", "support", "own_part", "updated_at"])
    FundingLog.objects.create(
        object_type="commitment",
        object_id=commitment.pk,
        transition="lower_price",
        from_state=commitment.state,
        to_state=commitment.state,
        by=actor_or_none(actor),
        at=at,
        note=note,
    )
    return commitment


def _give_back(
    commitment: Commitment,
    amount: Decimal,
    lines: list[Any],
    price: Decimal,
    actor: Any,
    at: datetime,
) -> None:
    place, end = commitment.ledger_account_id, pool(commitment.source_id).pk
    if lines:
        backs = given_back([line.amount for line in lines], amount)
        # A lot that has ended cannot be used any more: its part goes to the pool.
        moves = [
            Move(
                place,
                line.grant.ledger_account_id if line.grant.state in LIVE_GRANTS else end,
                back,
            )
            for line, back in zip(lines, backs, strict=True)
            if back
        ]
    else:
        moves = [Move(place, end, amount)]
    post(
        kind=PostingKind.ADJUST,
        key=f"adjust:{commitment.pk}:{price}",
        reference=f"commitment:{commitment.pk}",
        moves=moves,
        effective_at=at,
        by=actor,
    )


def _shrink_own_part(commitment: Commitment, own_part: Decimal) -> None:
    less = commitment.own_part - own_part
    for row in commitment.co_payments.filter(paid_on__isnull=True).order_by("-amount", "pk"):
        taken = min(row.amount, less)
        less -= taken
        if taken == row.amount:
            row.delete()
        elif taken:
            row.amount -= taken
            row.save(update_fields=["amount", "updated_at"])
    if less:
        raise Conflict(
            _("The own part is paid already. The provider gives it back first."), code="paid"
        )
