"""The learning history."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from learning_accounts.enums import RecordSource
from learning_accounts.models.account import LearningAccount
from stars.common.models import TimeStamped, UUIDModel


class LearningRecord(UUIDModel, TimeStamped):
    """Something learned, whoever organised it (ILA-9).

    Titles are copied: the history must read the same when a programme is renamed or archived.
    """

    account = models.ForeignKey(LearningAccount, on_delete=models.PROTECT, related_name="records")
    title_lv = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    provider_name = models.CharField(max_length=200)
    hours = models.PositiveSmallIntegerField(null=True)
    completed_on = models.DateField()
    document_number = models.CharField(max_length=60, blank=True, default="")
    source = models.CharField(max_length=10, choices=RecordSource)
    # Enrolments live above; the key alone ties the record to the participation.
    participation_id = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["participation_id"],
                condition=Q(participation_id__isnull=False),
                name="record_once_per_participation",
            ),
        ]
