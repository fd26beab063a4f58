"""Payment on hold is a state of money: owed, but in no statement and in no file (FUN-12)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from catalogue.models import Provider
from funding.enums import AccountKind, CommitmentState, ListState, PaymentState, PostingKind
from funding.models import Commitment, FundingLog, Payment, PaymentFile, StatementLine
from funding.services.ledger import Move, open_account, post
from stars.common.errors import Conflict, Invalid
from stars.common.money import ZERO
from stars.common.permissions import actor_or_none, require
from stars.common.transactions import service

OPEN = (ListState.DRAFT, ListState.WAITING)
# Of a file that was not thrown away.
IN_FILE = ("waiting", "approved")


def lock_provider(provider_id: UUID) -> Provider:
    """Everything about what one provider is owed goes one at a time (docs/locking.md)."""
    return Provider.objects.select_for_update(no_key=True).get(pk=provider_id)


def lock_owed(commitment_id: UUID) -> Commitment:
    """A commitment of an application with its provider's lock held; `Invalid` for a claim's."""
    provider_id = (
        Commitment.objects.filter(pk=commitment_id)
        .values_list("offer__version__programme__provider_id", flat=True)
        .get()
    )
    if provider_id is None:
        raise Invalid(_("Nobody but the person is owed this."), code="claim")
    lock_provider(provider_id)
    return (
        Commitment.objects.select_for_update(no_key=True, of=("self",))
        .select_related("offer__version__programme", "source")
        .get(pk=commitment_id)
    )


def unsettled(commitment: Commitment) -> Decimal:
    """EUR owed for a captured commitment that stand in no statement: rest and stages."""
    settled = commitment.statement_lines.filter(counts=True).exclude(kind="difference")
    return commitment.support - (settled.aggregate(sum=Sum("amount"))["sum"] or ZERO)


def _reason(note: str) -> str:
    if not note.strip():
        raise Invalid(_("Write why. It stays with the money."), code="reason", field="note")
    return note.strip()


def _move(row: Commitment | Payment, kind: str, amount: Decimal, actor: Any, at: datetime) -> None:
    """Between owed and on hold, under a key of its own for each time."""
    transition = "hold_payment" if isinstance(row, Commitment) else "hold"
    times = FundingLog.objects.filter(object_id=row.pk, transition=transition).count()
    if isinstance(row, Commitment):
        owner = str(row.offer.version.programme.provider_id) if row.offer else ""
    else:
        owner = row.payable.owner_key
    owed = open_account(kind=AccountKind.PAYABLE, source_id=row.source_id, owner_key=owner)
    held = open_account(kind=AccountKind.PAYABLE_HELD, source_id=row.source_id, owner_key=owner)
    common: dict[str, Any] = {
        "reference": f"{row._meta.model_name}:{row.pk}",
        "effective_at": at,
        "by": actor,
    }
    if kind == PostingKind.HOLD_PAYMENT:
        post(
            kind=kind,
            key=f"hold_payment:{row.pk}:{times}",
            moves=[Move(owed.pk, held.pk, amount)],
            **common,
        )
    else:
        post(
            kind=kind,
            key=f"free_payment:{row.pk}:{times}",
            moves=[Move(held.pk, owed.pk, amount)],
            **common,
        )


def _hold(commitment: Commitment, note: str, actor: Any, at: datetime) -> None:
    commitment.move("hold_payment", by=actor_or_none(actor), at=at, note=note, also=("updated_at",))
    _move(commitment, PostingKind.HOLD_PAYMENT, unsettled(commitment), actor, at)


@service
def hold_payment(*, commitment_id: UUID, note: str, actor: Any, at: datetime) -> Commitment:
    """Put what is owed for one person's training on hold, because of `note`.

    Only before it stands in a statement: `Conflict` where it stands in an open one (which then has
    to be cancelled first) or was settled (what is paid is put right by a correction).
    """
    reason = _reason(note)
    commitment = lock_owed(commitment_id)
    require(actor, "funding.settle", commitment)
    _refuse_open([commitment.pk])
    _hold(commitment, reason, actor, at)
    return commitment


def _refuse_open(keys: Iterable[UUID]) -> None:
    lines = StatementLine.objects.filter(
        commitment__in=keys, counts=True, statement__state__in=OPEN
    )
    if lines.exists():
        raise Conflict(
            _("It stands in a statement that is not approved yet. Cancel that one first."),
            code="in_statement",
        )


@service
def release_payment(*, commitment_id: UUID, note: str, actor: Any, at: datetime) -> Commitment:
    """Take the hold away again; it then comes into the next statement."""
    reason = _reason(note)
    commitment = lock_owed(commitment_id)
    require(actor, "funding.settle", commitment)
    commitment.move(
        "release_payment", by=actor_or_none(actor), at=at, note=reason, also=("updated_at",)
    )
    _move(commitment, PostingKind.FREE_PAYMENT, unsettled(commitment), actor, at)
    return commitment


def lock_payment(payment_id: UUID) -> Payment:
    """A payment, locked; payments are locked by key."""
    return (
        Payment.objects.select_for_update(no_key=True, of=("self",))
        .select_related("payable", "bank_account")
        .get(pk=payment_id)
    )


def _in_file(payment: Payment) -> bool:
    """Whether a file of it lives. Asked anew: a row joined to one that was waited for is old."""
    key = payment.file_id
    return key is not None and PaymentFile.objects.filter(pk=key, state__in=IN_FILE).exists()


def _hold_money(payment: Payment, note: str, actor: Any, at: datetime) -> None:
    if _in_file(payment):
        raise Conflict(_("The payment stands in a file. Cancel the file first."), code="in_file")
    payment.move("hold", by=actor_or_none(actor), at=at, note=note, also=("updated_at",))
    _move(payment, PostingKind.HOLD_PAYMENT, payment.amount, actor, at)


@service
def hold_one_payment(*, payment_id: UUID, note: str, actor: Any, at: datetime) -> Payment:
    """Put a payment on hold that is not in a file yet, because of `note`."""
    reason = _reason(note)
    payment = lock_payment(payment_id)
    require(actor, "funding.settle", payment)
    _hold_money(payment, reason, actor, at)
    return payment


@service
def free_one_payment(*, payment_id: UUID, note: str, actor: Any, at: datetime) -> Payment:
    """Let a payment on hold go into the next file."""
    reason = _reason(note)
    payment = lock_payment(payment_id)
    require(actor, "funding.settle", payment)
    payment.move("free", by=actor_or_none(actor), at=at, note=reason, also=("updated_at",))
    _move(payment, PostingKind.FREE_PAYMENT, payment.amount, actor, at)
    return payment


@service
def hold_provider(*, provider_id: UUID, note: str, actor: Any, at: datetime) -> int:
    """A provider is suspended: what it is owed is held, not lost (2.7, case 20).

    Holds every training that is owed and in no statement, and every payment in no file. Returns
    how many. `Conflict` where a statement of the provider is open: decide about that one first.
    """
    reason = _reason(note)
    provider = lock_provider(provider_id)
    require(actor, "funding.settle", provider)
    if provider.statements.filter(state__in=OPEN).exists():
        raise Conflict(
            _("A statement of this provider is not decided yet. Cancel or approve it first."),
            code="in_statement",
        )
    # Payments before commitments (docs/locking.md).
    count = 0
    for payment in _payments(provider, PaymentState.READY):
        if not _in_file(payment):
            _hold_money(payment, reason, actor, at)
            count += 1
    for commitment in _commitments(provider, CommitmentState.CAPTURED):
        _hold(commitment, reason, actor, at)
        count += 1
    return count


@service
def release_provider(*, provider_id: UUID, note: str, actor: Any, at: datetime) -> int:
    """The other way: what `hold_provider` held can be paid again. Returns how many.

    What was held for another reason is freed as well; hold it again where that reason stands.
    """
    reason = _reason(note)
    provider = lock_provider(provider_id)
    require(actor, "funding.settle", provider)
    count = 0
    for payment in _payments(provider, PaymentState.HELD):
        payment.move("free", by=actor_or_none(actor), at=at, note=reason, also=("updated_at",))
        _move(payment, PostingKind.FREE_PAYMENT, payment.amount, actor, at)
        count += 1
    for commitment in _commitments(provider, CommitmentState.PAYABLE_HELD):
        commitment.move(
            "release_payment", by=actor_or_none(actor), at=at, note=reason, also=("updated_at",)
        )
        _move(commitment, PostingKind.FREE_PAYMENT, unsettled(commitment), actor, at)
        count += 1
    return count


def _commitments(provider: Provider, state: str) -> list[Commitment]:
    rows = Commitment.objects.select_for_update(no_key=True, of=("self",)).filter(
        state=state, offer__version__programme__provider=provider
    )
    return list(rows.select_related("offer__version__programme", "source").order_by("pk"))


def _payments(provider: Provider, state: str) -> list[Payment]:
    rows = Payment.objects.select_for_update(no_key=True, of=("self",)).filter(
        state=state, payable__owner_key=str(provider.pk), payable__kind=AccountKind.PAYABLE
    )
    return list(rows.select_related("payable", "bank_account").order_by("pk"))
