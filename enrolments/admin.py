"""Applications and participations, with attendance; the agency's part is the second side."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import rules
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalogue.enums import GroupState
from enrolments import admin_disputes, admin_suspensions  # noqa: F401  (their own pages, actions)
from enrolments.enums import ParticipationState
from enrolments.messages_results import waiting_for_results
from enrolments.models import Application, Participation
from enrolments.rules import results_due_through
from enrolments.services import outcomes
from learning_accounts.models import LearningAccount
from stars.common.admin import (
    SHOWN,
    Action,
    Reason,
    Section,
    StatefulAdmin,
    actor,
    add_section,
    link_to,
    transitions,
)
from stars.common.dates import now, today
from stars.common.desk import Waiting, on_the_desk
from stars.common.names import columns

SUMS = {
    "price": pgettext_lazy("column", "Price"),
    "support": pgettext_lazy("column", "Support"),
    "own_part": pgettext_lazy("column", "Own part"),
}


def quote_lines(request: HttpRequest, application: Application) -> Section:
    """The sums and reasons that the person confirmed."""
    quote = application.quote
    return Section(
        _("What the person confirmed"),
        columns("Name", "Value"),
        [[words, Decimal(quote[name])] for name, words in SUMS.items() if name in quote],
    )


def participation_of(request: HttpRequest, application: Application) -> Section:
    """What became of it."""
    rows = Participation.objects.filter(application=application)
    return Section(
        _("Participation"),
        columns("Participation", "Admitted"),
        [[link_to(row, row.get_state_display()), row.admitted_at] for row in rows],
    )


@admin.register(Application)
class ApplicationAdmin(StatefulAdmin):
    """A request for a place."""

    list_display = ("id", "title", "group_code", "state", "submitted_at", "decide_by")
    list_filter = ("state", "use_support", "payer")
    list_select_related = ("group", "offer__version")
    search_fields = ("group__code", "offer__version__programme__code")
    search_keys = ("pk", "account_id", "group_id", "commitment_id")
    ordering = ("-created_at", "pk")
    sections = (quote_lines, participation_of, transitions)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """The frozen quote holds the facts of the decision: for those who may see people."""
        kept = super().get_fields(request, obj)
        if not rules.has_perm("agency.view_people", request.user):
            kept.remove("quote")
        return kept

    @admin.display(description=pgettext_lazy("column", "Title"))
    def title(self, application: Application) -> str:
        return application.offer.version.title

    @admin.display(description=pgettext_lazy("column", "Group"))
    def group_code(self, application: Application) -> str:
        return application.group.code

    def persons_of(self, row: Application) -> Iterable[UUID]:
        return [row.account.person_id]


def attendance(request: HttpRequest, participation: Participation) -> Section:
    """Every mark, with who made it."""
    rows = participation.attendance.select_related("session", "marked_by")
    return Section(
        _("Attendance"),
        columns("Session", "Academic hours", "Mark", "Who", "Time"),
        [
            [
                row.session.starts_at,
                row.session.hours,
                row.get_presence_display(),
                actor(row.marked_by),
                row.marked_at,
            ]
            for row in rows.order_by("session__number")[:SHOWN]
        ],
    )


def _confirm(request: HttpRequest, row: Participation, answers: dict[str, Any]) -> Any:
    outcomes.confirm_for_agency(
        participation_id=row.pk, note=answers["note"], actor=request.user, at=now()
    )
    return _("Confirmed. The support is owed to the provider now.")


@admin.register(Participation)
class ParticipationAdmin(StatefulAdmin):
    """One person's place in one group."""

    list_display = ("id", "title", "group_code", "state", "outcome_on", "confirmed_by")
    list_filter = ("state", "confirmed_by")
    list_select_related = ("group__version",)
    search_fields = ("group__code", "group__version__programme__code")
    search_keys = ("pk", "account_id", "group_id", "application_id")
    ordering = ("-admitted_at", "pk")
    sections = (attendance, transitions)
    acts = (
        Action(
            code="confirm",
            label=_("Confirm the completion"),
            explains=_(
                "The learner was silent for the days the policy gives. Write what you checked: you"
                " are the second side, and the support becomes owed to the provider."
            ),
            permission="enrolments.confirm_for_agency",
            run=_confirm,
            form=Reason,
            when=lambda row: row.state == ParticipationState.COMPLETED and not row.confirmed_at,
        ),
    )

    @admin.display(description=pgettext_lazy("column", "Title"))
    def title(self, participation: Participation) -> str:
        return participation.group.version.title

    @admin.display(description=pgettext_lazy("column", "Group"))
    def group_code(self, participation: Participation) -> str:
        return participation.group.code

    def persons_of(self, row: Participation) -> Iterable[UUID]:
        return [row.account.person_id]


def applications_of(request: HttpRequest, account: LearningAccount) -> Section:
    """Everything the person applied for."""
    rows = account.applications.select_related("offer__version", "group").order_by("-created_at")
    return Section(
        _("Applications"),
        columns("Training", "Group", "State", "Sent"),
        [
            [
                link_to(row, row.offer.version.title),
                row.group.code,
                row.get_state_display(),
                row.submitted_at,
            ]
            for row in rows[:SHOWN]
        ],
    )


add_section(LearningAccount, applications_of)


@on_the_desk
def waiting() -> list[Waiting]:
    """Groups whose providers are late with results (ENR-7)."""
    # Overdue since yesterday: what is due today is still in time.
    through = results_due_through(today() - timedelta(days=1))
    return [
        Waiting(
            _("Groups whose results are overdue"),
            waiting_for_results(through),
            (("state__exact", GroupState.RUNNING), ("ends_on__lte", through.isoformat())),
        )
    ]
