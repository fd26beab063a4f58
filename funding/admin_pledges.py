"""Employers and what they have promised to pay for their people (FUN-9)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.enums import OrganisationKind
from accounts.models import Organisation
from accounts.services.employers import record_employer
from funding.models import CoPayment, FundingSource, Pledge
from funding.selectors_pledges import pledges_with_use
from funding.services import pledges
from stars.common import formats
from stars.common.admin import Action, AgencyAdmin, Section, link_to
from stars.common.dates import now
from stars.common.forms import DayInput
from stars.common.money import ZERO


class PledgeForm(forms.Form):
    """What an employer pays for whom."""

    employer = forms.ModelChoiceField(label=_("Employer"), queryset=Organisation.objects.none())
    source = forms.ModelChoiceField(
        label=_("Source"),
        queryset=FundingSource.objects.none(),
        required=False,
        help_text=_("Empty: under every source."),
    )
    percent = forms.DecimalField(
        label=_("Share of the own part, per cent"),
        min_value=Decimal("0.01"),
        max_value=100,
        max_digits=5,
        decimal_places=2,
    )
    per_person = forms.DecimalField(
        label=_("At most for one person, EUR"), required=False, max_digits=12, decimal_places=2
    )
    total = forms.DecimalField(
        label=_("At most in all, EUR"), required=False, max_digits=12, decimal_places=2
    )
    valid_from = forms.DateField(label=_("First day"), widget=DayInput())
    valid_to = forms.DateField(label=_("Last day"), widget=DayInput())
    employees = forms.CharField(
        label=_("Personal codes of the employees, one on a line"),
        help_text=_("Kept as a keyed hash only: nobody can read them here again."),
        required=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off"}),
    )
    with_code = forms.BooleanField(
        label=_("Make a code that the employer gives to its people"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["employer"].queryset = Organisation.objects.filter(
            kind=OrganisationKind.EMPLOYER
        ).order_by("name")
        fields["source"].queryset = FundingSource.objects.select_related("term").order_by("code")


def _pledge(request: HttpRequest, row: None, answers: dict[str, Any]) -> Any:
    source = answers["source"]
    made = pledges.record(
        employer_id=answers["employer"].pk,
        source_id=source.pk if source else None,
        share=answers["percent"] / 100,
        per_person=answers["per_person"],
        total=answers["total"],
        valid_from=answers["valid_from"],
        valid_to=answers["valid_to"],
        employees=answers["employees"].splitlines(),
        with_code=answers["with_code"],
        actor=request.user,
        at=now(),
    )
    if made.code:
        return _("Recorded. The code is %(code)s: give it to the employer now, it is not shown"
                 " again.") % {"code": made.code}  # fmt: skip
    return _("Recorded.")


class EmployerForm(forms.Form):
    """An employer that is not known yet."""

    name = forms.CharField(label=_("Name"), max_length=200)
    registration_number = forms.CharField(label=_("Registration number"), max_length=20)


def _employer(request: HttpRequest, row: None, answers: dict[str, Any]) -> Any:
    record_employer(**answers, actor=request.user, at=now())
    return _("The employer is recorded.")


class EmployeesForm(forms.Form):
    """More people of an employer."""

    employees = forms.CharField(
        label=_("Personal codes of the employees, one on a line"),
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off"}),
    )


def _extend(request: HttpRequest, row: Pledge, answers: dict[str, Any]) -> Any:
    added = pledges.add_employees(
        pledge_id=row.pk,
        employees=answers["employees"].splitlines(),
        actor=request.user,
        at=now(),
    )
    return _("People added: %(n)s.") % {"n": added}


def _end_pledge(request: HttpRequest, row: Pledge, answers: dict[str, Any]) -> Any:
    pledges.end(pledge_id=row.pk, actor=request.user, at=now())
    return _("The promise has ended.")


def uses_of_pledge(request: HttpRequest, row: Pledge) -> Section:
    """What was promised from it, without names."""
    parts = CoPayment.objects.filter(pledge=row).select_related("commitment")
    return Section(
        _("Promised to applications"),
        [_("Support"), _("Amount"), _("Paid on")],
        [
            [
                link_to(part.commitment, part.commitment.get_state_display()),
                part.amount,
                part.paid_on,
            ]
            for part in parts.order_by("-created_at", "pk")[:200]
        ],
    )


@admin.register(Pledge)
class PledgeAdmin(AgencyAdmin):
    """What an employer has promised to pay for its people (FUN-9)."""

    hidden = ("code_hash", "share")
    list_display = (
        *("employer", "source", "part", "per_person", "total", "promised", "people"),
        *("valid_from", "valid_to", "ended_at"),
    )
    list_filter = ("source",)
    list_select_related = ("employer", "source__term")
    search_fields = ("employer__name", "employer__registration_number")
    ordering = ("-valid_from", "pk")
    sections = (uses_of_pledge,)
    acts = (
        Action(
            code="record",
            label=_("Record a promise"),
            explains=_("The employer pays this share of what its people pay beside support."),
            permission="funding.record_pledge",
            run=_pledge,
            form=PledgeForm,
            of_row=False,
        ),
        Action(
            code="employer",
            label=_("Record an employer"),
            explains=_("So that a promise can name it."),
            permission="accounts.record_employer",
            run=_employer,
            form=EmployerForm,
            of_row=False,
        ),
        Action(
            code="extend",
            label=_("Add people"),
            explains=_("New applications of these people get the employer's part."),
            permission="funding.record_pledge",
            run=_extend,
            form=EmployeesForm,
            when=lambda row: row.ended_at is None,
        ),
        Action(
            code="end",
            label=_("End the promise"),
            explains=_("New applications get nothing more; what is promised already stays."),
            permission="funding.record_pledge",
            run=_end_pledge,
            when=lambda row: row.ended_at is None,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Pledge]:
        return pledges_with_use()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["part", *super().get_fields(request, obj)]

    @admin.display(description=_("Share of the own part"), ordering="share")
    def part(self, row: Pledge) -> str:
        return formats.percent((row.share * 100).normalize(), formats.language())

    @admin.display(description=_("Promised, EUR"))
    def promised(self, row: Any) -> Decimal:
        return row.promised_sum or ZERO

    @admin.display(description=_("People"))
    def people(self, row: Any) -> int:
        return int(row.people_count)
