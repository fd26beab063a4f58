"""The agency's pages of monthly aid: requests, and lists that two people approve."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from funding.admin_two import ApprovalAdmin, SecondPerson, approvals_of, decision
from funding.enums import AidState, ListState
from funding.models import (
    AidList,
    AidListApproval,
    AidMonth,
    AidRequest,
    FundingSource,
)
from funding.rules.aid import last_counted
from funding.services import aid, aid_lists
from stars.common import formats
from stars.common.admin import (
    Action,
    Reason,
    Section,
    StatefulAdmin,
    link_to,
    transitions,
)
from stars.common.dates import now, riga_date


def _months(rows: Iterable[AidMonth]) -> list[list[Any]]:
    return [
        [
            formats.month_and_year(row.month, formats.language()),
            link_to(row.request),
            formats.number(row.hours_held.normalize(), formats.language()),
            formats.number(row.hours_attended.normalize(), formats.language()),
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
        source.queryset = FundingSource.objects.select_related("term").order_by("code")


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
    list_select_related = ("source__term",)
    search_fields = ("number",)
    ordering = ("-month", "number")
    sections = (months_of_list, approvals_of, transitions)
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


class PayIt(SecondPerson):
    """Whether the list is paid."""

    yes = _("Yes, pay it")
    no = _("No, back to the draft")


def _decide(request: HttpRequest, row: AidListApproval, answers: dict[str, Any]) -> Any:
    aid_lists.second(approval_id=row.pk, **answers, actor=request.user, at=now())
    return _("Decided.")


@admin.register(AidListApproval)
class AidListApprovalAdmin(ApprovalAdmin):
    """A list of monthly aid that waits for the second person (STA-5)."""

    subject = "aid_list"
    search_fields = ("aid_list__number",)
    acts = (
        decision(
            explains=_("You are the second person: what you approve is owed and paid."),
            permission="funding.make_aid_list",
            run=_decide,
            form=PayIt,
        ),
    )
