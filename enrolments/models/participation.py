"""A person in a group: admitted, present or absent, and how it ended."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from catalogue.models import Group, Session
from enrolments.enums import ConfirmedBy, ParticipationState, Presence
from enrolments.models.application import Application
from enrolments.models.log import EnrolmentLog
from enrolments.models.querysets import ParticipationQuerySet
from enrolments.workflow import PARTICIPATION
from learning_accounts.models import LearningAccount
from stars.common.models import TimeStamped, UUIDModel
from stars.common.workflow import Stateful


class Participation(UUIDModel, TimeStamped, Stateful):
    """One person's place in one group."""

    WORKFLOW = PARTICIPATION
    LOG = EnrolmentLog

    application = models.OneToOneField(
        Application, on_delete=models.PROTECT, related_name="participation"
    )
    account = models.ForeignKey(
        LearningAccount, on_delete=models.PROTECT, related_name="participations"
    )
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="participations")
    state = models.CharField(
        max_length=12, choices=ParticipationState, default=ParticipationState.ADMITTED
    )
    admitted_at = models.DateTimeField()
    outcome_on = models.DateField(null=True, help_text="day of completion, interruption, expulsion")
    outcome_note = models.TextField(blank=True, default="")
    document_number = models.CharField(max_length=60, blank=True, default="")
    # One to ten points, where the type of programme has a grade.
    grade = models.PositiveSmallIntegerField(null=True)
    # As whom a platform for self-paced courses knows the person (ENR-10).
    platform_name = models.CharField(max_length=120, blank=True, default="")
    # Frozen at completion: share of academic hours attended, 0–1.
    attendance_share = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    confirmed_by = models.CharField(max_length=10, choices=ConfirmedBy, blank=True, default="")
    confirmed_at = models.DateTimeField(null=True)

    objects = ParticipationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(state__in=["completed", "interrupted", "expelled"])
                & Q(outcome_on__isnull=False)
                | ~Q(state__in=["completed", "interrupted", "expelled"])
                & Q(outcome_on__isnull=True),
                name="participation_outcome_has_date",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by="")
                | Q(confirmed_at__isnull=False, state="completed") & ~Q(confirmed_by=""),
                name="participation_confirmed_whole",
            ),
            models.CheckConstraint(
                condition=Q(grade__isnull=True) | Q(grade__range=(1, 10), state="completed"),
                name="participation_grade_of_completed",
            ),
        ]
        triggers: ClassVar[list[Any]] = [PARTICIPATION.trigger()]


class Attendance(UUIDModel):
    """One mark. `version` keeps two teachers from overwriting each other (PRO-6)."""

    participation = models.ForeignKey(
        Participation, on_delete=models.PROTECT, related_name="attendance"
    )
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="attendance")
    presence = models.CharField(max_length=10, choices=Presence)
    version = models.PositiveIntegerField(default=1)
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    marked_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["participation", "session"], name="attendance_mark_once"
            ),
        ]
