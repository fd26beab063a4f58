"""Agreements with providers, and decisions that stop a provider or programme for a while."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from catalogue.models import Agreement, Provider, Suspension
from catalogue.services import agreements
from stars.common.admin import Action, AgencyAdmin, Section, link_to
from stars.common.dates import now
from stars.common.names import columns

_DAY = {"type": "date"}


class NewAgreement(forms.Form):
    """An agreement as both have signed it."""

    number = forms.CharField(label=_("Number"), max_length=40)
    signed_on = forms.DateField(label=_("Signed on"), widget=forms.DateInput(attrs=_DAY))
    valid_from = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs=_DAY))
    valid_to = forms.DateField(
        label=_("Last day"),
        help_text=_("Empty: without an end."),
        required=False,
        widget=forms.DateInput(attrs=_DAY),
    )
    terms = forms.CharField(
        label=_("Terms"),
        help_text=_("The provider reads them in its workspace."),
        required=False,
        max_length=agreements.LETTERS,
        widget=forms.Textarea(attrs={"rows": 8}),
    )


class EndAgreement(forms.Form):
    """The end before its time."""

    ended_on = forms.DateField(
        label=_("First day without the agreement"), widget=forms.DateInput(attrs=_DAY)
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)


def _add(request: HttpRequest, provider: Provider, answers: dict[str, Any]) -> Any:
    agreements.add_agreement(provider_id=provider.pk, actor=request.user, at=now(), **answers)
    return _("The agreement is added.")


def _end(request: HttpRequest, row: Agreement, answers: dict[str, Any]) -> Any:
    agreements.end_agreement(agreement_id=row.pk, actor=request.user, at=now(), **answers)
    return _("The agreement is ended.")


ADD = Action(
    code="agreement",
    label=_("Add an agreement"),
    explains=_("The provider sees number, days and terms in its workspace."),
    permission="catalogue.manage_agreements",
    run=_add,
    form=NewAgreement,
)


def agreements_of(request: HttpRequest, provider: Provider) -> Section:
    """Agreements of a provider, the newest first."""
    return Section(
        _("Agreements"),
        columns("Number", "From", "Until", "Ended"),
        [
            [link_to(row, row.number), row.valid_from, row.valid_to or "–", row.ended_on or "–"]
            for row in provider.agreements.all()
        ],
    )


def suspensions_of(request: HttpRequest, provider: Provider) -> Section:
    """When and why a provider or one of its programmes was stopped."""
    rows = Suspension.objects.filter(provider=provider) | Suspension.objects.filter(
        programme__provider=provider
    )
    return Section(
        _("Suspensions"),
        columns("Time", "Programme", "Groups", "Reason", "Lifted"),
        [
            [
                link_to(row, row.decided_at.date().isoformat()),
                row.programme or "–",
                row.get_running_display(),
                row.reason,
                row.lifted_at or "–",
            ]
            for row in rows.select_related("programme").order_by("-decided_at")
        ],
    )


@admin.register(Agreement)
class AgreementAdmin(AgencyAdmin):
    """An agreement of the agency with a provider."""

    list_display = ("number", "provider", "valid_from", "valid_to", "ended_on")
    list_select_related = ("provider",)
    search_fields = ("number", "provider__name")
    ordering = ("-valid_from", "pk")
    acts = (
        Action(
            code="end",
            label=_("End before its time"),
            explains=_("Nothing is deleted: the agreement stays with its last day and the reason."),
            permission="catalogue.end_agreement",
            run=_end,
            form=EndAgreement,
            when=lambda row: row.ended_on is None,
        ),
    )


@admin.register(Suspension)
class SuspensionAdmin(AgencyAdmin):
    """A decision that stopped a provider or a programme; it is lifted from here."""

    list_display = ("what", "running", "decided_at", "lifted_at")
    list_select_related = ("provider", "programme")
    ordering = ("-decided_at", "pk")

    @admin.display(description=_("Provider or programme"))
    def what(self, row: Suspension) -> str:
        return str(row.provider or row.programme)
