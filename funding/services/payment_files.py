"""Payment files: one officer makes them, another approves them, then they go to the bank once."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date, datetime
from io import BytesIO
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _

from funding.enums import FileState, PaymentState
from funding.files_settlement import PAYMENT_FILE
from funding.models import Payment, PaymentFile, PaymentFileApproval, Statement
from funding.rules import pain
from funding.services.bank_accounts import current
from stars.common import approvals
from stars.common.dates import is_working_day, riga_date
from stars.common.errors import Conflict, Invalid
from stars.common.money import ZERO
from stars.common.permissions import SYSTEM, actor_or_none, require
from stars.common.transactions import service
from stars.files import services as files
from stars.files.models import StoredFile
from stars.files.selectors import files_of

MOST = 1000  # payments in one file

SEND = """
WITH moved AS (
    UPDATE funding_payment SET state = 'sent', updated_at = now()
    WHERE file_id = %(file)s AND state = 'ready' RETURNING id
)
INSERT INTO funding_fundinglog
    (object_type, object_id, transition, from_state, to_state, by_id, at, note, recorded_at)
SELECT 'payment', id, 'send', 'ready', 'sent', %(by)s, %(at)s, %(note)s, now() FROM moved
"""


def payer() -> pain.Payer:
    """The agency's account. `Conflict` where the installation does not say it."""
    if not settings.PAYER_IBAN:
        raise Conflict(_("The agency's own account number is not set."), code="no_payer")
    return pain.Payer(settings.PAYER_NAME, settings.PAYER_IBAN, settings.PAYER_BIC)


def has_current_account(payment: Payment) -> bool:
    """Whether it still goes where its receiver is paid now (2.7, case 19)."""
    account = payment.bank_account
    holds = current(organisation_id=account.organisation_id, account_id=account.account_id)
    return holds is not None and holds.pk == account.pk


def _check_accounts(payments: Iterable[Payment]) -> None:
    changed = [one.end_to_end_id for one in payments if not has_current_account(one)]
    if changed:
        raise Conflict(
            _("The account number has changed since the approval: %(payments)s.")
            % {"payments": ", ".join(changed[:5])},
            code="account_changed",
        )


def _lock_payments(**which: Any) -> list[Payment]:
    rows = Payment.objects.select_for_update(no_key=True, of=("self",)).filter(**which)
    return list(rows.select_related("bank_account").order_by("pk"))


def _lock_file(file_id: UUID) -> PaymentFile:
    return PaymentFile.objects.select_for_update(no_key=True).get(pk=file_id)


@service
def make_file(
    *, payment_ids: Iterable[UUID], execute_on: date, actor: Any, at: datetime
) -> PaymentFile:
    """Put at most 1000 ready payments into one file for the bank day `execute_on`.

    The file is checked against the schema, stored, and waits for the second person. Raises
    `Invalid` for a day in the past, more than 30 days ahead or not a working day, `Conflict` for
    payments that are not ready, stand in another file, or whose account number has changed.
    """
    require(actor, "funding.pay", None)
    wanted = set(payment_ids)
    ahead = (execute_on - riga_date(at)).days
    if not 0 <= ahead <= 30 or not is_working_day(execute_on):
        raise Invalid(
            _("Choose a working day within the next 30 days."), code="day", field="execute_on"
        )
    if not 1 <= len(wanted) <= MOST:
        raise Invalid(_("A file holds 1 to 1000 payments."), code="count")
    payments = _lock_payments(pk__in=wanted)
    if len(payments) != len(wanted) or any(
        one.state != PaymentState.READY or one.file_id for one in payments
    ):
        raise Conflict(_("Some of these cannot be paid any more."), code="not_ready")
    _check_accounts(payments)
    file = PaymentFile.objects.create(
        message_id=f"STARS{riga_date(at):%Y%m%d}{secrets.token_hex(6)}".upper(),
        execute_on=execute_on,
        count=len(payments),
        total=sum((one.amount for one in payments), ZERO),
    )
    content = pain.write(
        message_id=file.message_id,
        made_at=at,
        execute_on=execute_on,
        payer=payer(),
        lines=_lines(payments),
    )
    Payment.objects.filter(pk__in=wanted).update(file=file)
    files.store(
        actor=SYSTEM,
        owner_kind=PAYMENT_FILE,
        owner_id=file.pk,
        name=f"{file.message_id}.xml",
        content=BytesIO(content),
        at=at,
    )
    file.log_birth(by=actor_or_none(actor), at=at)
    PaymentFileApproval.objects.create(
        file=file,
        subject_hash=approvals.content_hash(_content(file)),
        requested_by=actor,
        requested_at=at,
    )
    return file


def _lines(payments: list[Payment]) -> list[pain.Line]:
    keys = [one.reference.partition(":")[2] for one in payments if _of_statement(one)]
    numbers = dict(Statement.objects.filter(pk__in=keys).values_list("pk", "number"))
    lines = []
    for one in payments:
        kind, _colon, key = one.reference.partition(":")
        about = numbers[UUID(key)] if _of_statement(one) else f"STARS {kind} {key[:8]}".upper()
        account = one.bank_account
        lines.append(pain.Line(one.end_to_end_id, one.amount, account.holder, account.iban, about))
    return lines


def _of_statement(payment: Payment) -> bool:
    return payment.reference.startswith("statement:")


def bytes_of(file: PaymentFile) -> StoredFile:
    """The stored file."""
    return files_of(PAYMENT_FILE, file.pk).get()


def _content(file: PaymentFile) -> dict[str, Any]:
    """What the second person approves: these bytes and no others."""
    return {
        "message_id": file.message_id,
        "sha256": bytes_of(file).sha256,
        "count": file.count,
        "total": file.total,
        "execute_on": file.execute_on,
    }


@service
def decide_file(
    *, approval_id: UUID, approved: bool, actor: Any, at: datetime, note: str = ""
) -> PaymentFileApproval:
    """The second person's decision; no throws the file away and its payments are ready again.

    `NotAllowed` for the one who made it, `Conflict` where an account number has changed since.
    """
    key = PaymentFileApproval.objects.values_list("file_id", flat=True).get(pk=approval_id)
    file = _lock_file(key)
    require(actor, "funding.pay", file)
    approval = PaymentFileApproval.objects.select_for_update(of=("self",)).get(pk=approval_id)
    approvals.decide(
        approval, content=_content(file), approved=approved, actor=actor, at=at, note=note
    )
    if approved:
        _check_accounts(_lock_payments(file=file))
        file.move("approve", by=actor_or_none(actor), at=at, also=("updated_at",))
    else:
        _throw_away(file, note, actor, at)
    return approval


def _throw_away(file: PaymentFile, note: str, actor: Any, at: datetime) -> None:
    _lock_payments(file=file)
    file.move("cancel", by=actor_or_none(actor), at=at, note=note, also=("updated_at",))
    Payment.objects.filter(file=file).update(file=None)


@service
def cancel_file(*, file_id: UUID, note: str, actor: Any, at: datetime) -> PaymentFile:
    """Throw away a file that has not been sent; its payments are ready for another one."""
    file = _lock_file(file_id)
    require(actor, "funding.pay", file)
    _throw_away(file, note, actor, at)
    return file


@service
def send_file(*, file_id: UUID, actor: Any, at: datetime) -> PaymentFile:
    """Say that an approved file is handed to the bank. Saying it again changes nothing.

    `Conflict` where an account number has changed since: cancel the file and make a new one.
    """
    file = _lock_file(file_id)
    require(actor, "funding.pay", file)
    if file.state == FileState.SENT:
        return file
    payments = _lock_payments(file=file)
    _check_accounts(payments)
    file.move("send", by=actor_or_none(actor), at=at, also=("updated_at",))
    by = actor_or_none(actor)
    with connection.cursor() as cursor:
        cursor.execute(
            SEND,
            {"file": file.pk, "by": by.pk if by else None, "at": at, "note": file.message_id},
        )
        if cursor.rowcount != file.count:
            raise Conflict(_("Some of these cannot be paid any more."), code="not_ready")
    return file
