"""A move to another group that waits for consent, and "this was not me"."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from catalogue.models import Group
from enrolments.enums import DisputeState, MoveState
from enrolments.models.application import Application
from enrolments.models.log import EnrolmentLog
from enrolments.models.participation import Participation
from enrolments.workflow import DISPUTE, GROUP_MOVE
from stars.common.models import UUIDModel
from stars.common.workflow import Stateful


class GroupMove(UUIDModel, Stateful):
    """The provider proposes another group of the programme; the person agrees or not (ENR-9)."""

    WORKFLOW = GROUP_MOVE
    LOG = EnrolmentLog

    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="moves")
    to_group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="moves_here")
    state = models.CharField(max_length=10, choices=MoveState, default=MoveState.PROPOSED)
    reason = models.CharField(max_length=300)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    proposed_at = models.DateTimeField()
    answer_by = models.DateField(help_text="last day for the person's answer, inclusive")
    answered_at = models.DateTimeField(null=True)
    # The place in the new group after consent.
    moved_to = models.OneToOneField(
        Participation, on_delete=models.PROTECT, null=True, related_name="moved_from"
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["participation"], condition=Q(state="proposed"), name="move_one_open"
            ),
            models.CheckConstraint(
                condition=Q(state="accepted", moved_to__isnull=False)
                | ~Q(state="accepted") & Q(moved_to__isnull=True),
                name="move_accepted_has_place",
            ),
        ]
        triggers: ClassVar[list[Any]] = [GROUP_MOVE.trigger()]


class Dispute(UUIDModel, Stateful):
    """ "This was not me": the commitment is frozen until the agency has looked."""

    WORKFLOW = DISPUTE
    LOG = EnrolmentLog

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="disputes")
    state = models.CharField(max_length=10, choices=DisputeState, default=DisputeState.OPEN)
    note = models.CharField(max_length=500, blank=True, default="")
    opened_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    decision_note = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["application"], condition=Q(state="open"), name="dispute_one_open"
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True)
                | ~Q(state="open") & Q(decided_at__isnull=False),
                name="dispute_decided_has_time",
            ),
        ]
        triggers: ClassVar[list[Any]] = [DISPUTE.trigger()]
