"""An organisation that wants to become a provider (PRO-1, PRO-2)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from catalogue.enums import RegistrationState
from catalogue.models.log import CatalogueLog
from catalogue.models.provider import Provider
from catalogue.workflow import REGISTRATION
from stars.common.models import TimeStamped, UUIDModel
from stars.common.workflow import Stateful


class ProviderRegistration(UUIDModel, TimeStamped, Stateful):
    """What an organisation says of itself, what was checked, and the agency's decision."""

    WORKFLOW = REGISTRATION
    LOG = CatalogueLog

    applicant = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(
        max_length=10, choices=RegistrationState, default=RegistrationState.DRAFT
    )
    name = models.CharField(max_length=200, blank=True, default="")
    registration_number = models.CharField(max_length=20, blank=True, default="")
    city = models.CharField(max_length=80, blank=True, default="")
    email = models.EmailField(blank=True, default="")
    phone = models.CharField(max_length=20, blank=True, default="")
    about_lv = models.TextField(blank=True, default="")
    about_en = models.TextField(blank=True, default="")
    accreditation = models.CharField(max_length=300, blank=True, default="")
    accredited_until = models.DateField(null=True, blank=True, help_text="last day, inclusive")
    # Earlier runs: [{"title": "…", "year": 2025, "graduates": 12}].
    runs = models.JSONField(default=list, blank=True)
    # Says that no ground for exclusion stands against it.
    no_exclusion = models.BooleanField(default=False)
    # What was checked at sending: criterion, yes/no/unknown, the fact, its source and time.
    findings = models.JSONField(default=list, blank=True)
    submitted_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    decision_note = models.TextField(blank=True, default="")
    provider = models.OneToOneField(
        Provider, on_delete=models.PROTECT, null=True, related_name="registration"
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["applicant"],
                condition=Q(state__in=["draft", "submitted", "returned"]),
                name="registration_one_open",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"]) | Q(submitted_at__isnull=False),
                name="registration_sent_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state="approved", provider__isnull=False, decided_at__isnull=False)
                | ~Q(state="approved") & Q(provider__isnull=True),
                name="registration_approved_has_provider",
            ),
            # Four eyes: nobody decides about an organisation they registered.
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=models.F("applicant")),
                name="registration_four_eyes",
            ),
        ]
        triggers: ClassVar[list[Any]] = [REGISTRATION.trigger()]
