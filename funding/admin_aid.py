"""The agency's pages of monthly aid: requests, lists that two people approve, and employers."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.enums import OrganisationKind
from accounts.models import Organisation
from accounts.services.employers import record_employer
from funding.enums import AidState, ListState
from funding.models import (
    AidList,
    AidListApproval,
    AidMonth,
    AidRequest,
    CoPayment,
    FundingSource,
    Pledge,
)
from funding.rules.aid import last_counted
from funding.selectors_pledges import pledges_with_use
from funding.services import aid, aid_lists, pledges
from funding.views.aid import month_words
from stars.common.admin import (
    Action,
    AgencyAdmin,
    Reason,
    Section,
    StatefulAdmin,
    link_to,
    transitions,
)
from stars.common.dates import now, riga_date
from stars.common.money import ZERO
from stars.common.names import columns


def _language() -> str:
    return get_language() or "lv"


def _months(rows: Iterable[AidMonth]) -> list[list[Any]]:
    return [
        [
            month_words(row.month, _language()),
            link_to(row.request),
            row.hours_held,
            row.hours_attended,
            row.amount,
            _("difference") if row.corrects_id else "",
            link_to(row.aid_list) if row.aid_list else "–",
        ]
        for row in rows
    ]


_HEADS: list[Any] = [
    _("Month"),
    _("Request"),
    _("Hours held"),
    _("Hours attended"),
    _("Amount"),
    _("Kind"),
    _("List"),
]


def months_of_request(request: HttpRequest, row: AidRequest) -> Section:
    """What each month gave."""
    months = row.months.select_related("aid_list", "request").order_by("month", "pk")
    return Section(_("Months"), _HEADS, _months(months))


def months_of_list(request: HttpRequest, row: AidList) -> Section:
    """Everybody's months in a list."""
    months = row.months.select_related("aid_list", "request").order_by("request_id", "month", "pk")
    return Section(_("Months"), _HEADS, _months(months[:1000]))


def approvals_of_list(request: HttpRequest, row: AidList) -> Section:
    """Who put it forward and who decided."""
    return Section(
        _("Approvals"),
        columns("Time", "Who", "Note"),
        [
            [link_to(a, str(a.requested_at.date())), str(a.requested_by), a.note]
            for a in row.approvals.select_related("requested_by").order_by("requested_at")
        ],
    )


def _approve(request: HttpRequest, row: AidRequest, answers: dict[str, Any]) -> Any:
    aid.approve(request_id=row.pk, actor=request.user, at=now())
    return _("The request is approved. The person was told.")


def _refuse(request: HttpRequest, row: AidRequest, answers: dict[str, Any]) -> Any:
    aid.refuse(request_id=row.pk, reason=answers["note"], actor=request.user, at=now())
    return _("The request is refused. The person was told why.")


def _end(request: HttpRequest, row: AidRequest, answers: dict[str, Any]) -> Any:
    aid.end(request_id=row.pk, reason=answers["note"], actor=request.user, at=now())
    return _("No further months are counted.")


@admin.register(AidRequest)
class AidRequestAdmin(StatefulAdmin):
    """Somebody asks for a stipend, travel or housing costs."""

    # The number of a bank account is seen by those who pay (NFR-4).
    hidden = ("bank_account",)
    list_display = ("id", "kind", "state", "monthly", "asked_at", "decided_at")
    list_filter = ("state", "kind", "commitment__source")
    search_keys = ("pk", "commitment_id", "commitment__account_id")
    ordering = ("-asked_at", "pk")
    sections = (months_of_request, transitions)
    acts = (
        Action(
            code="approve",
            label=_("Approve"),
            explains=_("Months are counted from the one in which it was asked for."),
            permission="funding.decide_aid",
            run=_approve,
            when=lambda row: row.state == AidState.ASKED,
        ),
        Action(
            code="refuse",
            label=_("Refuse"),
            explains=_("The person reads the reason and may ask again."),
            permission="funding.decide_aid",
            run=_refuse,
            form=Reason,
            when=lambda row: row.state == AidState.ASKED,
        ),
        Action(
            code="end",
            label=_("End"),
            explains=_("No further months are counted. What was counted is paid."),
            permission="funding.end_aid",
            run=_end,
            form=Reason,
            when=lambda row: row.state in (AidState.ASKED, AidState.APPROVED),
        ),
    )

    def persons_of(self, row: AidRequest) -> Iterable[UUID]:
        return [row.commitment.account.person_id]


class ListForm(forms.Form):
    """For which source; always up to the newest month that is counted."""

    source = forms.ModelChoiceField(label=_("Source"), queryset=FundingSource.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        source: Any = self.fields["source"]
        source.queryset = FundingSource.objects.order_by("code")


def _make(request: HttpRequest, row: None, answers: dict[str, Any]) -> Any:
    at = now()
    made = aid_lists.make_list(
        source_id=answers["source"].pk,
        month=last_counted(riga_date(at)),
        actor=request.user,
        at=at,
    )
    return _("The list %(number)s is made. Look at it and put it forward.") % {
        "number": made.number
    }


def _forward(request: HttpRequest, row: AidList, answers: dict[str, Any]) -> Any:
    aid_lists.put_forward(list_id=row.pk, actor=request.user, at=now())
    return _("The list waits for a second person.")


def _cancel(request: HttpRequest, row: AidList, answers: dict[str, Any]) -> Any:
    aid_lists.cancel(list_id=row.pk, note=answers["note"], actor=request.user, at=now())
    return _("The list is cancelled; its months wait for another one.")


@admin.register(AidList)
class AidListAdmin(StatefulAdmin):
    """The payment list of a source and a month."""

    list_display = ("number", "source", "month", "state", "total")
    list_filter = ("state", "source")
    list_select_related = ("source",)
    search_fields = ("number",)
    ordering = ("-month", "number")
    sections = (months_of_list, approvals_of_list, transitions)
    acts = (
        Action(
            code="make",
            label=_("Make a list"),
            explains=_("Takes every month of a source that is counted and stands in no list."),
            permission="funding.make_aid_list",
            run=_make,
            form=ListForm,
            of_row=False,
        ),
        Action(
            code="put-forward",
            label=_("Put forward"),
            explains=_("Another person has to approve it before anything is paid."),
            permission="funding.make_aid_list",
            run=_forward,
            when=lambda row: row.state == ListState.DRAFT,
        ),
        Action(
            code="cancel",
            label=_("Cancel the list"),
            explains=_("Its months wait for another list."),
            permission="funding.make_aid_list",
            run=_cancel,
            form=Reason,
            when=lambda row: row.state == ListState.DRAFT,
        ),
    )


class SecondPerson(forms.Form):
    """Yes or no, and why."""

    approved = forms.TypedChoiceField(
        label=_("Decision"),
        choices=[("yes", _("Yes, pay it")), ("no", _("No, back to the draft"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea)


def _decide(request: HttpRequest, row: AidListApproval, answers: dict[str, Any]) -> Any:
    aid_lists.second(approval_id=row.pk, **answers, actor=request.user, at=now())
    return _("Decided.")


@admin.register(AidListApproval)
class AidListApprovalAdmin(AgencyAdmin):
    """A list of monthly aid that waits for the second person (STA-5)."""

    hidden = ("subject_hash",)
    list_display = ("aid_list", "requested_at", "requested_by", "decided_at", "approved")
    list_filter = ("approved",)
    list_select_related = ("aid_list", "requested_by")
    search_fields = ("aid_list__number",)
    ordering = ("-requested_at", "pk")
    acts = (
        Action(
            code="decide",
            label=_("Decide"),
            explains=_("You are the second person: what you approve is owed and paid."),
            permission="funding.make_aid_list",
            run=_decide,
            form=SecondPerson,
            when=lambda row: row.decided_at is None,
        ),
    )


# --- employers and their promises ------------------------------------------------------------


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
    valid_from = forms.DateField(
        label=_("First day"), widget=forms.DateInput(attrs={"type": "date"})
    )
    valid_to = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}))
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
        fields["source"].queryset = FundingSource.objects.order_by("code")


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

    hidden = ("code_hash",)
    list_display = (
        *("employer", "source", "share", "per_person", "total", "promised", "people"),
        *("valid_from", "valid_to", "ended_at"),
    )
    list_filter = ("source",)
    list_select_related = ("employer", "source")
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

    @admin.display(description=_("Promised, EUR"))
    def promised(self, row: Any) -> Decimal:
        return row.promised_sum or ZERO

    @admin.display(description=_("People"))
    def people(self, row: Any) -> int:
        return int(row.people_count)
