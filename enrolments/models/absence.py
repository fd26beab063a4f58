"""Why somebody was away, and the learner's own side of attendance (PRO-5, ENR-6)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from catalogue.models import Group, Session
from enrolments.enums import AbsenceReason, ExcuseState, Presence
from enrolments.models.log import EnrolmentLog
from enrolments.models.participation import Attendance, Participation
from enrolments.workflow import EXCUSE
from stars.common.models import UUIDModel
from stars.common.workflow import Stateful


class Excuse(UUIDModel, Stateful):
    """Why a person was or will be away, with a document where there is one (stars.files).

    The document may be about health: whoever decides sees it, and it is erased afterwards.
    """

    WORKFLOW = EXCUSE
    LOG = EnrolmentLog

    participation = models.ForeignKey(
        Participation, on_delete=models.PROTECT, related_name="excuses"
    )
    state = models.CharField(max_length=10, choices=ExcuseState, default=ExcuseState.SUBMITTED)
    reason = models.CharField(max_length=10, choices=AbsenceReason)
    first_day = models.DateField()
    last_day = models.DateField(help_text="inclusive")
    note = models.CharField(max_length=500, blank=True, default="")
    submitted_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    decision_note = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(first_day__lte=F("last_day")), name="excuse_days_ordered"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "refused"]) | Q(decided_at__isnull=False),
                name="excuse_decided_has_time",
            ),
        ]
        triggers: ClassVar[list[Any]] = [EXCUSE.trigger()]


class SessionCode(UUIDModel):
    """A short code the teacher shows in one session; whoever is there writes it in.

    Only its keyed hash is kept; it works from `opens_at` to `closes_at`.
    """

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="codes")
    code_hash = models.CharField(max_length=64)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(opens_at__lt=F("closes_at")), name="session_code_times_ordered"
            ),
        ]


class OwnMark(UUIDModel):
    """The learner's own word that they were there, by the code of the session."""

    GRANTS = "append"

    participation = models.ForeignKey(
        Participation, on_delete=models.PROTECT, related_name="own_marks"
    )
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="own_marks")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["participation", "session"], name="own_mark_once"),
        ]


class MonthClosing(UUIDModel):
    """A month of a group's attendance that is closed; changes after it need a reason."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="closed_months")
    month = models.DateField(help_text="first day of the month")
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    closed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["group", "month"], name="month_closed_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="closed_month_by_first_day"),
        ]


class AttendanceChange(UUIDModel):
    """A mark that was changed after its month was closed, and why."""

    GRANTS = "append"

    attendance = models.ForeignKey(Attendance, on_delete=models.PROTECT, related_name="changes")
    # Empty: there was no mark.
    before = models.CharField(max_length=10, choices=Presence, blank=True, default="")
    after = models.CharField(max_length=10, choices=Presence)
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(reason=""), name="attendance_change_has_reason"),
        ]
