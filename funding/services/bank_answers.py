"""What the bank says of payments: paid, rejected, sent back, in any order and number (FUN-12)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from funding.enums import AccountKind, PaymentState, PostingKind
from funding.models import Payment
from funding.rules import pain
from funding.services.bank_accounts import current
from funding.services.holds import lock_payment
from funding.services.ledger import Move, open_account, post
from funding.services.payments import end_to_end_id, tell_came_back, tell_paid
from stars.common.dates import riga_date, start_of_day
from stars.common.errors import Conflict, Invalid
from stars.common.permissions import actor_or_none, require
from stars.common.transactions import service

# Only what was handed to the bank can be answered.
ANSWERED = (PaymentState.SENT, PaymentState.PAID, PaymentState.REJECTED)


class WrongRows(Invalid):
    """Some rows of an answer cannot be taken, so none was; `rows` says which and why."""

    code = "rows"

    def __init__(self, rows: list[str]) -> None:
        super().__init__(
            _("Nothing was taken over. Put these right: %(rows)s") % {"rows": " ".join(rows)},
            field="file",
        )
        self.rows = rows


@dataclass
class Answered:
    """What one answer changed, in payments; `known` were in that state already."""

    paid: int = 0
    rejected: int = 0
    known: int = 0
    waiting: int = 0
    replacements: list[UUID] = field(default_factory=list)


@service
def read_answer(*, content: bytes, actor: Any, at: datetime) -> Answered:
    """Take over a bank's answer (pain.002 or CSV), the whole of it or nothing.

    Doubled lines, and lines that come in another order than things happened, end in the same
    state (2.7, case 16). Raises `Invalid` for what is no answer, `WrongRows` with a sentence for
    each row that names an unknown payment, one that was never sent, no day or no known status.
    """
    require(actor, "funding.pay", None)
    statuses = pain.read(content)
    if any(not one.end_to_end_id for one in statuses):
        statuses = _each(statuses)
    keys = {one.end_to_end_id for one in statuses}
    rows = Payment.objects.select_for_update(no_key=True, of=("self",)).filter(
        end_to_end_id__in=keys
    )
    known = {
        one.end_to_end_id: one
        for one in rows.select_related("payable", "bank_account").order_by("pk")
    }
    wrong = [
        f"{number}: {why}."
        for number, one in enumerate(statuses, start=1)
        if (why := _wrong(one, known.get(one.end_to_end_id), at))
    ]
    if wrong:
        raise WrongRows(wrong)
    done = Answered()
    # What was paid before it came back is booked before it comes back, whatever the order.
    for one in sorted(statuses, key=lambda one: one.outcome != pain.PAID):
        _take(known[one.end_to_end_id], one, done, actor, at)
    return done


def _each(statuses: list[pain.Status]) -> list[pain.Status]:
    """An answer about a whole file is one about each of its payments."""
    made: list[pain.Status] = []
    for one in statuses:
        if one.end_to_end_id:
            made.append(one)
            continue
        keys = Payment.objects.filter(file__message_id=one.message_id).order_by("pk")
        made += [
            pain.Status(key, one.message_id, one.outcome, one.day, one.note)
            for key in keys.values_list("end_to_end_id", flat=True)
        ] or [pain.Status(one.message_id or "-", "", one.outcome, one.day, one.note)]
    return made


def _wrong(one: pain.Status, payment: Payment | None, at: datetime) -> str:
    if payment is None:
        return _now("no payment has this number")
    if payment.state not in ANSWERED:
        return _now("this payment was not sent")
    if not one.outcome:
        return _now("the status is neither paid nor rejected")
    if one.outcome != pain.WAITING and (one.day is None or one.day > riga_date(at)):
        return _now("the day is missing or lies ahead")
    return ""


def _take(payment: Payment, one: pain.Status, done: Answered, actor: Any, at: datetime) -> None:
    if one.outcome == pain.WAITING:
        done.waiting += 1
        return
    assert one.day is not None
    if one.outcome == pain.PAID and payment.state == PaymentState.SENT:
        _pay(payment, one.day, actor, at)
        done.paid += 1
    elif one.outcome == pain.REJECTED and payment.state != PaymentState.REJECTED:
        done.replacements.append(_reject(payment, one.day, one.note, actor, at).pk)
        done.rejected += 1
    else:
        done.known += 1


def _moment(day: date, at: datetime) -> datetime:
    """When it counts: the bank's day, at the latest now."""
    return min(start_of_day(day), at)


def _places(payment: Payment) -> tuple[int, int]:
    """(owed, paid) of whoever is paid."""
    paid = open_account(
        kind=AccountKind.PAID,
        source_id=payment.source_id,
        owner_key=payment.payable.owner_key,
    )
    return payment.payable_id, paid.pk


def _pay(payment: Payment, day: date, actor: Any, at: datetime) -> None:
    owed, paid = _places(payment)
    payment.posting = post(
        kind=PostingKind.PAY,
        key=f"pay:{payment.pk}",
        reference=payment.reference,
        moves=[Move(owed, paid, payment.amount)],
        effective_at=_moment(day, at),
        by=actor,
    )
    payment.settled_on = day
    payment.move(
        "pay", by=actor_or_none(actor), at=at, also=("posting", "settled_on", "updated_at")
    )
    tell_paid(payment, actor, at)


def _reject(payment: Payment, day: date, note: str, actor: Any, at: datetime) -> Payment:
    """Back to what is owed, once; returns the payment that replaces it."""
    if payment.state == PaymentState.PAID:
        owed, paid = _places(payment)
        post(
            kind=PostingKind.RETURN,
            key=f"return:{payment.pk}",
            reference=payment.reference,
            moves=[Move(paid, owed, payment.amount)],
            effective_at=_moment(day, at),
            by=actor,
        )
    payment.bank_note = note
    payment.move(
        "reject", by=actor_or_none(actor), at=at, note=note, also=("bank_note", "updated_at")
    )
    tell_came_back(payment, actor, at)
    return _replace(payment, payment.bank_account_id, actor, at)


def _replace(payment: Payment, bank_account_id: UUID, actor: Any, at: datetime) -> Payment:
    key = uuid4()
    made = Payment.objects.create(
        pk=key,
        source_id=payment.source_id,
        reference=payment.reference,
        payable_id=payment.payable_id,
        amount=payment.amount,
        bank_account_id=bank_account_id,
        end_to_end_id=end_to_end_id(key),
        replaces=payment,
    )
    made.log_birth(by=actor_or_none(actor), at=at)
    return made


@service
def reject_payment(*, payment_id: UUID, day: date, note: str, actor: Any, at: datetime) -> Payment:
    """The bank says on `day` that a payment did not arrive; returns the one that replaces it.

    `Conflict` where it was rejected already: what comes back comes back once.
    """
    payment = lock_payment(payment_id)
    require(actor, "funding.pay", payment)
    if day > riga_date(at):
        raise Invalid(_("The day lies ahead."), code="day", field="day")
    return _reject(payment, day, note, actor, at)


@service
def redirect_payment(*, payment_id: UUID, actor: Any, at: datetime) -> Payment:
    """Pay to the account number that holds now; the old payment is cancelled.

    The new number is approved with the file it goes into, by a second person. `Conflict` where
    the number has not changed, or the payment is in a file or not ready.
    """
    payment = lock_payment(payment_id)
    require(actor, "funding.pay", payment)
    account = payment.bank_account
    holds = current(organisation_id=account.organisation_id, account_id=account.account_id)
    if holds is None or holds.pk == account.pk:
        raise Conflict(_("The account number has not changed."), code="same_account")
    if payment.file_id or payment.state != PaymentState.READY:
        raise Conflict(_("The payment stands in a file or is on hold."), code="in_file")
    payment.move("cancel", by=actor_or_none(actor), at=at, also=("updated_at",))
    return _replace(payment, holds.pk, actor, at)
