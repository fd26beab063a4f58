"""What the bank says of payments: paid, rejected, sent back, in any order and number (FUN-12)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from funding.enums import AccountKind, PaymentState, PostingKind
from funding.exceptions import ClosedPeriod
from funding.models import Payment
from funding.rules import pain
from funding.services.bank_accounts import current
from funding.services.holds import lock_payment
from funding.services.ledger import Move, open_account, post
from funding.services.payments import end_to_end_id, tell_came_back, tell_paid
from funding.services.periods import closed_until
from stars.common import formats
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


@dataclass(frozen=True)
class _Booking:
    """When what the bank says counts in the books."""

    at: datetime
    closed: datetime | None
    count_today: bool

    @classmethod
    def of(cls, at: datetime, count_today: bool) -> _Booking:
        return cls(at, closed_until(), count_today)

    def refuses(self, day: date) -> bool:
        """Whether the books of `day` are closed, and nobody said that it may count today."""
        return self._is_closed(day) and not self.count_today

    def moment(self, day: date) -> datetime:
        """The bank's day, at the latest now; now where the books of that day are closed."""
        return self.at if self._is_closed(day) else min(start_of_day(day), self.at)

    def _is_closed(self, day: date) -> bool:
        return self.closed is not None and start_of_day(day) < self.closed


def _closed(day: date) -> str:
    """What to do where the books of the bank's day are closed."""
    written = formats.day(day, formats.language(), "genitive", year=True)
    return _now(
        "the books of %(day)s are closed. Tick “Count it today”: the bank's day stays with the"
        " payment, and the money counts in the present month"
    ) % {"day": written}


@service
def read_answer(*, content: bytes, actor: Any, at: datetime, count_today: bool = False) -> Answered:
    """Take over a bank's answer (pain.002 or CSV), the whole of it or nothing.

    Doubled lines, and lines that come in another order than things happened, end in the same
    state (2.7, case 16). Raises `Invalid` for what is no answer, `WrongRows` with a sentence for
    each row that names an unknown payment, one that was never sent, no day or no known status.
    What the bank did in a month whose books are closed is such a row too, unless `count_today`
    lets it count today; its day stays with the payment.
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
    booking = _Booking.of(at, count_today)
    arrived = {one.end_to_end_id for one in statuses if one.outcome == pain.PAID}
    wrong = [
        f"{number}: {why}."
        for number, one in enumerate(statuses, start=1)
        if (why := _wrong(one, known.get(one.end_to_end_id), arrived, booking))
    ]
    if wrong:
        raise WrongRows(wrong)
    done = Answered()
    # What was paid before it came back is booked before it comes back, whatever the order.
    for one in sorted(statuses, key=lambda one: one.outcome != pain.PAID):
        _take(known[one.end_to_end_id], one, done, actor, booking)
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


def _wrong(one: pain.Status, payment: Payment | None, arrived: set[str], booking: _Booking) -> str:
    """Why a row cannot be taken, or ""; `arrived` are the payments that the answer calls paid."""
    if payment is None:
        return _now("no payment has this number")
    if payment.state not in ANSWERED:
        return _now("this payment was not sent")
    if not one.outcome:
        return _now("the status is neither paid nor rejected")
    if one.outcome == pain.WAITING:
        return ""
    if one.day is None or one.day > riga_date(booking.at):
        return _now("the day is missing or lies ahead")
    if _moves_money(one, payment, arrived) and booking.refuses(one.day):
        return _closed(one.day)
    return ""


def _moves_money(one: pain.Status, payment: Payment, arrived: set[str]) -> bool:
    """Whether something will be posted: what is known already, or never left, moves nothing."""
    if one.outcome == pain.PAID:
        return payment.state == PaymentState.SENT
    left = payment.state == PaymentState.PAID or payment.end_to_end_id in arrived
    return left and payment.state != PaymentState.REJECTED


def _take(
    payment: Payment, one: pain.Status, done: Answered, actor: Any, booking: _Booking
) -> None:
    if one.outcome == pain.WAITING:
        done.waiting += 1
        return
    assert one.day is not None
    if one.outcome == pain.PAID and payment.state == PaymentState.SENT:
        _pay(payment, one.day, actor, booking)
        done.paid += 1
    elif one.outcome == pain.REJECTED and payment.state != PaymentState.REJECTED:
        done.replacements.append(_reject(payment, one.day, one.note, actor, booking).pk)
        done.rejected += 1
    else:
        done.known += 1


def _places(payment: Payment) -> tuple[int, int]:
    """(owed, paid) of whoever is paid."""
    paid = open_account(
        kind=AccountKind.PAID,
        source_id=payment.source_id,
        owner_key=payment.payable.owner_key,
    )
    return payment.payable_id, paid.pk


def _pay(payment: Payment, day: date, actor: Any, booking: _Booking) -> None:
    owed, paid = _places(payment)
    payment.posting = post(
        kind=PostingKind.PAY,
        key=f"pay:{payment.pk}",
        reference=payment.reference,
        moves=[Move(owed, paid, payment.amount)],
        effective_at=booking.moment(day),
        by=actor,
    )
    payment.settled_on = day
    payment.move(
        "pay", by=actor_or_none(actor), at=booking.at, also=("posting", "settled_on", "updated_at")
    )
    tell_paid(payment, actor, booking.at)


def _reject(payment: Payment, day: date, note: str, actor: Any, booking: _Booking) -> Payment:
    """Back to what is owed, once; returns the payment that replaces it."""
    if payment.state == PaymentState.PAID:
        owed, paid = _places(payment)
        post(
            kind=PostingKind.RETURN,
            key=f"return:{payment.pk}",
            reference=payment.reference,
            moves=[Move(paid, owed, payment.amount)],
            effective_at=booking.moment(day),
            by=actor,
        )
    by, at = actor_or_none(actor), booking.at
    payment.bank_note = note
    payment.move("reject", by=by, at=at, note=note, also=("bank_note", "updated_at"))
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
def reject_payment(
    *,
    payment_id: UUID,
    day: date,
    note: str,
    actor: Any,
    at: datetime,
    count_today: bool = False,
) -> Payment:
    """The bank says on `day` that a payment did not arrive; returns the one that replaces it.

    `Conflict` where it was rejected already: what comes back comes back once. `ClosedPeriod` where
    the books of `day` are closed and `count_today` does not let it count today.
    """
    payment = lock_payment(payment_id)
    require(actor, "funding.pay", payment)
    if day > riga_date(at):
        raise Invalid(_("The day lies ahead."), code="day", field="day")
    booking = _Booking.of(at, count_today)
    if payment.state == PaymentState.PAID and booking.refuses(day):
        said = _closed(day)
        raise ClosedPeriod(f"{said[0].upper()}{said[1:]}.", field="count_today")
    return _reject(payment, day, note, actor, booking)


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
