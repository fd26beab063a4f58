"""Learning accounts; their money is shown by funding, their applications by enrolments."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from learning_accounts.models import LearningAccount, LearningPath, LearningRecord
from stars.common.admin import (
    SHOWN,
    AgencyAdmin,
    Section,
    StatefulAdmin,
    add_section,
    link_to,
    transitions,
)
from stars.common.names import columns


def paths(request: HttpRequest, account: LearningAccount) -> Section:
    """Goals with how many steps they have."""
    rows = account.paths.prefetch_related("steps").order_by("-begun_at")
    return Section(
        _("Learning paths"),
        columns("Begun", "Goal", "Steps"),
        [[path.begun_at, link_to(path, path.goal), len(path.steps.all())] for path in rows],
    )


def records(request: HttpRequest, account: LearningAccount) -> Section:
    """The learning history."""
    rows = account.records.order_by("-completed_on", "pk")[:SHOWN]
    return Section(
        _("Learning history"),
        columns("Completed", "Title", "Provider", "Hours", "Document", "Source"),
        [
            [
                row.completed_on,
                row.title_lv,
                row.provider_name,
                row.hours,
                row.document_number,
                row.get_source_display(),
            ]
            for row in rows
        ],
    )


@admin.register(LearningAccount)
class LearningAccountAdmin(StatefulAdmin):
    """A person's account: its row is the lock of one person's money."""

    view_permission = "agency.view_people"
    list_display = ("id", "state", "opened_at", "profile_completed_at")
    list_filter = ("state",)
    ordering = ("-opened_at", "pk")
    search_keys = ("pk", "person_id", "person__user_id")
    sections = (paths, records, transitions)

    def persons_of(self, row: LearningAccount) -> Iterable[UUID]:
        return [row.person_id]


def steps(request: HttpRequest, path: LearningPath) -> Section:
    """The steps in their order."""
    rows = path.steps.select_related("programme")
    return Section(
        _("Steps"),
        columns("Number", "Title", "Programme", "State"),
        [
            [step.order, step.title, link_to(step.programme), step.get_state_display()]
            for step in rows
        ],
    )


@admin.register(LearningPath)
class LearningPathAdmin(AgencyAdmin):
    """A plan towards a goal."""

    view_permission = "agency.view_people"
    list_display = ("id", "account", "begun_at")
    list_select_related = ("account",)
    ordering = ("-begun_at", "pk")
    search_keys = ("pk", "account_id")
    sections = (steps,)

    def persons_of(self, row: LearningPath) -> Iterable[UUID]:
        return [row.account.person_id]


@admin.register(LearningRecord)
class LearningRecordAdmin(AgencyAdmin):
    """Something learned."""

    view_permission = "agency.view_people"
    list_display = ("title_lv", "provider_name", "completed_on", "source", "account")
    list_filter = ("source",)
    list_select_related = ("account",)
    ordering = ("-completed_on", "pk")
    search_keys = ("pk", "account_id", "participation_id")

    def persons_of(self, row: LearningRecord) -> Iterable[UUID]:
        return [row.account.person_id]


def account_of(request: HttpRequest, person: Any) -> Section:
    """The person's learning account."""
    rows = LearningAccount.objects.filter(person=person)
    return Section(
        _("Learning account"),
        columns("Account", "State", "Opened"),
        [[link_to(row), row.get_state_display(), row.opened_at] for row in rows],
    )


add_section(Person, account_of)
