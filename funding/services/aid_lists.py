"""Payment lists of monthly aid: made from counted months, approved by two people, paid (FUN-11)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from funding import messages_aid as messages
from funding.enums import AccountKind, ListState, PaymentState, PostingKind
from funding.models import AidList, AidListApproval, AidMonth, BankAccount, FundingSource, Payment
from funding.rules.aid import fits_in_list
from funding.selectors_aid import waiting_months
from funding.services import bank_accounts, payments
from funding.services.ledger import Move, open_account, pool, post
from stars.common.approvals import content_hash, decide
from stars.common.dates import add_months, riga_date
from stars.common.errors import Conflict, Invalid
from stars.common.money import ZERO
from stars.common.permissions import actor_or_none, require
from stars.common.transactions import service


@service
def make_list(*, source_id: UUID, month: date, actor: Any, at: datetime) -> AidList:
    """Make a draft list of a source with every month up to `month` (its first day) not yet listed.

    Differences of earlier months stand in it too. What is owed back by somebody whose months do
    not make up for it waits. Raises `Invalid` for a month that is not over, `Conflict` where
    nothing waits.
    """
    require(actor, "funding.make_aid_list", None)
    if month.day != 1 or add_months(month, 1) > riga_date(at):
        raise Invalid(_("This month is not over yet."), code="month", field="month")
    source = FundingSource.objects.get(pk=source_id)
    rows = waiting_months(source_id, month).order_by("pk")
    # Of two lists made at once the second waits here and finds the rows taken.
    by_request: dict[UUID, list[AidMonth]] = defaultdict(list)
    for row in rows.select_for_update(no_key=True, of=("self",)):
        by_request[row.request_id].append(row)
    fitting = [
        row
        for months in by_request.values()
        if fits_in_list(row.amount for row in months)
        for row in months
    ]
    if not fitting:
        raise Conflict(_("No month waits for a list."), code="nothing")
    made = AidList.objects.filter(source=source, month=month).count()
    this = AidList.objects.create(
        source=source,
        month=month,
        number=f"{source.code}-{month:%Y-%m}-{made + 1}".upper(),
        total=sum((row.amount for row in fitting), ZERO),
    )
    AidMonth.objects.filter(pk__in=[row.pk for row in fitting]).update(aid_list=this)
    this.log_birth(by=actor_or_none(actor), at=at)
    return this


@service
def cancel(*, list_id: UUID, actor: Any, at: datetime, note: str = "") -> AidList:
    """Throw a draft away; its months wait for another list."""
    require(actor, "funding.make_aid_list", None)
    this = _lock(list_id)
    this.move("cancel", by=actor_or_none(actor), at=at, note=note)
    listed = AidMonth.objects.filter(aid_list=this).order_by("pk").select_for_update(no_key=True)
    for request_id, month in {(row.request_id, row.month) for row in listed}:
        _take_out(this, request_id, month)
    return this


def _take_out(this: AidList, request_id: UUID, month: date) -> None:
    """A month leaves a draft: what was put right meanwhile becomes one row with it."""
    loose = Q(aid_list=this) | Q(aid_list__isnull=True)
    rows = list(
        AidMonth.objects.filter(loose, request=request_id, month=month)
        .order_by(F("corrects").asc(nulls_first=True), "created_at", "pk")
        .select_for_update(no_key=True)
    )
    kept, newest = rows[0], rows[-1]
    for row in rows[1:]:
        kept.amount += row.amount
        row.delete()
    kept.hours_held, kept.hours_attended = newest.hours_held, newest.hours_attended
    kept.aid_list = None
    kept.save(update_fields=["amount", "hours_held", "hours_attended", "aid_list", "updated_at"])


@service
def put_forward(*, list_id: UUID, actor: Any, at: datetime) -> AidListApproval:
    """Ask a second person to approve the list as it is, with the bank accounts of today."""
    require(actor, "funding.make_aid_list", None)
    this = _lock(list_id)
    approval = AidListApproval.objects.create(
        aid_list=this,
        subject_hash=content_hash(_content(this)),
        requested_by=actor,
        requested_at=at,
    )
    this.move("put_forward", by=actor_or_none(actor), at=at)
    return approval


@service
def second(
    *, approval_id: UUID, approved: bool, actor: Any, at: datetime, note: str = ""
) -> AidListApproval:
    """The second person's decision. Yes makes the money owed and the payments ready.

    No, or a list whose bank accounts changed meanwhile, goes back to the draft (`Conflict` for
    the latter: put it forward again). `InsufficientFunds` where the source does not hold it.
    """
    require(actor, "funding.make_aid_list", None)
    list_id = AidListApproval.objects.values_list("aid_list_id", flat=True).get(pk=approval_id)
    this = _lock(list_id)
    approval = AidListApproval.objects.select_for_update(of=("self",)).get(pk=approval_id)
    decide(approval, content=_content(this), approved=approved, actor=actor, at=at, note=note)
    if not approved:
        this.move("send_back", by=actor_or_none(actor), at=at, note=note)
        return approval
    this.move("approve", by=actor_or_none(actor), at=at, note=note)
    for row, amount in _payees(_rows(this)):
        _owe(this, row, amount, actor, at)
    if not this.total:
        this.move("pay", by=actor_or_none(actor), at=at)
    return approval


def _owe(this: AidList, row: AidMonth, amount: Decimal, actor: Any, at: datetime) -> None:
    """Pool → owed to one person, and the payment of it."""
    place = open_account(
        kind=AccountKind.PAYABLE, source_id=this.source_id, owner_key=f"aid:{row.pk}"
    )
    row.payable = place
    row.save(update_fields=["payable", "updated_at"])
    post(
        kind=PostingKind.STIPEND,
        key=f"stipend:{row.pk}",
        reference=f"aid_month:{row.pk}",
        moves=[Move(pool(this.source_id).pk, place.pk, amount)],
        effective_at=at,
        by=actor,
    )
    payments.create_payment(
        source_id=this.source_id,
        reference=f"aid_month:{row.pk}",
        payable_id=place.pk,
        amount=amount,
        bank_account_id=_bank(row).pk,
        actor=actor,
        at=at,
    )


@service
def mark_paid(*, month_id: UUID, actor: Any, at: datetime) -> AidList:
    """The bank has paid what one person gets of a list; the last one makes the list paid."""
    list_id = AidMonth.objects.values_list("aid_list_id", flat=True).get(pk=month_id)
    this = _lock(list_id)
    row = AidMonth.objects.select_related("request__commitment__account__person__user").get(
        pk=month_id
    )
    owed = {f"aid_month:{payee.pk}" for payee, _amount in _payees(_rows(this))}
    paid = set(
        Payment.objects.filter(reference__in=owed, state=PaymentState.PAID).values_list(
            "reference", flat=True
        )
    ) | {f"aid_month:{month_id}"}
    if this.state == ListState.APPROVED and paid == owed:
        this.move("pay", by=actor_or_none(actor), at=at)
    messages.tell("aid_paid", row.request, at, key=str(row.pk))
    return this


def hear_paid(month_id: UUID, payment: Payment, actor: Any, at: datetime) -> None:
    """What `payments.hear` calls for "aid_month:<id>"."""
    mark_paid(month_id=month_id, actor=actor, at=at)


def hear_came_back(month_id: UUID, payment: Payment, actor: Any, at: datetime) -> None:
    """The bank did not pay one person of a list, or sent it back: the list is not paid any more."""
    row = AidMonth.objects.select_related("request__commitment__account__person__user").get(
        pk=month_id
    )
    this = _lock(row.aid_list_id)
    if this.state == ListState.PAID:
        this.move("come_back", by=actor_or_none(actor), at=at)
    messages.tell("aid_came_back", row.request, at, key=str(payment.pk))


def _lock(list_id: Any) -> AidList:
    return AidList.objects.select_for_update(no_key=True).get(pk=list_id)


def _rows(this: AidList) -> list[AidMonth]:
    return list(
        AidMonth.objects.filter(aid_list=this)
        .select_related("request__bank_account", "request__commitment")
        .order_by("request_id", F("corrects").asc(nulls_first=True), "month", "pk")
    )


def _payees(rows: Iterable[AidMonth]) -> list[tuple[AidMonth, Decimal]]:
    """For each request of a list the row that is paid, and how much in all; nobody gets nothing."""
    found: dict[UUID, tuple[AidMonth, Decimal]] = {}
    for row in rows:
        first, amount = found.get(row.request_id, (row, ZERO))
        found[row.request_id] = (first, amount + row.amount)
    return [(row, amount) for row, amount in found.values() if amount > 0]


def _bank(row: AidMonth) -> BankAccount:
    """Where the person is paid now."""
    account_id = row.request.commitment.account_id
    return bank_accounts.current(account_id=account_id) or row.request.bank_account


def _content(this: AidList) -> dict[str, Any]:
    """What the second person lets happen; any change of it asks for a new approval."""
    rows = _rows(this)
    return {
        "number": this.number,
        "total": this.total,
        "months": [[row.pk, row.amount] for row in rows],
        "to": [[row.pk, amount, _bank(row).pk] for row, amount in _payees(rows)],
    }
