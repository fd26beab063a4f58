"""What somebody typed before they sent it."""

from __future__ import annotations

from django.db import models

from accounts.models import Person
from stars.common.models import UUIDModel


class OpeningDraft(UUIDModel):
    """The half-filled form of somebody who opens an account (ILA-2).

    Kept here and not in the session, so that it outlives signing out; gone once the account is
    open or a month has passed (services.draft).
    """

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="opening_draft")
    answers = models.JSONField(default=dict)
    saved_at = models.DateTimeField()
