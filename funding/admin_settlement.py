"""Settlement in the agency's workplace: statements, payments, files for the bank, holds."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from catalogue.models import Provider
from funding.admin_payments import in_euro, payments_of
from funding.admin_two import ApprovalAdmin, approvals_of, decision
from funding.enums import CommitmentState, ListState
from funding.models import (
    Commitment,
    Statement,
    StatementApproval,
)
from funding.services import (
    corrections,
    holds,
    papers,
    settling,
    statements,
)
from stars.common.admin import (
    SHOWN,
    Action,
    Reason,
    Section,
    StatefulAdmin,
    add_action,
    transitions,
)
from stars.common.dates import add_months, now, today
from stars.common.forms import DayInput
from stars.common.money import MoneyField
from stars.common.names import columns
from stars.files import services as files

Answers = dict[str, Any]


class Month(forms.Form):
    """Any day of a month that is over."""

    month = forms.DateField(label=_("A day of the month"), widget=DayInput())


def _last_month(row: None) -> Answers:
    return {"month": add_months(today().replace(day=1), -1)}


def _preview(request: HttpRequest, row: None, answers: Answers) -> Any:
    waiting = statements.owed(month=answers["month"])
    told = ngettext(
        "%(count)s statement would be made, of %(sum)s altogether.",
        "%(count)s statements would be made, of %(sum)s altogether.",
        len(waiting),
    )
    total = sum((one.amount for one in waiting), 0)
    return told % {"count": len(waiting), "sum": in_euro(total)}


def _settle(request: HttpRequest, row: None, answers: Answers) -> Any:
    done = statements.settle_month(month=answers["month"], actor=request.user, at=now())
    told = _("Statements made: %(count)s, of %(sum)s altogether. Left out: %(left)s.")
    left = len(done.left_out or ())
    return told % {"count": done.statements, "sum": in_euro(done.amount), "left": left}


def _put_forward(request: HttpRequest, row: Statement, answers: Answers) -> Any:
    settling.put_forward(statement_id=row.pk, actor=request.user, at=now())
    return _("The statement waits for a second person.")


def _cancel(request: HttpRequest, row: Statement, answers: Answers) -> Any:
    statements.cancel(statement_id=row.pk, **answers, actor=request.user, at=now())
    return _("The draft is thrown away. What it held comes into the next statement.")


def _paper(request: HttpRequest, row: Statement, answers: Answers) -> Any:
    paper = papers.paper_of(row.pk)
    if paper is None:
        return _("The document is being made. Try again in a minute.")
    return HttpResponseRedirect(files.link(file=paper, actor=request.user))


def _said_lines(request: HttpRequest, row: Statement) -> Section:
    """What the statement is for, as it was frozen."""
    lines = papers.page(row)["lines"] if row.content else []
    kinds = dict(row.lines.model._meta.get_field("kind").flatchoices)
    return Section(
        _("What it is for"),
        columns("Number", "Kind", "Participant", "Training", "Price", "Own part", "Amount"),
        [
            [
                line["no"],
                kinds[line["kind"]],
                line["person"],
                line["title_lv"] if get_language() == "lv" else line["title_en"],
                line["price"],
                line["own_part"],
                line["amount"],
            ]
            for line in lines[:SHOWN]
        ],
        note=_("Participants stand here by the beginning of their application's number."),
    )


@admin.register(Statement)
class StatementAdmin(StatefulAdmin):
    """What a provider is owed for a month."""

    hidden = ("content",)
    list_display = ("number", "provider", "source", "month", "state", "total")
    list_filter = ("state", "source")
    list_select_related = ("provider", "source__term")
    search_fields = ("number", "provider__name")
    search_keys = ("pk", "provider_id")
    ordering = ("-month", "number")
    sections = (_said_lines, payments_of, approvals_of, transitions)
    acts = (
        Action(
            code="preview",
            label=_("Look at a month"),
            explains=_("Counts what is owed and stands in no statement yet. Nothing is written."),
            permission="funding.settle",
            run=_preview,
            form=Month,
            of_row=False,
            initial=_last_month,
        ),
        Action(
            code="settle",
            label=_("Make the statements of a month"),
            explains=_(
                "Makes a draft for each provider and source that is owed something. Doing it again"
                " makes nothing twice."
            ),
            permission="funding.settle",
            run=_settle,
            form=Month,
            of_row=False,
            initial=_last_month,
        ),
        Action(
            code="put-forward",
            label=_("Put forward"),
            explains=_("Another person has to agree. Then the provider is paid."),
            permission="funding.settle",
            run=_put_forward,
            when=lambda row: row.state == ListState.DRAFT,
        ),
        Action(
            code="cancel",
            label=_("Throw the draft away"),
            explains=_("What it held waits for the next statement."),
            permission="funding.settle",
            run=_cancel,
            form=Reason,
            when=lambda row: row.state == ListState.DRAFT,
        ),
        Action(
            code="paper",
            label=_("Open the document"),
            explains=_("The document as it was made after the approval."),
            permission="agency.view_records",
            run=_paper,
            when=lambda row: row.state in (ListState.APPROVED, ListState.PAID),
        ),
    )


def _decide(request: HttpRequest, row: StatementApproval, answers: Answers) -> Any:
    settling.decide(approval_id=row.pk, **answers, actor=request.user, at=now())
    return _("Decided.")


@admin.register(StatementApproval)
class StatementApprovalAdmin(ApprovalAdmin):
    """A statement that waits for the second person."""

    subject = "statement"
    search_fields = ("statement__number",)
    acts = (
        decision(
            explains=_("You are the second person: what you approve is paid and never changed."),
            permission="funding.settle",
            run=_decide,
        ),
    )


class Difference(forms.Form):
    """How much less is owed, and what shows it."""

    amount = MoneyField(
        verbose_name=_("Difference, EUR"),
        signed=True,
        help_text=_("With a minus: too much was owed."),
    ).formfield()
    hours_before = forms.DecimalField(label=_("Hours before"), required=False, min_value=0)
    hours_after = forms.DecimalField(label=_("Hours now"), required=False, min_value=0)
    reason = forms.CharField(
        label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class LowerPrice(forms.Form):
    """What the provider asks for now."""

    price = MoneyField(verbose_name=_("New price, EUR")).formfield(min_value=0.01)
    reason = forms.CharField(
        label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


def _correct(request: HttpRequest, row: Commitment, answers: Answers) -> Any:
    evidence = {
        name: str(answers[name])
        for name in ("hours_before", "hours_after")
        if answers[name] is not None
    }
    corrections.correct(
        commitment_id=row.pk,
        amount=answers["amount"],
        reason=answers["reason"],
        evidence=evidence,
        actor=request.user,
        at=now(),
    )
    return _("The difference comes into the next statement.")


def _lower(request: HttpRequest, row: Commitment, answers: Answers) -> Any:
    corrections.lower_price(commitment_id=row.pk, **answers, actor=request.user, at=now())
    return _("The price is lower. What was held for the rest went back.")


def _hold(request: HttpRequest, row: Commitment, answers: Answers) -> Any:
    holds.hold_payment(commitment_id=row.pk, **answers, actor=request.user, at=now())
    return _("The payment is on hold.")


def _release(request: HttpRequest, row: Commitment, answers: Answers) -> Any:
    holds.release_payment(commitment_id=row.pk, **answers, actor=request.user, at=now())
    return _("The payment comes into the next statement.")


def _hold_all(request: HttpRequest, row: Provider, answers: Answers) -> Any:
    count = holds.hold_provider(provider_id=row.pk, **answers, actor=request.user, at=now())
    return _("On hold: %(count)s.") % {"count": count}


def _release_all(request: HttpRequest, row: Provider, answers: Answers) -> Any:
    count = holds.release_provider(provider_id=row.pk, **answers, actor=request.user, at=now())
    return _("No longer on hold: %(count)s.") % {"count": count}


OF_COMMITMENT = (
    Action(
        code="correct",
        label=_("Correct what is owed"),
        explains=_("A difference line of the next statement. Earlier ones stay as they are."),
        permission="funding.settle",
        run=_correct,
        form=Difference,
        when=lambda row: row.captured_at is not None and row.offer_id is not None,
    ),
    Action(
        code="hold",
        label=_("Put on hold"),
        explains=_("It comes into no statement until the hold is taken away."),
        permission="funding.settle",
        run=_hold,
        form=Reason,
        when=lambda row: row.state == CommitmentState.CAPTURED and row.offer_id is not None,
    ),
    Action(
        code="release",
        label=_("Take the hold away"),
        explains=_("It comes into the next statement."),
        permission="funding.settle",
        run=_release,
        form=Reason,
        when=lambda row: row.state == CommitmentState.PAYABLE_HELD,
    ),
    Action(
        code="lower",
        label=_("Lower the price"),
        explains=_("The provider asks for less: the difference goes back to where it came from."),
        permission="funding.lower_price",
        run=_lower,
        form=LowerPrice,
        when=lambda row: row.state == CommitmentState.HELD,
    ),
)
OF_PROVIDER = (
    Action(
        code="hold-payments",
        label=_("Put all payments on hold"),
        explains=_("What the provider is owed is held, not lost."),
        permission="funding.settle",
        run=_hold_all,
        form=Reason,
    ),
    Action(
        code="release-payments",
        label=_("Take all holds away"),
        explains=_("Also those that were put for another reason: look at them first."),
        permission="funding.settle",
        run=_release_all,
        form=Reason,
    ),
)
for act in OF_COMMITMENT:
    add_action(Commitment, act)
for act in OF_PROVIDER:
    add_action(Provider, act)
