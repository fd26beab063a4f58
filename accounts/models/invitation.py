"""An invitation to work for an organisation; its link is in a letter to the address."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.enums import Role
from accounts.models.organisation import Membership, Organisation
from stars.common.models import UUIDModel


class Invitation(UUIDModel):
    """Somebody is invited to a role; whoever opens the mailbox may take it (PRO-1)."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="invitations"
    )
    email = models.EmailField()
    role = models.CharField(max_length=20, choices=Role)
    language = models.CharField(max_length=2, default="lv")
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    invited_at = models.DateTimeField()
    # The letter was sent at this moment for the last time; its link is good for some days.
    sent_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    membership = models.OneToOneField(
        Membership, on_delete=models.PROTECT, null=True, related_name="invitation"
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["-invited_at", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["organisation", "email", "role"],
                condition=Q(withdrawn_at__isnull=True, accepted_at__isnull=True),
                name="invitation_one_open",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, membership__isnull=True)
                | Q(accepted_at__isnull=False, membership__isnull=False, withdrawn_at__isnull=True),
                name="invitation_accepted_whole",
            ),
        ]
