"""Payments and files for the bank in the agency's workplace."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from funding.admin_two import ApprovalAdmin, approvals_of, decision, waits
from funding.enums import FileState, PaymentState
from funding.models import Payment, PaymentFile, PaymentFileApproval, Statement
from funding.rules.iban import grouped
from funding.services import bank_answers, holds, payment_files
from stars.common import formats
from stars.common.admin import (
    SHOWN,
    Action,
    Reason,
    Section,
    StatefulAdmin,
    link_to,
    transitions,
)
from stars.common.dates import add_working_days, now, today
from stars.common.formats import money
from stars.common.forms import DayInput
from stars.common.names import columns
from stars.files import services as files

Answers = dict[str, Any]


def in_euro(amount: Any) -> str:
    """EUR with cents, in the reader's language."""
    return money(amount, formats.language(), cents=True)


def payments_of(request: HttpRequest, row: Statement | PaymentFile) -> Section:
    """The payments of a statement or a file."""
    found = (
        Payment.objects.filter(reference=f"statement:{row.pk}")
        if isinstance(row, Statement)
        else row.payments.all()
    )
    rows = found.select_related("bank_account").order_by("created_at", "pk")
    return Section(
        _("Payments"),
        columns("Payment", "State", "Amount", "Holder", "Account number", "Paid on"),
        [
            [
                link_to(one, one.end_to_end_id),
                one.get_state_display(),
                one.amount,
                one.bank_account.holder,
                _account(one),
                one.settled_on,
            ]
            for one in rows[:SHOWN]
        ],
    )


def _account(payment: Payment) -> str:
    """The number; said beside it where the receiver is paid somewhere else by now."""
    number = grouped(payment.bank_account.iban)
    if payment.state == PaymentState.READY and not payment_files.has_current_account(payment):
        return _("%(number)s (changed since)") % {"number": number}
    return number


def _count_today() -> forms.BooleanField:
    """What lets a bank's day in a closed month be taken over."""
    return forms.BooleanField(
        label=_("Count it today"),
        help_text=_(
            "Only needed where the books of the bank's day are closed. The day stays with the"
            " payment, the money counts in the present month."
        ),
        required=False,
    )


class Rejection(forms.Form):
    """When the money came back and what the bank says."""

    day = forms.DateField(label=_("The bank's day"), widget=DayInput())
    note = forms.CharField(label=_("What the bank says"), max_length=200)
    count_today = _count_today()


def _hold_money(request: HttpRequest, row: Payment, answers: Answers) -> Any:
    holds.hold_one_payment(payment_id=row.pk, **answers, actor=request.user, at=now())
    return _("The payment is on hold.")


def _free_money(request: HttpRequest, row: Payment, answers: Answers) -> Any:
    holds.free_one_payment(payment_id=row.pk, **answers, actor=request.user, at=now())
    return _("The payment can be paid again.")


def _redirect(request: HttpRequest, row: Payment, answers: Answers) -> Any:
    bank_answers.redirect_payment(payment_id=row.pk, actor=request.user, at=now())
    return _("A new payment goes to the present account number.")


def _reject(request: HttpRequest, row: Payment, answers: Answers) -> Any:
    bank_answers.reject_payment(payment_id=row.pk, **answers, actor=request.user, at=now())
    return _("The money is owed again, and a new payment is ready.")


@admin.register(Payment)
class PaymentAdmin(StatefulAdmin):
    """One payment through the bank."""

    view_permission = "funding.view_payments"
    list_display = ("end_to_end_id", "state", "amount", "source", "reference", "settled_on")
    list_filter = ("state", "source")
    list_select_related = ("source__term",)
    search_fields = ("=end_to_end_id", "=reference")
    ordering = ("-created_at", "pk")
    acts = (
        Action(
            code="hold",
            label=_("Put on hold"),
            explains=_("It then comes into no file until the hold is taken away."),
            permission="funding.settle",
            run=_hold_money,
            form=Reason,
            when=lambda row: row.state == PaymentState.READY,
        ),
        Action(
            code="free",
            label=_("Take the hold away"),
            explains=_("It can then go into the next file."),
            permission="funding.settle",
            run=_free_money,
            form=Reason,
            when=lambda row: row.state == PaymentState.HELD,
        ),
        Action(
            code="redirect",
            label=_("Pay to the present account number"),
            explains=_(
                "The receiver has a new account number. The new payment is approved with the file"
                " that it goes into, by a second person."
            ),
            permission="funding.pay",
            run=_redirect,
            when=lambda row: (
                row.state == PaymentState.READY and not payment_files.has_current_account(row)
            ),
        ),
        Action(
            code="reject",
            label=_("It came back"),
            explains=_("The bank says that it did not arrive. It is owed again, once."),
            permission="funding.pay",
            run=_reject,
            form=Rejection,
            when=lambda row: row.state in (PaymentState.SENT, PaymentState.PAID),
        ),
    )

    def persons_of(self, row: Payment) -> Iterable[UUID]:
        account = row.bank_account.account
        return [account.person_id] if account else []


class Choosing(forms.ModelMultipleChoiceField):
    """Ready payments, said in words."""

    def label_from_instance(self, payment: Any) -> str:
        return f"{in_euro(payment.amount)} – {payment.bank_account.holder}, {_account(payment)}"


class NewFile(forms.Form):
    """What is paid, and when."""

    execute_on = forms.DateField(label=_("The bank pays on"), widget=DayInput())
    payments = Choosing(
        label=_("Payments"),
        queryset=Payment.objects.filter(state=PaymentState.READY, file__isnull=True)
        .select_related("bank_account")
        .order_by("created_at", "pk"),
        widget=forms.CheckboxSelectMultiple,
    )


class Answer(forms.Form):
    """What the bank sent."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("pain.002, or a table with end_to_end_id, status, date and reason."),
    )
    count_today = _count_today()


def _first_choice(row: None) -> Answers:
    ready = Payment.objects.filter(state=PaymentState.READY, file__isnull=True)
    first = ready.order_by("created_at", "pk").values_list("pk", flat=True)
    return {
        "execute_on": add_working_days(today(), 1),
        "payments": list(first[: payment_files.MOST]),
    }


def _make_file(request: HttpRequest, row: None, answers: Answers) -> Any:
    file = payment_files.make_file(
        payment_ids=[one.pk for one in answers["payments"]],
        execute_on=answers["execute_on"],
        actor=request.user,
        at=now(),
    )
    return _("File %(name)s waits for a second person.") % {"name": file.message_id}


def _read_answer(request: HttpRequest, row: None, answers: Answers) -> Any:
    content = answers["file"].read(files.rules.MAX_BYTES)
    done = bank_answers.read_answer(
        content=content, count_today=answers["count_today"], actor=request.user, at=now()
    )
    told = _(
        "Paid: %(paid)s. Came back: %(rejected)s. Known already: %(known)s. On their way: %(way)s."
    )
    counts = {"paid": done.paid, "rejected": done.rejected, "known": done.known}
    return told % {**counts, "way": done.waiting}


def _download(request: HttpRequest, row: PaymentFile, answers: Answers) -> Any:
    return HttpResponseRedirect(files.link(file=payment_files.bytes_of(row), actor=request.user))


def _send(request: HttpRequest, row: PaymentFile, answers: Answers) -> Any:
    payment_files.send_file(file_id=row.pk, actor=request.user, at=now())
    return _("The file is handed to the bank.")


def _drop_file(request: HttpRequest, row: PaymentFile, answers: Answers) -> Any:
    payment_files.cancel_file(file_id=row.pk, **answers, actor=request.user, at=now())
    return _("The file is thrown away. Its payments are ready for another one.")


@admin.register(PaymentFile)
class PaymentFileAdmin(StatefulAdmin):
    """A file for the bank (ISO 20022)."""

    view_permission = "funding.view_payments"
    list_display = ("message_id", "state", "execute_on", "count", "total")
    list_filter = ("state",)
    search_fields = ("=message_id",)
    ordering = ("-created_at", "pk")
    sections = (payments_of, approvals_of, transitions)
    acts = (
        Action(
            code="make",
            label=_("Make a file"),
            explains=_("Choose what is paid. Another person has to agree before it can be sent."),
            permission="funding.pay",
            run=_make_file,
            form=NewFile,
            of_row=False,
            initial=_first_choice,
        ),
        Action(
            code="answer",
            label=_("Read the bank's answer"),
            explains=_("Takes over the whole answer or nothing. Reading it again changes nothing."),
            permission="funding.pay",
            run=_read_answer,
            form=Answer,
            of_row=False,
        ),
        Action(
            code="download",
            label=_("Save the file"),
            explains=_("Hand it to the bank, then say so here."),
            permission="funding.pay",
            run=_download,
            when=lambda row: row.state in (FileState.APPROVED, FileState.SENT),
        ),
        Action(
            code="send",
            label=_("Handed to the bank"),
            explains=_("Say so once the bank has it. Its payments then wait for the answer."),
            permission="funding.pay",
            run=_send,
            when=lambda row: row.state == FileState.APPROVED,
        ),
        Action(
            code="cancel",
            label=_("Throw the file away"),
            explains=_("Only as long as the bank does not have it."),
            permission="funding.pay",
            run=_drop_file,
            form=Reason,
            when=lambda row: row.state in (FileState.WAITING, FileState.APPROVED),
        ),
    )


def _decide_file(request: HttpRequest, row: PaymentFileApproval, answers: Answers) -> Any:
    payment_files.decide_file(approval_id=row.pk, **answers, actor=request.user, at=now())
    return _("Decided.")


@admin.register(PaymentFileApproval)
class PaymentFileApprovalAdmin(ApprovalAdmin):
    """A file for the bank that waits for the second person."""

    view_permission = "funding.view_payments"
    subject = "file"
    search_fields = ("file__message_id",)
    acts = (
        decision(
            explains=_("You are the second person. Look at the payments of the file first."),
            permission="funding.pay",
            run=_decide_file,
            when=lambda row: waits(row) and row.file.state == FileState.WAITING,
        ),
    )
