"""Forgetting a person's words about money: the euros stay and add up, nobody can be joined to them.

What goes: account numbers and holders, papers, free texts, the facts of decisions, invoice and
document numbers, notes of moves, places on employers' lists. What stays: grants, commitments,
postings, amounts, days and outcomes, each known by a random key only. Names, codes and contacts are
the accounts app's to erase.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from accounts.models import PersonCode
from funding.enums import LIVE_GRANTS, AidState, ClaimState, CommitmentState, PaymentState
from funding.files import INVOICE, PROOF
from funding.files_co_payments import CO_PAYMENT
from funding.models import (
    AidRequest,
    Appeal,
    BankAccount,
    Claim,
    Commitment,
    CoPayment,
    Decision,
    Grant,
    Payment,
    PledgeEmployee,
)
from funding.services import retention
from learning_accounts.models import LearningAccount
from stars.audit import services as audit
from stars.common.dates import riga_date
from stars.common.errors import Conflict
from stars.common.permissions import SYSTEM, require
from stars.common.transactions import service
from stars.files import services as files
from stars.files.models import StoredFile

MOVING = (
    CommitmentState.HELD,
    CommitmentState.CAPTURED,
    CommitmentState.PAYABLE,
    CommitmentState.PAYABLE_HELD,
)
OPEN_CLAIMS = (ClaimState.WAITING, ClaimState.SUBMITTED, ClaimState.APPROVED)
OPEN_PAYMENTS = (PaymentState.READY, PaymentState.HELD, PaymentState.SENT)


@dataclass(frozen=True)
class Forgotten:
    """How many rows lost their words, how many papers went, and until when the rest is kept."""

    rows: int
    papers: int
    # None where nothing is left; the law asks for the papers of what was paid (FUN-13, NFR-5).
    rest_until: date | None


@service
def forget(*, account_id: UUID, actor: Any, at: datetime) -> Forgotten:
    """Erase what this account's money says about its person, as far as the law allows.

    What a source has paid for is kept until its audit years are over (`retention.kept_until`); that
    is erased by `erase_due` then. Raises `Conflict` while money still moves: something is
    held, owed, on its way to the bank, or can still be used.
    """
    account = LearningAccount.objects.select_for_update(no_key=True).get(pk=account_id)
    require(actor, "funding.forget", account)
    if _moves(account):
        raise Conflict(
            _("Money of this account still moves. First everything has to be paid or given back."),
            code="money_moves",
        )
    kept = retention.kept_of(account.pk, at)
    result = wipe(account_id=account.pk, kept=kept, at=at)
    audit.record(
        actor=actor,
        action="money_forgotten",
        object_type="learning_accounts.learningaccount",
        object_id=account.pk,
        at=at,
    )
    return result


def erase_due(*, at: datetime) -> int:
    """Erase what sources no longer have to keep (`retention.due`); returns how many accounts.

    Each account in a transaction of its own: safe to stop and to repeat. Sources that are still
    kept keep theirs, also of the same people.
    """
    over = {one.source_id for one in retention.due(at)}
    rows = Commitment.objects.filter(source__in=over).filter(retention.has_words())
    accounts = list(rows.order_by().values_list("account_id", flat=True).distinct())
    for account_id in accounts:
        _erase_one(account_id=account_id, at=at)
    return len(accounts)


@service
def _erase_one(*, account_id: UUID, at: datetime) -> Forgotten:
    today = riga_date(at)
    kept = {source: day for source, day in retention.kept_until().items() if day >= today}
    return wipe(account_id=account_id, kept=kept, at=at)


def _moves(account: LearningAccount) -> bool:
    """Whether anything is still to happen with the account's money."""
    own: list[QuerySet[Any]] = [
        Commitment.objects.filter(account=account, state__in=MOVING),
        Grant.objects.filter(account=account, state__in=LIVE_GRANTS, ledger_account__balance__gt=0),
        Claim.objects.filter(account=account, state__in=OPEN_CLAIMS),
        AidRequest.objects.filter(commitment__account=account, state=AidState.ASKED),
        Payment.objects.filter(bank_account__account=account, state__in=OPEN_PAYMENTS),
    ]
    return any(rows.exists() for rows in own)


def wipe(*, account_id: UUID, kept: dict[UUID, date], at: datetime) -> Forgotten:
    """Take the words out of everything of the account but of the sources in `kept`.

    Part of a service's transaction. Doing it twice changes nothing more.
    """
    sources = list(kept)
    claims = Claim.objects.filter(account=account_id).exclude(scheme__source__in=sources)
    commitments = Commitment.objects.filter(account=account_id).exclude(source__in=sources)
    appeals = Appeal.objects.filter(account=account_id).exclude(scheme__source__in=sources)
    decisions = Decision.objects.filter(account=account_id)
    decisions = decisions.exclude(policy__scheme__source__in=sources)
    banks = BankAccount.objects.filter(account=account_id)
    banks = banks.exclude(payments__source__in=sources)
    grants = Grant.objects.filter(account=account_id).exclude(policy__scheme__source__in=sources)
    aid = AidRequest.objects.filter(commitment__in=commitments)
    keys = {
        "claims": _keys(claims),
        "commitments": _keys(commitments),
        "appeals": _keys(appeals),
        "aid": _keys(aid),
        "grants": _keys(grants),
    }
    shares = CoPayment.objects.filter(commitment__in=commitments)
    papers = _papers(keys["claims"], _keys(shares), at)
    rows = _texts(claims, commitments, appeals, aid, shares)
    rows += (
        Payment.objects.filter(bank_account__in=banks).exclude(bank_note="").update(bank_note="")
    )
    moved = [key for part in keys.values() for key in part]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT funding_forget(%s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[])",
            [_keys(banks), _keys(decisions), keys["commitments"], moved],
        )
        rows += cursor.fetchone()[0]
    if not kept:
        lookups = PersonCode.objects.filter(person__learning_account=account_id).values("lookup")
        rows += PledgeEmployee.objects.filter(lookup__in=lookups).delete()[0]
    return Forgotten(rows, papers, max(kept.values(), default=None))


def _keys(rows: QuerySet[Any]) -> list[UUID]:
    return list(rows.order_by().values_list("pk", flat=True).distinct())


def _texts(
    claims: QuerySet[Claim],
    commitments: QuerySet[Commitment],
    appeals: QuerySet[Appeal],
    aid: QuerySet[AidRequest],
    shares: QuerySet[CoPayment],
) -> int:
    """Words in rows that the application may change."""
    return (
        claims.exclude(invoice_issuer="").update(
            document_number="",
            # One invoice is paid once: the pair stays unique without saying which it was.
            invoice_issuer="",
            invoice_number=Cast(F("pk"), CharField()),
            reason="",
        )
        + appeals.exclude(text="").update(text="", lines=Value([], Appeal.lines.field), answer="")
        + aid.exclude(reason="").update(reason="")
        + shares.exclude(proof="").update(proof="")
        + commitments.exclude(evidence={}).update(evidence={})
    )


def _papers(claims: Iterable[UUID], shares: Iterable[UUID], at: datetime) -> int:
    found = StoredFile.objects.filter(
        owner_kind__in=(PROOF, INVOICE), owner_id__in=claims
    ) | StoredFile.objects.filter(owner_kind=CO_PAYMENT, owner_id__in=shares)
    count = 0
    for key in list(found.values_list("pk", flat=True)):
        files.remove(file_id=key, actor=SYSTEM, at=at)
        count += 1
    return count
