"""Certificates that providers issue through the portal (DOC-1)."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from catalogue.models import Provider
from enrolments.models.participation import Participation
from stars.common.models import TimeStamped, UUIDModel


class CertificateTemplate(UUIDModel, TimeStamped):
    """What a provider's certificate says besides the facts; its logo lies in stars.files."""

    provider = models.ForeignKey(
        Provider, on_delete=models.PROTECT, related_name="certificate_templates"
    )
    name = models.CharField(max_length=80)
    heading_lv = models.CharField(max_length=120)
    heading_en = models.CharField(max_length=120)
    text_lv = models.CharField(max_length=600, blank=True, default="")
    text_en = models.CharField(max_length=600, blank=True, default="")
    signatory = models.CharField(max_length=120)
    position_lv = models.CharField(max_length=120, blank=True, default="")
    position_en = models.CharField(max_length=120, blank=True, default="")
    logo_alt = models.CharField(max_length=200, blank=True, default="")
    active = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["provider", "name"], name="template_name_once"),
        ]


class Certificate(UUIDModel):
    """One issued certificate; the PDF lies in stars.files, what it said is frozen here."""

    participation = models.ForeignKey(
        Participation, on_delete=models.PROTECT, related_name="certificates"
    )
    template = models.ForeignKey(
        CertificateTemplate, on_delete=models.PROTECT, null=True, related_name="+"
    )
    # In the address of the verification page and in the QR code; random, says nothing.
    code = models.CharField(max_length=24)
    # What was printed, by name; the PDF can be made again from it byte for byte.
    content = models.JSONField(default=dict)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    withdraw_reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="certificate_code_once"),
            models.UniqueConstraint(
                fields=["participation"],
                condition=Q(withdrawn_at__isnull=True),
                name="certificate_one_valid",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | ~Q(withdraw_reason=""),
                name="certificate_withdrawn_has_reason",
            ),
        ]
