"""Writing the two logs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder

from stars.audit import privacy
from stars.audit.models import AuditEntry, LookEntry

# One statement holds this many looks; an export may be long.
BATCH = 5000
_CODE = re.compile(r"[a-z][a-z0-9_.:-]{0,59}")
_json = DjangoJSONEncoder()


def record(
    *,
    actor: Any,
    action: str,
    object_type: str,
    object_id: UUID | None,
    changes: Mapping[str, tuple[Any, Any] | None] | None = None,
    at: datetime,
) -> AuditEntry:
    """Write that `actor` (a user, or the system) did `action` to an object at `at`.

    `object_type` is "app_label.model", `changes` field → (before, after). Values are kept only
    of fields which the privacy register says hold no personal data; of all others, and of what
    the register does not know, only the name is kept. ValueError where `action` or `object_type`
    is no code word. Belongs into the transaction of the change.
    """
    _check(action, object_type)
    return AuditEntry.objects.create(
        actor_id=actor.pk,
        action=action,
        object_type=object_type,
        object_id=object_id,
        changes={
            name: _plain(values) if values and _may_keep(f"{object_type}.{name}") else None
            for name, values in (changes or {}).items()
        },
        at=at,
    )


def look(*, actor: Any, person_ids: Iterable[UUID], what: str, purpose: str, at: datetime) -> int:
    """Write that `actor` saw data of these people; returns how many people that were.

    `what` and `purpose` are code words ("application_list", "decide_application"): ValueError
    for free text, which could itself be personal. Call it for looks at others only.
    """
    _check(what, purpose)
    entries = [
        LookEntry(actor_id=actor.pk, person_id=person_id, what=what, purpose=purpose, at=at)
        for person_id in set(person_ids)
    ]
    LookEntry.objects.bulk_create(entries, batch_size=BATCH)
    return len(entries)


def _may_keep(field: str) -> bool:
    register = privacy.register()
    return field in register and register[field] is privacy.NONE


def _plain(values: tuple[Any, Any]) -> list[Any]:
    return [
        value if value is None or isinstance(value, bool | int | str) else _text(value)
        for value in values
    ]


def _text(value: Any) -> str:
    return _json.encode(value).strip('"')


def _check(*codes: str) -> None:
    for code in codes:
        if not _CODE.fullmatch(code):
            raise ValueError(f"Not a code word: {code!r}")
