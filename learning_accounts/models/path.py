"""A plan towards a goal; full cover asks for one (money-rules.md 12)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from catalogue.models import Programme
from learning_accounts.enums import StepState
from learning_accounts.models.account import LearningAccount
from stars.common.models import TimeStamped, UUIDModel


class LearningPath(UUIDModel, TimeStamped):
    """A goal in the person's own words."""

    account = models.ForeignKey(LearningAccount, on_delete=models.PROTECT, related_name="paths")
    goal = models.CharField(max_length=200)
    begun_at = models.DateTimeField()


class PathStep(UUIDModel):
    """One step of a path, in order; a programme of the catalogue or anything else."""

    path = models.ForeignKey(LearningPath, on_delete=models.PROTECT, related_name="steps")
    order = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=StepState, default=StepState.PLANNED)

    class Meta:
        ordering: ClassVar[list[str]] = ["path", "order"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["path", "order"], name="path_step_order_once"),
        ]
