"""Months that are closed in the books."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from stars.common.models import UUIDModel


class PeriodClose(UUIDModel):
    """A month whose books are closed: no posting may count in it or before it any more.

    The trigger `funding_closed_period` refuses such postings (migration 0008).
    """

    GRANTS = "append"

    month = models.DateField(help_text="its first day")
    # First moment after the closed month, in Riga; what the trigger compares with.
    until = models.DateTimeField()
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    closed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["month"], name="period_closed_once"),
        ]
