"""Two people approve a statement; from then on it is paid and never changes (FUN-12)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from funding.enums import AccountKind, LineKind, ListState, PostingKind
from funding.messages_settlement import tell_approved, tell_came_back
from funding.models import Payment, Statement, StatementApproval, StatementLine
from funding.services.bank_accounts import current
from funding.services.holds import lock_provider
from funding.services.ledger import Move, open_account, pool, post
from funding.services.payments import create_payment
from funding.services.statements import bank_part
from funding.tasks import print_statement
from stars.common import approvals
from stars.common.errors import Conflict
from stars.common.permissions import actor_or_none, require
from stars.common.transactions import after_commit, service

# Bulk moves write their log rows in the same statement.
MOVE = """
WITH moved AS (
    UPDATE funding_commitment c SET state = %(to)s, updated_at = now()
    FROM funding_statementline l
    WHERE l.statement_id = %(statement)s AND l.kind = 'completed' AND c.id = l.commitment_id
      AND c.state = %(from)s
    RETURNING c.id
)
INSERT INTO funding_fundinglog
    (object_type, object_id, transition, from_state, to_state, by_id, at, note, recorded_at)
SELECT 'commitment', id, %(transition)s, %(from)s, %(to)s, %(by)s, %(at)s, %(note)s, now()
FROM moved
"""


def _lock(statement_id: UUID) -> Statement:
    """The provider first, then the statement (docs/locking.md)."""
    key = Statement.objects.values_list("provider_id", flat=True).get(pk=statement_id)
    lock_provider(key)
    return (
        Statement.objects.select_for_update(no_key=True, of=("self",))
        .select_related("provider", "source")
        .get(pk=statement_id)
    )


def _content(statement: Statement) -> dict[str, Any]:
    """What the second person approves, with the account that holds at this moment."""
    return {"content": statement.content, "now": bank_part(statement)}


@service
def put_forward(*, statement_id: UUID, actor: Any, at: datetime) -> StatementApproval:
    """Ask for a statement to be approved by somebody else; the account number is the present one.

    `Conflict` where the provider has told no account number, or it is not a draft.
    """
    statement = _lock(statement_id)
    require(actor, "funding.settle", statement)
    bank = bank_part(statement)
    if not bank["iban"]:
        raise Conflict(_("The provider has not told where it is paid."), code="no_account")
    statement.content = {**statement.content, **bank}
    statement.move("put_forward", by=actor_or_none(actor), at=at, also=("content", "updated_at"))
    return StatementApproval.objects.create(
        statement=statement,
        subject_hash=approvals.content_hash(_content(statement)),
        requested_by=actor,
        requested_at=at,
    )


@service
def decide(
    *, approval_id: UUID, approved: bool, actor: Any, at: datetime, note: str = ""
) -> StatementApproval:
    """The second person's decision: approved is owed for good and gets its payment; else a draft.

    `NotAllowed` for the person who put it forward, `Conflict` where anything in it or the account
    number has changed since.
    """
    key = StatementApproval.objects.values_list("statement_id", flat=True).get(pk=approval_id)
    statement = _lock(key)
    require(actor, "funding.settle", statement)
    approval = StatementApproval.objects.select_for_update(of=("self",)).get(pk=approval_id)
    approvals.decide(
        approval,
        content=_content(statement),
        approved=approved,
        actor=actor,
        at=at,
        note=note,
    )
    if approved:
        _approve(statement, actor, at)
    else:
        statement.move("send_back", by=actor_or_none(actor), at=at, note=note, also=("updated_at",))
    return approval


def _approve(statement: Statement, actor: Any, at: datetime) -> None:
    _move_all(statement, "approve", "captured", "payable", actor, at)
    provider = str(statement.provider_id)
    owed = open_account(kind=AccountKind.PAYABLE, source_id=statement.source_id, owner_key=provider)
    rows = statement.lines.filter(kind=LineKind.DIFFERENCE).order_by("pk")
    for line in rows:
        _adjust(line, owed.pk, statement, actor, at)
    statement.move("approve", by=actor_or_none(actor), at=at, also=("updated_at",))
    if statement.total:
        account = current(organisation_id=statement.provider.organisation_id)
        assert account is not None  # the content that was approved names it
        create_payment(
            source_id=statement.source_id,
            reference=f"statement:{statement.pk}",
            payable_id=owed.pk,
            amount=statement.total,
            bank_account_id=account.pk,
            actor=actor,
            at=at,
        )
    else:  # differences took it all: nothing is left to pay
        _paid(statement, actor, at)
    tell_approved(statement, at)
    after_commit(print_statement.delay, str(statement.pk))


def _adjust(
    line: StatementLine, owed_id: int, statement: Statement, actor: Any, at: datetime
) -> None:
    """A difference changes what is owed: the pool gets back what was too much, or gives more."""
    source = pool(statement.source_id).pk
    debit, credit = (owed_id, source) if line.amount < 0 else (source, owed_id)
    post(
        kind=PostingKind.ADJUST,
        key=f"adjust:{line.correction_id}",
        reference=f"statement:{statement.pk}",
        moves=[Move(debit, credit, abs(line.amount))],
        effective_at=at,
        by=actor,
    )


def _move_all(
    statement: Statement, transition: str, before: str, after: str, actor: Any, at: datetime
) -> None:
    """Move every commitment whose completion the statement settles; all of them or none."""
    by = actor_or_none(actor)
    with connection.cursor() as cursor:
        cursor.execute(
            MOVE,
            {
                "statement": statement.pk,
                "transition": transition,
                "from": before,
                "to": after,
                "by": by.pk if by else None,
                "at": at,
                "note": statement.number,
            },
        )
        moved = cursor.rowcount
    if moved != statement.lines.filter(kind=LineKind.COMPLETED).count():
        raise Conflict(
            _("Some of what it settles has changed meanwhile. Cancel it and make a new one."),
            code="changed",
        )


def _paid(statement: Statement, actor: Any, at: datetime) -> None:
    statement.move("pay", by=actor_or_none(actor), at=at, also=("updated_at",))
    _move_all(statement, "pay", "payable", "paid", actor, at)


def statement_paid(statement_id: UUID, payment: Payment, actor: Any, at: datetime) -> None:
    """Heard when the bank has paid; a payment that replaces another finds it paid already."""
    statement = Statement.objects.select_for_update(no_key=True).get(pk=statement_id)
    if statement.state == ListState.APPROVED:
        _paid(statement, actor, at)


def statement_came_back(statement_id: UUID, payment: Payment, actor: Any, at: datetime) -> None:
    """Heard when the bank did not pay it or sent it back: what said "paid" is approved again.

    It stays settled, so that no other statement collects it; the new payment pays it (2.7: 19).
    """
    statement = (
        Statement.objects.select_for_update(no_key=True, of=("self",))
        .select_related("provider")
        .get(pk=statement_id)
    )
    if statement.state == ListState.PAID:
        statement.move("come_back", by=actor_or_none(actor), at=at, also=("updated_at",))
        _move_all(statement, "come_back", "paid", "payable", actor, at)
    tell_came_back(statement, payment, at)
