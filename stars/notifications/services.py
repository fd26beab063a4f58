"""Telling people things: once, in one statement, and by e-mail outside any transaction."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import structlog
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import Count, F, QuerySet
from psycopg.types.json import Jsonb

from stars.notifications import email, kinds
from stars.notifications.enums import OutboxState
from stars.notifications.models import Message, OutboxEmail

log = structlog.get_logger(__name__)

# A claimed e-mail is left alone for this long; a worker killed while sending loses no more.
LEASE = timedelta(minutes=15)
BATCH = 20
# Minutes until the next try; after the last one the e-mail has failed.
RETRY_MINUTES = (1, 5, 30, 120, 360, 1440)

_WORD = re.compile(r"[A-Za-z0-9:._-]{1,80}")
_PLAIN = (UUID, Decimal, date, datetime, bool, int, type(None))

# A data-modifying part of WITH always runs to its end, whoever reads it.
_INSERT = """
WITH picked AS ({select}),
new AS (
    INSERT INTO notifications_message (user_id, kind, params, dedupe_key, created_at)
    SELECT user_id, {kind}, params, dedupe_key, {at} FROM picked
    ON CONFLICT (dedupe_key) DO NOTHING
    RETURNING id, dedupe_key
),
mail AS (
    INSERT INTO notifications_outboxemail (message_id, address, language, next_try_at)
    SELECT new.id, picked.address, picked.language, {at}
    FROM new JOIN picked USING (dedupe_key) WHERE picked.address <> ''
    ON CONFLICT (message_id) DO NOTHING
)
SELECT count(*) FROM new
"""
_ONE = """
SELECT %s::uuid AS user_id, %s AS language, %s AS address, %s AS params, %s AS dedupe_key
"""


def notify(
    *,
    kind: str,
    user_id: UUID | None,
    language: str,
    address: str,
    params: Mapping[str, Any],
    dedupe_key: str,
    at: datetime,
) -> bool:
    """Tell `user_id` something of `kind`; with an `address` also by e-mail in `language`.

    Without a user (None) it is the letter alone, to somebody who has no account here.

    `params` are ids, amounts, dates and code words only: names and free text are refused with
    TypeError, since messages outlive what they speak of. Said once per `dedupe_key`: False where
    it was said before. LookupError for an unknown kind. Belongs into the caller's transaction,
    so that what is told has happened.
    """
    values = (user_id, language, address, Jsonb(params, dumps=_dumps), dedupe_key)
    _check(params)
    return bool(notify_from_select(kind=kind, select_sql=_ONE, params=values, at=at))


def notify_from_select(
    *, kind: str, select_sql: str, params: Sequence[Any] | Mapping[str, Any], at: datetime
) -> int:
    """Tell many people in one statement; returns how many messages are new.

    `select_sql` is our own SQL with `%s` or `%(name)s` places filled from `params`; it yields
    user_id, language, address (empty: no e-mail), params (jsonb), dedupe_key. Idempotent by
    dedupe_key. LookupError for an unknown kind.
    """
    kinds.get(kind)
    arguments: Sequence[Any] | Mapping[str, Any]
    if isinstance(params, Mapping):
        places = {"kind": "%(_kind)s", "at": "%(_at)s::timestamptz"}
        arguments = {**params, "_kind": kind, "_at": at}
    else:
        places = {"kind": "%s", "at": "%s::timestamptz"}
        arguments = [*params, kind, at, at]
    statement = _INSERT.format(select=select_sql, **places)
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)
        return int(cursor.fetchone()[0])


def letters_of(prefix: str) -> dict[str, int]:
    """How many letters whose `dedupe_key` begins with `prefix` are in each state; one query."""
    rows = OutboxEmail.objects.filter(message__dedupe_key__startswith=prefix)
    counted = dict(rows.values_list("state").annotate(n=Count("pk")))
    return {state: counted.get(state, 0) for state in OutboxState.values}


def forget_letters(*, before: datetime) -> int:
    """Delete letters to people without an account that were written before that moment and are
    no longer on their way; returns how many. In nobody's inbox, they are of no more use."""
    old = Message.objects.filter(user__isnull=True, created_at__lt=before)
    count, _rows = old.exclude(email__state=OutboxState.QUEUED).delete()
    return count


def mark_read(*, user_id: UUID, at: datetime, message_id: UUID | None = None) -> int:
    """The user has seen one message, or all; returns how many were unread."""
    unread = Message.objects.filter(user_id=user_id, read_at__isnull=True)
    if message_id:
        unread = unread.filter(pk=message_id)
    return unread.update(read_at=at)


@dataclass
class Sent:
    """What one run of the outbox did, in e-mails."""

    sent: int = 0
    retried: int = 0
    failed: int = 0
    seen: set[UUID] = field(default_factory=set, repr=False)


def send_outbox(*, at: datetime) -> Sent:
    """Send every e-mail that is due at `at`; several workers may run this at once.

    Each batch is claimed in a short transaction of its own, sent with no transaction open, and
    marked one by one. A worker that dies in between leaves its claim to expire: an e-mail goes
    out at least once, seldom twice (its Message-ID is then the same), never not at all.
    """
    done = Sent()
    while batch := _claim(at, done.seen):
        done.seen.update(entry.pk for entry in batch)
        for group in email.by_kind(batch):
            _send_group(group, at, done)
    return done


@transaction.atomic(durable=True)
def _claim(at: datetime, not_these: set[UUID]) -> list[OutboxEmail]:
    due = (
        OutboxEmail.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(state=OutboxState.QUEUED, next_try_at__lte=at)
        .exclude(pk__in=not_these)
        .select_related("message")
        .order_by("next_try_at")
    )
    batch = list(due[:BATCH])
    OutboxEmail.objects.filter(pk__in=[entry.pk for entry in batch]).update(
        attempts=F("attempts") + 1, next_try_at=at + LEASE
    )
    for entry in batch:
        entry.attempts += 1
    return batch


def _send_group(entries: list[OutboxEmail], at: datetime, done: Sent) -> None:
    try:
        letters = email.write(entries)
    except Exception:  # one faulty kind must not keep the letters of the others back
        log.exception("email_not_written", kind=entries[0].message.kind)
        for entry in entries:
            _try_later(entry, at, done)
        return
    for entry, letter in zip(entries, letters, strict=True):
        if letter is None:  # what it was about is gone; nothing true is left to say
            _close(entry, OutboxState.FAILED)
            done.failed += 1
            continue
        try:
            letter.send()
        except Exception as error:  # nor one bad address the rest
            # Only the name of the error: its text quotes the address.
            log.warning("email_not_sent", message=str(entry.pk), error=type(error).__name__)
            _try_later(entry, at, done)
        else:
            _close(entry, OutboxState.SENT, sent_at=at)
            done.sent += 1


def _try_later(entry: OutboxEmail, at: datetime, done: Sent) -> None:
    if entry.attempts > len(RETRY_MINUTES):
        _close(entry, OutboxState.FAILED)
        done.failed += 1
        return
    wait = timedelta(minutes=RETRY_MINUTES[entry.attempts - 1])
    _waiting(entry).update(next_try_at=at + wait)
    done.retried += 1


def _close(entry: OutboxEmail, state: OutboxState, **fields: Any) -> None:
    """The last that happens to an e-mail; its address is of no more use."""
    _waiting(entry).update(state=state, address="", **fields)


def _waiting(entry: OutboxEmail) -> QuerySet[OutboxEmail]:
    return OutboxEmail.objects.filter(pk=entry.pk, state=OutboxState.QUEUED)


def _check(params: Mapping[str, Any]) -> None:
    for name, value in params.items():
        if isinstance(value, _PLAIN) or (isinstance(value, str) and _WORD.fullmatch(value)):
            continue
        raise TypeError(f"A message keeps ids, amounts and dates only; {name} is something else.")


def _dumps(params: Mapping[str, Any]) -> str:
    return DjangoJSONEncoder().encode(params)
