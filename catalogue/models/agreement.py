"""Under which agreement a provider teaches, and decisions that stop it for a while."""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from catalogue.enums import RunningGroups
from catalogue.models.programme import Programme
from catalogue.models.provider import Provider
from stars.common.models import TimeStamped, UUIDModel


@pghistory.track()
class Agreement(UUIDModel, TimeStamped):
    """An agreement of the agency with a provider; nothing is deleted, only ended (PRO-1)."""

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="agreements")
    number = models.CharField(max_length=40)
    signed_on = models.DateField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True, help_text="last day, inclusive")
    terms = models.TextField(blank=True, default="")
    ended_on = models.DateField(null=True, blank=True, help_text="ended before its time")
    end_reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering: ClassVar[list[str]] = ["-valid_from", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["number"], name="agreement_number_once"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="agreement_dates_ordered",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | ~Q(end_reason=""),
                name="agreement_end_has_reason",
            ),
        ]


class Suspension(UUIDModel):
    """The agency stops a provider or one programme for a while (ENR-8, L893).

    `running` says what becomes of groups under way; enrolments carries it out.
    """

    provider = models.ForeignKey(
        Provider, on_delete=models.PROTECT, null=True, related_name="suspensions"
    )
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, null=True, related_name="suspensions"
    )
    running = models.CharField(max_length=10, choices=RunningGroups)
    reason = models.TextField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField()
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True)
    lift_reason = models.TextField(blank=True, default="")

    class Meta:
        ordering: ClassVar[list[str]] = ["-decided_at", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(provider__isnull=True, programme__isnull=False)
                | Q(provider__isnull=False, programme__isnull=True),
                name="suspension_of_one",
            ),
            models.UniqueConstraint(
                fields=["provider"], condition=Q(lifted_at__isnull=True), name="suspension_provider"
            ),
            models.UniqueConstraint(
                fields=["programme"],
                condition=Q(lifted_at__isnull=True),
                name="suspension_programme",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False) & ~Q(lift_reason=""),
                name="suspension_lifted_whole",
            ),
        ]
