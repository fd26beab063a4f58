"""Forgetting a person's words about money: the euros stay and add up, nobody can be joined to them.

What goes: account numbers and holders, papers, free texts, the facts of decisions, invoice and
document numbers, notes of moves, places on employers' lists. What stays: grants, commitments,
postings, amounts, days, hours and outcomes, each known by a random key only. What a source has
paid for keeps its papers until its audits are over (`retention`), but for names and free texts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import CharField, F, Max, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from accounts.models import PersonCode
from funding.enums import (
    AidState,
    Answer,
    AppealState,
    ClaimState,
    CommitmentState,
    ListState,
    PaymentState,
)
from funding.files import INVOICE, PROOF
from funding.files_co_payments import CO_PAYMENT
from funding.models import (
    AidMonth,
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
    StandingRequest,
)
from funding.services import claim_drafts, cover, grants, retention
from learning_accounts.models import LearningAccount
from stars.audit import services as audit
from stars.common.dates import riga_date
from stars.common.errors import Conflict
from stars.common.permissions import SYSTEM, require
from stars.common.transactions import service
from stars.files import services as files
from stars.files.models import StoredFile

HELD = (CommitmentState.HELD,)
OWED = (CommitmentState.CAPTURED, CommitmentState.PAYABLE, CommitmentState.PAYABLE_HELD)
OPEN_CLAIMS = (ClaimState.WAITING, ClaimState.SUBMITTED, ClaimState.APPROVED)
OPEN_PAYMENTS = (PaymentState.READY, PaymentState.HELD, PaymentState.SENT)


@dataclass(frozen=True)
class Forgotten:
    """How many rows lost their words, how many papers went, and until when the rest is kept."""

    rows: int
    papers: int
    # None where nothing is left; the law asks for the papers of what was paid (FUN-13, NFR-5).
    rest_until: date | None
    # The first day on which nothing that was granted and used would be granted twice.
    again_from: date | None = None


@dataclass(frozen=True)
class Standing:
    """Something about an account's money that is still to happen: what, and the row of it."""

    code: str
    row: Any


def standing(account_id: UUID, at: datetime) -> list[Standing]:
    """What has to end before the account can be forgotten: held, owed, asked, on its way, a debt.

    A debt stands in the way for as long as the source keeps its papers.
    """
    mine = Commitment.objects.filter(account=account_id).select_related("offer__version")
    months = AidMonth.objects.filter(request__commitment__account=account_id, amount__gt=0)
    drafts = Q(aid_list=None) | Q(aid_list__state__in=(ListState.DRAFT, ListState.WAITING))
    aid = AidRequest.objects.filter(commitment__account=account_id)
    rows: list[tuple[str, QuerySet[Any]]] = [
        ("held", mine.filter(state__in=HELD, claim=None)),
        ("owed", mine.filter(state__in=OWED, claim=None)),
        ("claim", Claim.objects.filter(account=account_id, state__in=OPEN_CLAIMS)),
        ("appeal", Appeal.objects.filter(account=account_id, state=AppealState.ASKED)),
        ("aid", aid.filter(Q(state=AidState.ASKED) | Q(months__in=months.filter(drafts)))),
        ("payment", Payment.objects.filter(_paid_to(account_id), state__in=OPEN_PAYMENTS)),
    ]
    found = [Standing(code, row) for code, some in rows for row in some.distinct().order_by("pk")]
    lost = Decision.objects.filter(account=account_id, reference__startswith=f"{cover.LOST}:")
    keys = [
        UUID(reference.partition(":")[2]) for reference in lost.values_list("reference", flat=True)
    ]
    kept = retention.kept_until() if keys else {}
    return found + [
        Standing("debt", row)
        for row in mine.filter(pk__in=keys)
        if kept[row.source_id] >= riga_date(at) and cover.owes(row.pk)
    ]


def _paid_to(account_id: UUID) -> Q:
    return Q(bank_account__account=account_id)


@service
def forget(*, account_id: UUID, actor: Any, at: datetime) -> Forgotten:
    """Erase what this account's money says about its person, as far as the law allows.

    Money that is free goes back to its sources. What a source has paid for is kept until its audit
    years are over (`retention.kept_until`), without names and free texts; that is erased by
    `erase_due` then. Raises `Conflict` while something is `standing`.
    """
    account = LearningAccount.objects.select_for_update(no_key=True).get(pk=account_id)
    require(actor, "funding.forget", account)
    if standing(account.pk, at):
        raise Conflict(
            _("Money of this account still moves. First everything has to be paid or given back."),
            code="money_moves",
        )
    new_account_from = again_from(account.pk, at)
    grants.give_all_back(account_id=account.pk, at=at)
    StandingRequest.objects.filter(account=account, ended_at=None).update(ended_at=at)
    drafts = Claim.objects.filter(account=account, state=ClaimState.DRAFT)
    for key in list(drafts.order_by("pk").values_list("pk", flat=True)):
        claim_drafts.discard(claim_id=key, actor=SYSTEM, at=at)
    kept = retention.kept_of(account.pk, at)
    result = wipe(account_id=account.pk, kept=kept, at=at, asked=True)
    audit.record(
        actor=actor,
        action="money_forgotten",
        object_type="learning_accounts.learningaccount",
        object_id=account.pk,
        at=at,
    )
    return Forgotten(result.rows, result.papers, result.rest_until, new_account_from)


def again_from(account_id: UUID, at: datetime) -> date | None:
    """The day after the last term of a lot of which something was paid; None where it is over."""
    paid = Q(lines__commitment__state__in=retention.PAID_FOR)
    used = Grant.objects.filter(paid, account=account_id, ends_at__gt=at)
    last = used.aggregate(last=Max("ends_at"))["last"]
    return riga_date(last) if last else None


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


@dataclass(frozen=True)
class _Rows:
    """What an account's money has words in."""

    claims: QuerySet[Claim]
    commitments: QuerySet[Commitment]
    appeals: QuerySet[Appeal]
    decisions: QuerySet[Decision]
    banks: QuerySet[BankAccount]
    grants: QuerySet[Grant]
    payments: QuerySet[Payment]

    @property
    def aid(self) -> QuerySet[AidRequest]:
        return AidRequest.objects.filter(commitment__in=self.commitments)

    @property
    def shares(self) -> QuerySet[CoPayment]:
        return CoPayment.objects.filter(commitment__in=self.commitments)

    def moved(self) -> list[UUID]:
        """Keys under which moves of states are written down."""
        of = (self.claims, self.commitments, self.appeals, self.aid, self.grants, self.payments)
        return [key for rows in of for key in _keys(rows)]


def _rows(account_id: UUID) -> _Rows:
    """Everything of an account."""
    return _Rows(
        Claim.objects.filter(account=account_id),
        Commitment.objects.filter(account=account_id),
        Appeal.objects.filter(account=account_id),
        Decision.objects.filter(account=account_id),
        BankAccount.objects.filter(account=account_id),
        Grant.objects.filter(account=account_id),
        Payment.objects.filter(_paid_to(account_id)),
    )


def _without_sources(own: _Rows, kept: Iterable[UUID]) -> _Rows:
    """Of these rows all but those of the sources in `kept`."""
    sources = list(kept)
    return _Rows(
        own.claims.exclude(scheme__source__in=sources),
        own.commitments.exclude(source__in=sources),
        own.appeals.exclude(scheme__source__in=sources),
        own.decisions.exclude(policy__scheme__source__in=sources),
        own.banks.exclude(payments__source__in=sources),
        own.grants.exclude(policy__scheme__source__in=sources),
        own.payments.exclude(source__in=sources),
    )


def _without_proof(own: _Rows, kept: Iterable[UUID]) -> _Rows:
    """Of these rows all but what proves a payment of the sources in `kept`: what was paid for,
    where to, and why it was granted."""
    sources = list(kept)
    paid = own.commitments.filter(source__in=sources, state__in=retention.PAID_FOR)
    granted = own.decisions.filter(policy__scheme__source__in=sources, outcome=Answer.YES)
    return replace(
        own,
        claims=own.claims.exclude(pk__in=own.claims.filter(commitment__in=paid).values("pk")),
        commitments=own.commitments.exclude(pk__in=paid.values("pk")),
        decisions=own.decisions.exclude(pk__in=granted.values("pk")),
        banks=own.banks.exclude(payments__source__in=sources),
    )


def wipe(
    *, account_id: UUID, kept: dict[UUID, date], at: datetime, asked: bool = False
) -> Forgotten:
    """Take the words out of everything of the account but of the sources in `kept`.

    `asked`: the person wants it; then only what proves payments of those sources stays, and what
    somebody wrote goes from all. Part of a service's transaction. Doing it twice changes nothing
    more.
    """
    own = _rows(account_id)
    over = _without_proof(own, kept) if asked else _without_sources(own, kept)
    said = own if asked else over
    papers = _papers(_keys(over.claims), _keys(over.shares), at)
    if asked:
        files.forget_names(owner_ids=[*_keys(own.claims), *_keys(own.shares)])
    rows = _numbers(over) + _texts(said)
    keys = [
        _keys(over.banks),
        _keys(said.banks),
        _keys(over.decisions),
        _keys(over.commitments),
        _keys(said.commitments),
        said.moved(),
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT funding_forget(%s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[],"
            " %s::uuid[])",
            keys,
        )
        rows += cursor.fetchone()[0]
    if asked or not kept:
        lookups = PersonCode.objects.filter(person__learning_account=account_id).values("lookup")
        rows += PledgeEmployee.objects.filter(lookup__in=lookups).delete()[0]
    return Forgotten(rows, papers, max(kept.values(), default=None))


def _keys(rows: QuerySet[Any]) -> list[UUID]:
    return list(rows.order_by().values_list("pk", flat=True).distinct())


def _numbers(over: _Rows) -> int:
    """Numbers of papers, and facts, in rows that the application may change."""
    return (
        over.claims.exclude(invoice_issuer="").update(
            document_number="",
            # One invoice is paid once: the pair stays unique without saying which it was.
            invoice_issuer="",
            invoice_number=Cast(F("pk"), CharField()),
        )
        + over.appeals.exclude(lines=[]).update(lines=Value([], Appeal.lines.field))
        + over.shares.exclude(proof="").update(proof="")
        + over.commitments.exclude(evidence={}).update(evidence={})
    )


def _texts(said: _Rows) -> int:
    """What people and officers wrote, in rows that the application may change."""
    return (
        said.claims.exclude(reason="").update(reason="")
        + said.appeals.exclude(text="", answer="").update(text="", answer="")
        + said.aid.exclude(reason="").update(reason="")
        + said.payments.exclude(bank_note="").update(bank_note="")
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
