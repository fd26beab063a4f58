"""A message in the account and the e-mail that carries the same words.

Neither keeps rendered text: kind and parameters are enough to write it again in any language,
and nobody's name is copied here.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from stars.common.models import UUIDModel
from stars.notifications.enums import OutboxState


class Message(UUIDModel):
    """Something a user is told, once per `dedupe_key` (ILA-10).

    Without a user it is a letter to somebody who has no account here, such as a reader of news.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="messages", null=True
    )
    kind = models.CharField(max_length=40)
    # Ids, amounts and dates only; the kind's resolver turns them into words.
    params = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    dedupe_key = models.CharField(max_length=160)
    created_at = models.DateTimeField(help_text="business time")
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["user", "-created_at"], name="message_inbox"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # unique=True would add a second index, for LIKE, that rounds would pay for.
            models.UniqueConstraint(fields=["dedupe_key"], name="message_once"),
        ]


class OutboxEmail(models.Model):
    """An e-mail on its way. The address is forgotten as soon as it is of no more use."""

    message = models.OneToOneField(
        Message, on_delete=models.CASCADE, primary_key=True, related_name="email"
    )
    address = models.EmailField(blank=True)
    language = models.CharField(max_length=2)
    state = models.CharField(
        max_length=10, choices=OutboxState, default=OutboxState.QUEUED, db_default="queued"
    )
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    # While one worker sends, this keeps the others away (see services.send_outbox).
    next_try_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["next_try_at"], condition=Q(state="queued"), name="outbox_waiting"
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(state="queued", sent_at__isnull=True) & ~Q(address="")
                | Q(state="sent", sent_at__isnull=False, address="")
                | Q(state="failed", sent_at__isnull=True, address=""),
                name="outbox_address_forgotten",
            ),
        ]

    def __str__(self) -> str:
        return f"OutboxEmail {self.pk}"
