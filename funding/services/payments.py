"""Payments: made once for what two people approved, paid once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from funding.enums import PaymentState
from funding.models import Payment
from stars.common.errors import Conflict, Invalid
from stars.common.money import euro
from stars.common.permissions import actor_or_none
from stars.common.transactions import service

# Gets the id behind the reference, the payment, the actor and the moment.
Hearer = Callable[[UUID, Payment, Any, datetime], None]
LIVING = (PaymentState.READY, PaymentState.HELD, PaymentState.SENT, PaymentState.PAID)

# (of what was paid, of what came back)
_hearers: dict[str, tuple[Hearer, Hearer]] = {}


def hear(prefix: str, *, paid: Hearer, came_back: Hearer) -> None:
    """Let one of the two be called in the transaction that hears of a payment `<prefix>:<id>`.

    `paid` once the bank has paid it, `came_back` once the bank did not take it or sent it back.
    Called from `AppConfig.ready`. ValueError where other functions have the prefix.
    """
    if _hearers.setdefault(prefix, (paid, came_back)) != (paid, came_back):
        raise ValueError(f"Two functions want to hear of {prefix}.")


def tell_paid(payment: Payment, actor: Any, at: datetime) -> None:
    """Call whoever waits for this payment, in the caller's transaction."""
    prefix, key = _parts(payment.reference)
    _hearers[prefix][0](key, payment, actor, at)


def tell_came_back(payment: Payment, actor: Any, at: datetime) -> None:
    """The same for money that the bank sent back or never took."""
    prefix, key = _parts(payment.reference)
    _hearers[prefix][1](key, payment, actor, at)


def end_to_end_id(key: UUID) -> str:
    """What the bank knows a payment by: at most 35 letters and figures (ISO 20022, SEPA)."""
    return f"ST{key.hex}".upper()


def _parts(reference: str) -> tuple[str, UUID]:
    """("claim", id) of "claim:<id>"; LookupError where nobody would hear that it was paid."""
    prefix, _colon, key = reference.partition(":")
    if prefix not in _hearers:
        raise LookupError(f"Nobody hears when {reference} is paid; see hear().")
    return prefix, UUID(key)


@service
def create_payment(
    *,
    source_id: UUID,
    reference: str,
    payable_id: int,
    amount: Decimal,
    bank_account_id: UUID,
    actor: Any,
    at: datetime,
) -> Payment:
    """Make the payment of `amount` EUR for what `reference` names, ready for the next file.

    For services that have locked and approved what is paid. `payable_id` is the ledger account
    that owes it. The same once more returns the payment that lives; `Conflict` where that one
    has another amount or account, `Invalid` for an amount that is not positive.
    """
    _parts(reference)
    if euro(amount) <= 0:
        raise Invalid(_("There is nothing to pay."), code="amount", field="amount")
    key = uuid4()
    try:
        with transaction.atomic():
            payment = Payment.objects.create(
                pk=key,
                source_id=source_id,
                reference=reference,
                payable_id=payable_id,
                amount=amount,
                bank_account_id=bank_account_id,
                end_to_end_id=end_to_end_id(key),
            )
    except IntegrityError as error:
        if "one_living_payment" not in str(error):
            raise
        payment = Payment.objects.get(reference=reference, state__in=LIVING)
        if (payment.amount, payment.bank_account_id) != (amount, bank_account_id):
            raise Conflict(_("This is being paid already."), code="being_paid") from error
        return payment
    payment.log_birth(by=actor_or_none(actor), at=at)
    return payment
