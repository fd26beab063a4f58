"""What a person was told goes with them; letters that wait are not sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.db.models.functions import Lower

from stars.audit import erasure
from stars.notifications.models import Message, OutboxEmail


def _erase(subject: erasure.Subject, actor: Any, at: datetime) -> erasure.Erased:
    written = OutboxEmail.objects.alias(to=Lower("address")).filter(
        to__in=[address.lower() for address in subject.emails if address]
    )
    mine = Q(email__in=written)
    if subject.user_id is not None:
        mine |= Q(user_id=subject.user_id)
    return erasure.Erased(rows=Message.objects.filter(mine).delete()[0])


def register() -> None:
    """Called once when the app is ready."""
    erasure.register(erasure.Part("notifications", _erase))
