"""What a user was told."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from stars.notifications import kinds
from stars.notifications.models import Message


@dataclass(frozen=True)
class InboxItem:
    """One message in words."""

    id: UUID
    kind: str
    created_at: datetime
    unread: bool
    words: kinds.Rendered


def inbox(user_id: UUID, *, limit: int = 50) -> list[InboxItem]:
    """The newest messages first, in the active language.

    One query, and what the resolver of each kind needs for all of its messages together. What
    can no longer be told (its object is erased) is left out.
    """
    messages = list(Message.objects.filter(user_id=user_id).order_by("-created_at", "-id")[:limit])
    by_kind: dict[str, list[Message]] = defaultdict(list)
    for message in messages:
        by_kind[message.kind].append(message)
    words: dict[UUID, kinds.Rendered | None] = {}
    for kind, group in by_kind.items():
        rendered = kinds.render(kind, [message.params for message in group])
        words.update(zip((message.pk for message in group), rendered, strict=True))
    return [
        InboxItem(m.pk, m.kind, m.created_at, m.read_at is None, said)
        for m in messages
        if (said := words[m.pk])
    ]


def unread_count(user_id: UUID) -> int:
    """How many messages the user has not seen."""
    return Message.objects.filter(user_id=user_id, read_at__isnull=True).count()
