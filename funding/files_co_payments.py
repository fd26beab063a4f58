"""Whose files are kept with money: proofs of payment."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import rules

from funding.models import Commitment
from stars.files import owners

CO_PAYMENT = "co_payment"


def _commitment(co_payment_id: UUID) -> Commitment | None:
    return (
        Commitment.objects.filter(co_payments=co_payment_id)
        .select_related("account__person", "offer__version__programme__provider")
        .first()
    )


def _may_record(actor: Any, co_payment_id: UUID) -> bool:
    commitment = _commitment(co_payment_id)
    return commitment is not None and bool(
        rules.has_perm("funding.record_co_payment", actor, commitment)
    )


def _may_see(actor: Any, co_payment_id: UUID) -> bool:
    commitment = _commitment(co_payment_id)
    return commitment is not None and bool(
        rules.has_perm("funding.view_co_payment", actor, commitment)
    )


def _whose(actor: Any, co_payment_id: UUID) -> UUID | None:
    commitment = _commitment(co_payment_id)
    if commitment is None or commitment.account.person.user_id == actor.pk:
        return None
    return commitment.account.person_id


def register() -> None:
    """Called once, when the app is ready."""
    owners.register(
        owners.OwnerKind(CO_PAYMENT, _may_see, _may_record, _whose, "checking_own_part")
    )
