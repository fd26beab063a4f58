"""Own parts in the agency's workplace: who has paid what, with the proof, and putting it right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from funding.enums import PayerKind
from funding.models import CoPayment, FundingLog
from funding.selectors_co_payments import proofs_of
from funding.services import co_payments
from stars.common.admin import SHOWN, Action, AgencyAdmin, Link, Section, actor, link_to
from stars.common.dates import now
from stars.common.forms import DayInput
from stars.common.names import columns
from stars.files import services as files

# As the agency says it; the labels of the enum are the person's own words.
_PAYERS: Mapping[str, str | Promise] = {
    PayerKind.PERSON: _("The person"),
    PayerKind.FAMILY: _("The family or somebody else"),
    PayerKind.EMPLOYER: _("The employer"),
}
# Above a row; the service asks about its commitment.
PERMISSION = "funding.mend_co_payment"


def proofs(request: HttpRequest, row: CoPayment) -> Section:
    """The papers that came with it, each under a link that is good for five minutes."""
    return Section(
        _("Papers"),
        columns("File", "Added"),
        [
            [Link(file.name, files.link(file=file, actor=request.user)), file.uploaded_at]
            for file in proofs_of([row.pk]).get(row.pk, [])
        ],
        note=_("A link is good for five minutes and for you alone. Each opening is logged."),
    )


def changes(request: HttpRequest, row: CoPayment) -> Section:
    """When it was recorded and put right, by whom and why."""
    words = {"record": _("Recorded"), "correct": _("Corrected")}
    log = FundingLog.objects.filter(object_type="copayment", object_id=row.pk)
    return Section(
        _("Changes"),
        columns("Time", "What", "Who", "Reason"),
        [
            [one.at, words.get(one.transition, one.transition), actor(one.by), one.note]
            for one in log.select_related("by").order_by("id")[:SHOWN]
        ],
    )


def of_commitment(request: HttpRequest, row: Any) -> Section:
    """Who pays what beside the support."""
    rows = row.co_payments.select_related("pledge__employer").order_by("-payer", "pk")
    return Section(
        _("Own part"),
        columns("Payer", "Amount", "Paid on", "Document"),
        [[link_to(one, who_pays(one)), one.amount, one.paid_on, one.proof] for one in rows],
    )


def who_pays(row: CoPayment) -> str:
    """The employer by name where it has promised it, everybody else by kind."""
    return row.pledge.employer.name if row.pledge else str(_PAYERS[PayerKind(row.payer)])


class Recorded(forms.Form):
    """The day and the document of a payment."""

    paid_on = forms.DateField(label=_("Paid on"), widget=DayInput())
    proof = forms.CharField(
        label=_("Payment order or invoice, its number"), max_length=co_payments.PROOF_LETTERS
    )


class Corrected(Recorded):
    """The same once more, with the reason."""

    paid_on = forms.DateField(
        label=_("Paid on"),
        required=False,
        help_text=_("Empty: it was not paid after all."),
        widget=DayInput(),
    )
    proof = forms.CharField(
        label=_("Payment order or invoice, its number"),
        required=False,
        max_length=co_payments.PROOF_LETTERS,
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


def _record(request: HttpRequest, row: CoPayment, answers: dict[str, Any]) -> Any:
    co_payments.record_paid(co_payment_id=row.pk, **answers, actor=request.user, at=now())
    return _("The own part is recorded.")


def _correct(request: HttpRequest, row: CoPayment, answers: dict[str, Any]) -> Any:
    co_payments.correct(co_payment_id=row.pk, **answers, actor=request.user, at=now())
    return _("The own part is corrected.")


@admin.register(CoPayment)
class CoPaymentAdmin(AgencyAdmin):
    """What people, families and employers pay to providers themselves (FUN-9)."""

    hidden = ("payer", "pledge")
    list_display = ("training", "who_pays", "amount", "paid_on", "recorded_at")
    list_filter = (("paid_on", admin.EmptyFieldListFilter), "commitment__source")
    list_select_related = ("commitment__offer__version", "commitment__claim", "pledge__employer")
    search_keys = ("pk", "commitment_id", "commitment__application_id")
    ordering = ("-created_at", "pk")
    sections = (proofs, changes)
    acts = (
        Action(
            code="record",
            label=_("Record the payment"),
            explains=_("Providers do it themselves; do it for them where they cannot."),
            permission=PERMISSION,
            run=_record,
            form=Recorded,
            when=lambda row: row.paid_on is None,
        ),
        Action(
            code="correct",
            label=_("Correct it"),
            explains=_("What stood there before stays in the log, with your reason."),
            permission=PERMISSION,
            run=_correct,
            form=Corrected,
            when=lambda row: row.paid_on is not None,
            initial=lambda row: {"paid_on": row.paid_on, "proof": row.proof},
        ),
    )

    @admin.display(description=_("Training"))
    def training(self, row: CoPayment) -> str:
        return row.commitment.title

    @admin.display(description=_("Who pays"))
    def who_pays(self, row: CoPayment) -> str:
        """In the agency's words."""
        return who_pays(row)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["who_pays", *super().get_fields(request, obj)]

    def persons_of(self, row: CoPayment) -> Iterable[UUID]:
        return [row.commitment.account.person_id]
