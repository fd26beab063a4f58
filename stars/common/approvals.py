"""Four eyes: what every approval does the same way (STA-5)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from stars.common.errors import Conflict, NotAllowed
from stars.common.models import Approval


def content_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 of what is approved, written in one way only (sorted keys, text values)."""
    text = json.dumps(content, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def decide(
    approval: Approval,
    *,
    content: Mapping[str, Any],
    approved: bool,
    actor: Any,
    at: datetime,
    note: str = "",
) -> None:
    """Close a locked approval; the caller does what was approved in the same transaction.

    Raises `NotAllowed` for the person who asked, `Conflict` where it is closed already or the
    content is no longer what was put forward.
    """
    if approval.decided_at is not None:
        raise Conflict(_("This was already decided."), code="decided")
    if approval.requested_by_id == actor.pk:
        raise NotAllowed(_("Somebody else has to decide about what you put forward."))
    if approved and approval.subject_hash != content_hash(content):
        raise Conflict(
            _("This has changed since it was put forward. Put it forward again."), code="changed"
        )
    approval.decided_by = actor
    approval.decided_at = at
    approval.approved = approved
    approval.note = note
    approval.save(update_fields=["decided_by", "decided_at", "approved", "note"])
