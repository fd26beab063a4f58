"""What an employer has promised to pay for its people (FUN-9, L3286)."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Organisation
from funding.models.policy import FundingSource
from stars.common.models import TimeStamped, UUIDModel
from stars.common.money import MoneyField


class Pledge(UUIDModel, TimeStamped):
    """A share of the own part that an employer pays, for people on a list or with a code."""

    employer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="pledges")
    source = models.ForeignKey(
        FundingSource, on_delete=models.PROTECT, null=True, related_name="pledges"
    )
    share = models.DecimalField(max_digits=5, decimal_places=4, help_text="of the own part, 0–1")
    per_person = MoneyField(null=True, help_text="EUR at most for one person")
    total = MoneyField(null=True, help_text="EUR at most in all")
    # A keyed hash: whoever reads the table cannot use the code.
    code_hash = models.CharField(max_length=64, blank=True, default="")
    valid_from = models.DateField()
    valid_to = models.DateField(help_text="last day, inclusive")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(share__gt=0, share__lte=1), name="pledge_share_in_range"
            ),
            models.CheckConstraint(
                condition=Q(valid_from__lte=F("valid_to")), name="pledge_dates_ordered"
            ),
            models.UniqueConstraint(
                fields=["code_hash"],
                condition=~Q(code_hash=""),
                name="pledge_code_once",
            ),
        ]


class PledgeEmployee(models.Model):
    """One person of an employer's list, known by the keyed hash of the personal code only."""

    id = models.BigAutoField(primary_key=True)
    pledge = models.ForeignKey(Pledge, on_delete=models.PROTECT, related_name="employees")
    lookup = models.CharField(max_length=64, db_index=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["pledge", "lookup"], name="pledge_employee_once"),
        ]

    def __str__(self) -> str:
        return f"PledgeEmployee {self.pk}"
