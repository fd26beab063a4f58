"""Own parts: they go straight to the provider, who records that they were paid (FUN-9, rule 9).

Nothing here moves money of the ledger; but where the policy wants the own part proved, money of a
commitment is not owed to the provider before every payer's share is recorded.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import IO, Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from funding.enums import CommitmentState
from funding.files_co_payments import CO_PAYMENT
from funding.models import Commitment, CoPayment, FundingLog
from funding.rules.terms import Terms
from learning_accounts.models import LearningAccount
from stars.common.dates import riga_date
from stars.common.errors import Conflict, DomainError, Invalid
from stars.common.permissions import actor_or_none, require
from stars.common.transactions import service
from stars.files import services as files

PROOF_LETTERS = 60
_OVER = (CommitmentState.RELEASED, CommitmentState.FORFEITED)


class OwnPartMissing(DomainError):
    """The policy wants the own part proved, and nobody has recorded that it was paid."""

    status = 409
    code = "own_part"

    def __init__(self) -> None:
        super().__init__(
            _(
                "The own part is not recorded as paid. The provider has to record it first;"
                " then the completion can be confirmed."
            )
        )


def lock_commitments(co_payment_ids: list[UUID]) -> dict[UUID, CoPayment]:
    """Rows with their commitments, all locked in the written order (docs/locking.md), by id."""
    ids = CoPayment.objects.filter(pk__in=co_payment_ids).values_list(
        "commitment_id", "commitment__account_id"
    )
    commitment_ids = {commitment_id for commitment_id, _account_id in ids}
    accounts = LearningAccount.objects.select_for_update(no_key=True).order_by("pk")
    list(accounts.filter(pk__in={account_id for _commitment_id, account_id in ids}))
    held = {
        made.pk: made
        for made in Commitment.objects.select_for_update(no_key=True, of=("self",))
        .select_related("offer__version__programme__provider", "account__person", "policy")
        .filter(pk__in=commitment_ids)
        .order_by("pk")
    }
    rows = CoPayment.objects.filter(pk__in=co_payment_ids).order_by("pk")
    found = {row.pk: row for row in rows}
    for row in found.values():
        row.commitment = held[row.commitment_id]
    return found


@service
def record_paid(
    *,
    co_payment_id: UUID,
    paid_on: date,
    proof: str,
    actor: Any,
    at: datetime,
    file_name: str = "",
    file: IO[bytes] | None = None,
    more: Sequence[tuple[str, IO[bytes]]] = (),
) -> CoPayment:
    """Record that one payer's share was paid on the day `paid_on` (Riga).

    `proof` is the number of the payment order or invoice; `file` (PDF, PNG, JPEG) may be kept with
    it, and `more` of them by name: all or none. Saying the same again changes nothing. Raises
    `Invalid` for a day that is ahead or before the money was held, `Conflict` where another day or
    proof stands there already (then `correct`) or where the application is over.
    """
    row = lock_commitments([co_payment_id])[co_payment_id]
    require(actor, "funding.record_co_payment", row.commitment)
    proof = check(row, paid_on=paid_on, proof=proof, at=at)
    if row.paid_on is not None and (row.paid_on, row.proof) != (paid_on, proof):
        raise Conflict(
            _("This is recorded already. To change it, correct it and say why."), code="recorded"
        )
    if row.paid_on is None:
        write(row, paid_on=paid_on, proof=proof, what="record", actor=actor, at=at)
    for name, content in [*([(file_name, file)] if file is not None else []), *more]:
        files.store(
            actor=actor, owner_kind=CO_PAYMENT, owner_id=row.pk, name=name, content=content, at=at
        )
    return row


@service
def correct(
    *, co_payment_id: UUID, paid_on: date | None, proof: str, reason: str, actor: Any, at: datetime
) -> CoPayment:
    """Put right what was recorded, with the reason; `paid_on` None: it was not paid after all.

    That it was not paid can be said only as long as the support is not owed where the policy wants
    the own part proved (`Conflict`).
    """
    row = lock_commitments([co_payment_id])[co_payment_id]
    require(actor, "funding.record_co_payment", row.commitment)
    if row.paid_on is None:
        raise Conflict(_("There is nothing to correct: it is not recorded."), code="not_recorded")
    if not reason.strip():
        raise Invalid(_("Write why you change it."), code="reason", field="reason")
    if paid_on is None:
        proof = ""
        if must_be_proved(row.commitment) and row.commitment.captured_at is not None:
            raise Conflict(
                _("The support is owed already, and it asks for the own part. Ask the agency."),
                code="captured",
            )
    else:
        proof = check(row, paid_on=paid_on, proof=proof, at=at)
    write(row, paid_on=paid_on, proof=proof, what="correct", actor=actor, at=at, note=reason)
    return row


def check(row: CoPayment, *, paid_on: date, proof: str, at: datetime) -> str:
    """Whether a locked row's share can have been paid on this day; returns the proof, trimmed."""
    commitment = row.commitment
    if commitment.state in _OVER:
        raise Conflict(_("This application is over. Nothing is paid for it."), code="over")
    if paid_on > riga_date(at):
        raise Invalid(_("This day is still ahead."), code="paid_on", field="paid_on")
    if paid_on < riga_date(commitment.held_at):
        raise Invalid(
            _("This day is before the application was sent."), code="paid_on", field="paid_on"
        )
    proof = " ".join(proof.split())
    if not proof or len(proof) > PROOF_LETTERS or not proof.isprintable():
        raise Invalid(
            _("Write the number of the payment order or invoice, at most 60 characters."),
            code="proof",
            field="proof",
        )
    return proof


def write(
    row: CoPayment,
    *,
    paid_on: date | None,
    proof: str,
    what: str,
    actor: Any,
    at: datetime,
    note: str = "",
) -> None:
    """Change a locked row that was checked, with its line in the log."""
    before, after = ("paid" if day else "open" for day in (row.paid_on, paid_on))
    row.paid_on, row.proof = paid_on, proof
    row.recorded_by, row.recorded_at = actor_or_none(actor), at
    row.save(update_fields=["paid_on", "proof", "recorded_by", "recorded_at", "updated_at"])
    FundingLog.objects.create(
        object_type="copayment",
        object_id=row.pk,
        transition=what,
        from_state=before,
        to_state=after,
        by=actor_or_none(actor),
        at=at,
        note=note.strip(),
    )


def must_be_proved(commitment: Commitment) -> bool:
    """Whether the policy under which the money was promised wants the own part proved (rule 9)."""
    return Terms.read(commitment.policy.terms).own_part_proved_before_start


def require_proved(commitment: Commitment) -> None:
    """Raise `OwnPartMissing` where the policy wants the own part proved and it is not.

    The caller holds the commitment's lock, which every recording takes too.
    """
    if must_be_proved(commitment) and unpaid(commitment).exists():
        raise OwnPartMissing()


def unpaid(commitment: Commitment) -> QuerySet[CoPayment]:
    """Shares of the own part that nobody has recorded as paid."""
    return commitment.co_payments.filter(paid_on__isnull=True)
