"""A decision put before a person of the agency, and what that person may waive (FUN-8)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from funding.enums import AppealState
from funding.models.log import FundingLog
from funding.models.policy import Scheme
from funding.workflow import APPEAL
from learning_accounts.models import LearningAccount
from stars.common.models import TimeStamped, UUIDModel
from stars.common.workflow import Stateful


class Appeal(UUIDModel, TimeStamped, Stateful):
    """A person does not agree: with a refusal, a rejected claim, or the loss of full cover."""

    WORKFLOW = APPEAL
    LOG = FundingLog

    account = models.ForeignKey(LearningAccount, on_delete=models.PROTECT, related_name="appeals")
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="appeals")
    # "offer:<id>", "round:<id>", "claim:<id>", "aid_request:<id>" or "commitment:<id>"
    reference = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=AppealState, default=AppealState.ASKED)
    text = models.TextField()
    # The refusal as the person saw it: the lines of the decision.
    lines = models.JSONField(default=list)
    asked_at = models.DateTimeField()
    answer_by = models.DateField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    # Shown to the person.
    answer = models.TextField(blank=True, default="")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["answer_by"], condition=Q(state="asked"), name="appeal_waiting"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["account", "reference"],
                condition=Q(state="asked"),
                name="one_open_appeal",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["upheld", "changed"]) | Q(decided_at__isnull=False),
                name="appeal_decided_has_time",
            ),
        ]
        triggers: ClassVar[list[Any]] = [APPEAL.trigger()]


class Waiver(UUIDModel):
    """A criterion that holds for one person by a decision of the agency, for a time."""

    GRANTS = "append"

    account = models.ForeignKey(LearningAccount, on_delete=models.PROTECT, related_name="waivers")
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="waivers")
    criterion = models.CharField(max_length=40)
    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="waivers")
    valid_from = models.DateField()
    valid_to = models.DateField(help_text="last day, inclusive")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["appeal", "criterion"], name="waiver_once_per_appeal"),
        ]
