"""Writing to the ledger. Nothing else in the project inserts postings or transfers one by one.

Balances follow by the database's trigger; what would make one negative is refused there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from funding.enums import AccountKind, PostingKind
from funding.exceptions import ClosedPeriod, InsufficientFunds, KeyReused
from funding.models import LedgerAccount, Posting, Transfer
from stars.common.dates import now
from stars.common.errors import Conflict
from stars.common.money import euro
from stars.common.permissions import actor_or_none


@dataclass(frozen=True)
class Move:
    """`amount` EUR from the account `debit` to the account `credit` (ledger account keys)."""

    debit: int
    credit: int
    amount: Decimal


def open_account(*, kind: str, source_id: UUID, owner_key: str = "") -> LedgerAccount:
    """The ledger account of this kind and owner; made empty where it does not exist yet."""
    # ON CONFLICT DO NOTHING: two openers at once get the same row.
    LedgerAccount.objects.bulk_create(
        [LedgerAccount(kind=kind, source_id=source_id, owner_key=owner_key)],
        ignore_conflicts=True,
    )
    return LedgerAccount.objects.get(kind=kind, source_id=source_id, owner_key=owner_key)


def pool(source_id: UUID) -> LedgerAccount:
    """The money of a source that nobody has been granted."""
    return open_account(kind=AccountKind.POOL, source_id=source_id)


def fingerprint(kind: str, reference: str, moves: Iterable[Move]) -> str:
    """What a posting says, as a hash: the same key must always say the same."""
    lines = sorted(f"{m.debit}>{m.credit}:{m.amount:.2f}" for m in moves)
    return hashlib.sha256("|".join([kind, reference, *lines]).encode()).hexdigest()


def lock_accounts(ids: Iterable[int]) -> dict[int, LedgerAccount]:
    """Ledger accounts are the last locks of the written order, by key (docs/locking.md)."""
    rows = LedgerAccount.objects.filter(pk__in=set(ids)).order_by("pk")
    return {row.pk: row for row in rows.select_for_update(no_key=True)}


def post(
    *,
    kind: str,
    key: str,
    reference: str,
    moves: list[Move],
    effective_at: datetime,
    by: Any,
    reverses: Posting | None = None,
) -> Posting:
    """Write one posting by the actor `by`, or return the one already written under `key`.

    Raises `KeyReused` where the key stands with other lines, `InsufficientFunds` where an account
    would fall below zero, `ClosedPeriod` where the books of its month are closed. Must run inside
    the caller's transaction (FUN-6).
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("post() belongs inside a service's transaction")
    if not moves:
        raise ValueError("A posting needs at least one move")
    for move in moves:
        if euro(move.amount) <= 0:
            raise ValueError("A move is positive")
    lock_accounts(pk for move in moves for pk in (move.debit, move.credit))
    mark = fingerprint(kind, reference, moves)
    # After the locks: whoever held them before us may have written exactly this.
    if existing := Posting.objects.filter(idempotency_key=key).first():
        if existing.fingerprint != mark:
            raise KeyReused()
        return existing
    try:
        with transaction.atomic():
            posting = Posting.objects.create(
                kind=kind,
                idempotency_key=key,
                fingerprint=mark,
                booked_at=now(),
                effective_at=effective_at,
                reference=reference,
                by=actor_or_none(by),
                reverses=reverses,
            )
            Transfer.objects.bulk_create(
                Transfer(
                    posting=posting,
                    debit_id=move.debit,
                    credit_id=move.credit,
                    amount=move.amount,
                )
                for move in moves
            )
    except IntegrityError as error:
        if "ledger_never_negative" in str(error):
            raise InsufficientFunds() from error
        if "closed_period" in str(error):
            raise ClosedPeriod() from error
        if "idempotency_key" in str(error):
            raise KeyReused() from error
        raise
    return posting


def reverse(*, posting: Posting, effective_at: datetime, by: Any) -> Posting:
    """Write the opposite of `posting` as a posting of its own; once only, and never of a reversal.

    Raises `Conflict` for a reversal of a reversal or a second one, `InsufficientFunds` where the
    money has moved on since.
    """
    if posting.kind == PostingKind.REVERSE:
        raise Conflict(_("A reversal cannot be reversed. Write a new posting."))
    moves = [
        Move(debit=t.credit_id, credit=t.debit_id, amount=t.amount)
        for t in posting.transfers.order_by("pk")
    ]
    return post(
        kind=PostingKind.REVERSE,
        key=f"reverse:{posting.pk}",
        reference=posting.reference,
        moves=moves,
        effective_at=effective_at,
        by=by,
        reverses=posting,
    )
