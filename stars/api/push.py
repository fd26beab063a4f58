"""Taking in many rows at once: each on its own, each answered (PRO-10).

A row that was sent before as it is now is "unchanged". Any other is written by the services that
the pages use, in a transaction of its own, together with the sender's id for it and with a note
which key it was; what a service refuses, refuses this row only.
"""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, connection, transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from stars.api import fields as f
from stars.api.authentication import Caller
from stars.api.errors import Problem
from stars.api.models import ApiWrite, ExternalId
from stars.common.errors import Conflict, DomainError
from stars.common.transactions import polite_locks

# Each row costs some twenty statements: a hundred are answered before anybody who waits for a row
# that a trial (`dry_run`) holds would give up (lock_timeout, 5 s).
MOST_ROWS = 100
ACCEPTED, UNCHANGED, REFUSED = "accepted", "unchanged", "refused"
_NOT_CONTENT = ("id", "overwrite")


@dataclass(frozen=True)
class Written:
    """What became of a row: our row, and a fingerprint of it as it stands now."""

    object_id: UUID
    left_as: str = ""


@dataclass
class Answer:
    """What is said about one row."""

    row: int
    id: str | None
    result: str
    stars_id: str | None = None
    errors: list[dict[str, str]] = field(default_factory=list)


class ChangedSince(Conflict):
    """Somebody changed the row in the workspace after it was sent the last time (PRO-6)."""

    code = "changed_meanwhile"

    def __init__(self) -> None:
        super().__init__(
            _(
                "This was changed in the workspace after you sent it the last time. Look at it, or"
                " send the row with “overwrite”: true."
            )
        )


class Resource(ABC):
    """One kind of row that can be sent."""

    # As it stands in ExternalId.kind; the area of scopes that opens it.
    kind: ClassVar[str]
    area: ClassVar[str]
    row: ClassVar[type[f.Row]]
    # Fields of services under other names than in rows.
    names: ClassVar[Mapping[str, str]] = {}

    @abstractmethod
    def write(self, caller: Caller, values: dict[str, Any], known: ExternalId | None) -> Written:
        """Write one row by the services of the pages. Raises `DomainError`.

        `known` is what is remembered of the id; without `values["overwrite"]` a row that no longer
        is as it was left raises `ChangedSince`.
        """


def was_changed(known: ExternalId | None, values: Mapping[str, Any], stands_as: str) -> bool:
    """Whether a row no longer is as this id left it, and the sender does not want to overwrite."""
    if known is None or not known.left_as or values["overwrite"]:
        return False
    return known.left_as != stands_as


def push(caller: Caller, resource: Resource, body: Any, *, dry_run: bool) -> dict[str, Any]:
    """Write the rows of a body, or with `dry_run` only find out what would become of them.

    The answer names every row as accepted, unchanged or refused with its reasons. Raises `Problem`
    for a body that holds no list of rows or too many.
    """
    rows = _rows(body)
    read = [_read(number, resource, row) for number, row in enumerate(rows)]
    _refuse_twice(read)
    whole = transaction.atomic() if dry_run else nullcontext()
    with whole:
        known = _write_all(caller, resource, read)
        if dry_run:
            transaction.set_rollback(True)
            for answer, _values in read:
                if answer.id not in known:
                    answer.stars_id = None  # the row is not there, so its key would lead nowhere
    answers = [answer for answer, _values in read]
    counts = Counter(answer.result for answer in answers)
    return {
        "dry_run": dry_run,
        **{name: counts[name] for name in (ACCEPTED, UNCHANGED, REFUSED)},
        "rows": [asdict(answer) for answer in answers],
    }


def digest(value: Any) -> str:
    """A fingerprint of plain values."""
    plain = json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=True, sort_keys=True)
    return hashlib.sha256(plain.encode()).hexdigest()


def _rows(body: Any) -> list[Any]:
    if not isinstance(body, dict) or set(body) != {"rows"} or not isinstance(body["rows"], list):
        raise Problem(_("Send an object with one field, “rows”, that holds a list."), code="rows")
    rows = body["rows"]
    if not rows:
        raise Problem(_("There is no row in it."), code="no_rows")
    if len(rows) > MOST_ROWS:
        raise Problem(
            format_lazy(_("Send at most {n} rows at once."), n=MOST_ROWS), code="too_many_rows"
        )
    return rows


def _read(number: int, resource: Resource, row: Any) -> tuple[Answer, dict[str, Any]]:
    """The answer so far and, where the row can be read, its values."""
    named = row.get("id") if isinstance(row, dict) else None
    own = named if isinstance(named, str) and f.is_own_id(named) else None
    answer = Answer(number, own, ACCEPTED)
    reader = resource.row(data=row)
    if reader.is_valid():
        return answer, dict(reader.validated_data)
    answer.result = REFUSED
    answer.errors = [
        {"field": name, "code": code, "reason": reason}
        for name, code, reason in f.flat(reader.errors)
    ]
    return answer, {}


def _refuse_twice(read: Sequence[tuple[Answer, dict[str, Any]]]) -> None:
    """Two rows with one id: nobody can tell which is meant."""
    times = Counter(answer.id for answer, _values in read if answer.id is not None)
    for answer, _values in read:
        if answer.id is not None and times[answer.id] > 1:
            _refuse(
                answer, Conflict(_("This id is in the request twice."), code="twice", field="id")
            )


def _write_all(
    caller: Caller, resource: Resource, read: Sequence[tuple[Answer, dict[str, Any]]]
) -> set[str]:
    """Write what can be; returns the ids that were known before."""
    ids = [answer.id for answer, _values in read if answer.result == ACCEPTED]
    mine = ExternalId.objects.filter(
        organisation=caller.key.organisation_id, kind=resource.kind, external_id__in=ids
    )
    before = {known.external_id: known for known in mine}
    for answer, values in read:
        if answer.result != ACCEPTED:
            continue
        content = digest({k: v for k, v in values.items() if k not in _NOT_CONTENT})
        known = before.get(values["id"])
        if known is not None and _is_same(known, values, content):
            answer.result, answer.stars_id = UNCHANGED, str(known.object_id)
            continue
        try:
            with polite_locks(), transaction.atomic():
                answer.result, key = _write_one(caller, resource, values, content)
                answer.stars_id = str(key)
        except DomainError as error:
            _refuse(answer, error, resource.names)
        except IntegrityError:
            # Two requests met in a way that no service expects; nothing of this row is written.
            _refuse(answer, Conflict(_("Somebody changed this just now. Send the row again.")))
    return set(before)


def _write_one(
    caller: Caller, resource: Resource, values: dict[str, Any], content: str
) -> tuple[str, UUID]:
    """What became of the row, and our key of it."""
    organisation = caller.key.organisation_id
    name = {"organisation_id": organisation, "kind": resource.kind, "external_id": values["id"]}
    _lock(*map(str, name.values()))
    known = ExternalId.objects.filter(**name).first()
    if _is_same(known, values, content):
        assert known is not None
        return UNCHANGED, known.object_id  # another request wrote it while this one waited
    written = resource.write(caller, values, known)
    remembered = known or ExternalId(**name)
    remembered.object_id, remembered.left_as = written.object_id, written.left_as
    remembered.content_hash, remembered.sent_at = content, caller.at
    remembered.save(force_insert=known is None)
    ApiWrite.objects.create(
        key=caller.key, kind=resource.kind, object_id=written.object_id, at=caller.at
    )
    return ACCEPTED, written.object_id


def _is_same(known: ExternalId | None, values: dict[str, Any], content: str) -> bool:
    return known is not None and known.content_hash == content and not values["overwrite"]


def _lock(*name: str) -> None:
    """One row under one id at a time; what is not there yet cannot be locked (docs/locking.md)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [":".join(("api", *name))]
        )


def _refuse(answer: Answer, error: DomainError, names: Mapping[str, str] | None = None) -> None:
    answer.result = REFUSED
    named = error.field or ""
    answer.errors = [
        {
            "field": (names or {}).get(named, named),
            "code": error.code,
            "reason": str(error.message),
        }
    ]
