"""Monthly aid of one training: asking for it, and what each month gave and why (FUN-11)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods, require_POST

from funding import selectors_aid as selectors
from funding.enums import AidKind, AidState, CommitmentState
from funding.forms_claims import posted, refuse
from funding.models import AidRequest, Commitment, PolicyVersion
from funding.rules.iban import grouped
from funding.rules.terms import Terms
from funding.services import aid as service
from funding.services import bank_accounts
from stars.common import formats
from stars.common.dates import now
from stars.common.errors import DomainError
from stars.common.limits import at_most
from stars.common.money import ZERO

TONES = {
    AidState.ASKED: "wait",
    AidState.APPROVED: "done",
    AidState.REFUSED: "error",
    AidState.ENDED: "",
}
_LIVING = (AidState.ASKED, AidState.APPROVED)


class AidForm(forms.Form):
    """What is asked for and where it is sent."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What do you ask for?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what you ask for.")},
    )
    monthly = forms.DecimalField(
        label=gettext_lazy("How much you pay a month for travel or housing, EUR"),
        required=False,
        max_digits=8,
        decimal_places=2,
        localize=True,
        error_messages={
            "invalid": gettext_lazy("Write the amount in figures, for example 92.50."),
            "max_decimal_places": gettext_lazy("An amount has at most two decimals."),
        },
    )
    iban = forms.CharField(
        label=gettext_lazy("Account number (IBAN)"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Write your account number.")},
    )
    holder = forms.CharField(
        label=gettext_lazy("Whose account it is"),
        max_length=140,
        error_messages={"required": gettext_lazy("Write whose account it is.")},
    )


def _own(request: HttpRequest, commitment_id: UUID) -> Commitment:
    """One's own training; anybody else's does not exist, and staff have none."""
    if getattr(request.user, "person", None) is None:
        raise PermissionDenied
    return get_object_or_404(
        Commitment.objects.filter(
            account__person__user=request.user.pk, offer__isnull=False
        ).select_related("account__person__user", "offer__version__type"),
        pk=commitment_id,
    )


@require_http_methods(["GET", "POST"])
def aid(request: HttpRequest, commitment_id: UUID) -> HttpResponse:
    """What was asked for, what each month gave, and asking for what is not asked for yet."""
    commitment = _own(request, commitment_id)
    rows = list(selectors.requests_of(commitment.pk))
    asked = {row.kind for row in rows if row.state in _LIVING}
    offered: dict[str, PolicyVersion] = {}
    if commitment.state == CommitmentState.HELD:
        found = selectors.policies_for(commitment, now())
        offered = {kind.value: found[kind] for kind in AidKind if kind in found}
        offered = {kind: policy for kind, policy in offered.items() if kind not in asked}
    form = _form(request, commitment, offered)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                at_most(10, seconds=86400, action="ask_aid", who=request.user.pk)
                service.ask(
                    commitment_id=commitment.pk,
                    kind=form.cleaned_data["kind"],
                    monthly=form.cleaned_data.get("monthly"),
                    iban=form.cleaned_data["iban"],
                    holder=form.cleaned_data["holder"],
                    actor=request.user,
                    at=now(),
                )
                messages.success(
                    request, _("We have your request. We look at it and write to you.")
                )
                return redirect("funding:aid", commitment_id=commitment.pk)
            except DomainError as error:
                status = refuse(form, error)
    return render(
        request,
        "funding/aid.html",
        {
            "back": {
                "url": reverse("enrolments:application", args=[commitment.application_id]),
                "text": commitment.title,
            },
            "title": commitment.title,
            "requests": [_row(row, asked) for row in rows],
            "form": form if offered else None,
            "asks_amount": any(kind != AidKind.STIPEND for kind in offered),
        },
        status=status,
    )


def _form(
    request: HttpRequest, commitment: Commitment, offered: dict[str, PolicyVersion]
) -> AidForm:
    bank = bank_accounts.current(account_id=commitment.account_id)
    initial = {
        "kind": next(iter(offered), ""),
        "iban": grouped(bank.iban) if bank else "",
        "holder": bank.holder if bank else commitment.account.person.full_name,
    }
    form = AidForm(posted(request), initial=initial)
    kinds: Any = form.fields["kind"]
    kinds.choices = [(kind, _offer(kind, policy)) for kind, policy in offered.items()]
    if all(kind == AidKind.STIPEND for kind in offered):
        del form.fields["monthly"]
    return form


def _offer(kind: str, policy: PolicyVersion) -> str:
    amount = formats.money(Terms.read(policy.terms).amount or ZERO, formats.language())
    words = {"what": AidKind(kind).label, "amount": amount}
    if kind == AidKind.STIPEND:
        return _("%(what)s: %(amount)s a month") % words
    return _("%(what)s: what you pay, up to %(amount)s a month") % words


def _row(row: AidRequest, asked: set[str]) -> dict[str, Any]:
    language = formats.language()
    state = AidState(row.state)
    return {
        "kind": row.get_kind_display(),
        "monthly": row.monthly,
        "state": {"text": state.label, "tone": TONES[state]},
        "reason": row.reason,
        "to": grouped(row.bank_account.iban),
        "end_url": reverse("funding:aid_end", args=[row.pk]) if state in _LIVING else "",
        "appeal_url": f"{reverse('funding:appeal')}?par=aid_request:{row.pk}"
        if state == AidState.REFUSED and row.kind not in asked
        else "",
        "months": [
            {
                "month": formats.month_and_year(month.month, language),
                "amount": month.amount,
                "why": _why(month),
                "state": _paid(month.state) if month.amount else "",
            }
            for month in selectors.months_of(row)
        ],
    }


def _why(month: selectors.MonthView) -> str:
    words = {"was": f"{month.attended.normalize():f}", "of": f"{month.held.normalize():f}"}
    match month.why:
        case "no_hours":
            return _("No lesson of this month is marked yet.")
        case "difference":
            return _("Hours put right: %(was)s of %(of)s") % words
        case "too_little":
            return _("You were there for %(was)s of %(of)s hours; that is too little.") % words
    return _("You were there for %(was)s of %(of)s hours.") % words


def _paid(state: str) -> str:
    return {
        "waiting": pgettext("aid", "Will be paid"),
        "approved": pgettext("aid", "On its way to the bank"),
        "paid": pgettext("aid", "Paid"),
    }[state]


@require_POST
def aid_end(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """The person no longer wants it; what was counted stays."""
    if getattr(request.user, "person", None) is None:
        raise PermissionDenied
    row = get_object_or_404(
        AidRequest.objects.filter(commitment__account__person__user=request.user.pk),
        pk=request_id,
    )
    try:
        service.end(request_id=row.pk, reason="", actor=request.user, at=now())
        messages.success(request, _("No further months are counted. What was counted is paid."))
    except DomainError as error:
        messages.error(request, str(error.message))
    return redirect("funding:aid", commitment_id=row.commitment_id)
