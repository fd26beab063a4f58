"""Decisions about support, kept with the facts they rest on."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from funding.enums import Answer
from funding.models.policy import PolicyVersion
from learning_accounts.models import LearningAccount
from stars.common.models import UUIDModel


class Decision(UUIDModel):
    """One decision. An application stores every line of it, a round only the fact keys (FUN-8)."""

    GRANTS = "append"

    account = models.ForeignKey(LearningAccount, on_delete=models.PROTECT, related_name="decisions")
    policy = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="decisions")
    # "grant:<id>" or "application:<id>"
    reference = models.CharField(max_length=60)
    outcome = models.CharField(max_length=10, choices=Answer)
    # [{"criterion", "answer", "fact", "source", "observed_at", "text_lv", "text_en"}]
    lines = models.JSONField(default=list)
    decided_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["reference", "policy"], name="decision_once"),
        ]
