"""Cases of "this was not me", for the agency to decide; what they say of an account."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from enrolments.enums import DisputeState
from enrolments.models import Application, Dispute
from enrolments.services import disputes
from learning_accounts.models import LearningAccount
from stars.common.admin import (
    SHOWN,
    Action,
    Section,
    StatefulAdmin,
    actor,
    add_section,
    link_to,
    transitions,
)
from stars.common.dates import now
from stars.common.names import columns


class Found(forms.Form):
    """What the agency found."""

    note = forms.CharField(
        label=_("What was found"),
        help_text=_("It stays in the case. The person reads only the outcome."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def _uphold(request: HttpRequest, row: Dispute, answers: dict[str, Any]) -> Any:
    disputes.uphold(dispute_id=row.pk, note=answers["note"], actor=request.user, at=now())
    return _("The application has ended; its place and money are free. The person is told.")


def _dismiss(request: HttpRequest, row: Dispute, answers: dict[str, Any]) -> Any:
    disputes.dismiss(dispute_id=row.pk, note=answers["note"], actor=request.user, at=now())
    return _("The application goes on. The person is told.")


def _is_open(row: Dispute) -> bool:
    return row.state == DisputeState.OPEN


def application_of(request: HttpRequest, dispute: Dispute) -> Section:
    """What is disputed, and the money that stands still."""
    row = dispute.application
    commitment = row.commitment
    return Section(
        _("The application"),
        columns("Training", "Group", "State", "Sent", "Support"),
        [
            [
                link_to(row, row.offer.version.title),
                row.group.code,
                row.get_state_display(),
                row.submitted_at,
                link_to(commitment, None) if commitment is None else commitment.support,
            ]
        ],
    )


@admin.register(Dispute)
class DisputeAdmin(StatefulAdmin):
    """Somebody said that an application is not theirs."""

    view_permission = "agency.view_people"

    list_display = ("id", "title", "group_code", "state", "opened_at", "decided_at")
    list_filter = ("state",)
    list_select_related = ("application__group", "application__offer__version")
    search_fields = ("application__group__code",)
    search_keys = ("pk", "application_id", "application__account_id")
    ordering = ("-opened_at", "pk")
    sections = (application_of, transitions)
    acts = (
        Action(
            code="uphold",
            label=_("It was somebody else"),
            explains=_(
                "The application ends. Its place and money become free at once, and the account is"
                " marked in its page. The person is told."
            ),
            permission="enrolments.decide_dispute",
            run=_uphold,
            form=Found,
            when=_is_open,
        ),
        Action(
            code="dismiss",
            label=_("It was the person"),
            explains=_("The application and its money go on. The person is told."),
            permission="enrolments.decide_dispute",
            run=_dismiss,
            form=Found,
            when=_is_open,
        ),
    )

    @admin.display(description=pgettext_lazy("column", "Title"))
    def title(self, dispute: Dispute) -> str:
        return dispute.application.offer.version.title

    @admin.display(description=pgettext_lazy("column", "Group"))
    def group_code(self, dispute: Dispute) -> str:
        return dispute.application.group.code

    def persons_of(self, row: Dispute) -> Iterable[UUID]:
        return [row.application.account.person_id]


def _cases(rows: Iterable[Dispute], note: Any = "") -> Section:
    return Section(
        _("“This was not me”"),
        columns("Case", "State", "Opened", "Decided", "Who"),
        [
            [
                link_to(row, row.application.offer.version.title),
                row.get_state_display(),
                row.opened_at,
                row.decided_at,
                actor(row.decided_by) if row.decided_at else "–",
            ]
            for row in rows
        ],
        note,
    )


WITH = ("application__offer__version", "decided_by")


def of_account(request: HttpRequest, account: LearningAccount) -> Section:
    """Every case of the account; one that was upheld is said above the table."""
    rows = Dispute.objects.filter(application__account=account).select_related(*WITH)
    found = list(rows.order_by("-opened_at")[:SHOWN])
    flagged = any(row.state == DisputeState.UPHELD for row in found)
    return _cases(
        found,
        _("Somebody else has applied in this account. Look closely at what it does.")
        if flagged
        else "",
    )


def of_application(request: HttpRequest, application: Application) -> Section:
    """Whether it was said that somebody else had applied."""
    return _cases(application.disputes.select_related(*WITH).order_by("-opened_at"))


add_section(LearningAccount, of_account)
add_section(Application, of_application)
