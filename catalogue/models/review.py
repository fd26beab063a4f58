"""What the agency says about a version before it is shown (CAT-10)."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from catalogue.enums import ReviewOutcome
from catalogue.models.call import Call
from catalogue.models.programme import ProgrammeVersion
from stars.common.models import UUIDModel


class Submission(UUIDModel):
    """One sending of a version to the agency, from there to the decision.

    Four eyes (architecture, Money): whoever sent it does not decide, and what is approved is what
    was sent (`content_hash`). Nobody in `submitted_by` is the system.
    """

    version = models.ForeignKey(
        ProgrammeVersion, on_delete=models.PROTECT, related_name="submissions"
    )
    number = models.PositiveSmallIntegerField()
    call = models.ForeignKey(Call, on_delete=models.PROTECT, null=True, related_name="submissions")
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    submitted_at = models.DateTimeField()
    content_hash = models.CharField(max_length=64)
    # The price watch of that day (rules.price.PriceFinding) and the provider's reason.
    findings = models.JSONField(default=list, blank=True)
    price_reason = models.TextField(blank=True, default="")
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    taken_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=ReviewOutcome, blank=True, default="")
    note = models.TextField(blank=True, default="")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["submitted_at"],
                condition=Q(decided_at__isnull=True),
                name="submission_waiting",
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["version", "number"], name="submission_number_once"),
            models.UniqueConstraint(
                fields=["version"],
                condition=Q(decided_at__isnull=True),
                name="submission_one_waiting",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | Q(submitted_by__isnull=True)
                | ~Q(decided_by=F("submitted_by")),
                name="submission_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by__isnull=True, outcome="")
                | (Q(decided_at__isnull=False) & ~Q(outcome="")),
                name="submission_decided_whole",
            ),
        ]


class ProgrammeRemark(UUIDModel):
    """What the reviewer wants changed in one field; without a field it is about the whole.

    The provider reads it once the submission is decided, and may answer while mending.
    """

    version = models.ForeignKey(ProgrammeVersion, on_delete=models.PROTECT, related_name="remarks")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="remarks")
    field = models.CharField(max_length=40, blank=True, default="")
    text = models.TextField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField()
    # What the provider says to it; the last words count.
    answer = models.TextField(blank=True, default="")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(resolved_by__isnull=True) | Q(resolved_at__isnull=False),
                name="remark_resolved_whole",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="remark_says_something"),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True, answered_by__isnull=True)
                | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="remark_answered_whole",
            ),
        ]
