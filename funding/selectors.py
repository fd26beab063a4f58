"""What pages show about money; every number comes from the ledger."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Sum

from funding.enums import LIVE_GRANTS, CommitmentState
from funding.line import place_in_line as place_in_line
from funding.models import Commitment, FundingSource, Grant, LedgerAccount, StandingRequest
from funding.no_grant import Waiting as Waiting
from funding.no_grant import no_grant_yet as no_grant_yet
from learning_accounts.models import LearningAccount
from stars.common.dates import riga_date
from stars.common.money import ZERO

SPENT = (
    CommitmentState.CAPTURED,
    CommitmentState.PAYABLE,
    CommitmentState.PAYABLE_HELD,
    CommitmentState.PAID,
)


@dataclass(frozen=True)
class LotView:
    """One lot as its owner sees it."""

    grant: Grant
    free: Decimal
    last_day: date
    days_left: int
    starts_on: date


@dataclass(frozen=True)
class MoneyView:
    """How much, until when, held and spent (ILA-4). EUR."""

    free: Decimal
    held: Decimal
    spent: Decimal
    lots: list[LotView] = field(default_factory=list)
    commitments: list[Commitment] = field(default_factory=list)
    asked: bool = False

    @property
    def next_lot(self) -> LotView | None:
        """The lot that ends first and still has money in it."""
        return next((lot for lot in self.lots if lot.free), None)


def last_usable_day(ends_at: datetime) -> date:
    """The day pages show for an exclusive end (rule 2)."""
    return riga_date(ends_at) - timedelta(days=1)


def money(account: LearningAccount, at: datetime) -> MoneyView:
    """The money of one account at the moment `at` (three queries)."""
    today = riga_date(at)
    lots = []
    grants = (
        Grant.objects.filter(account=account, state__in=LIVE_GRANTS, ends_at__gt=at)
        .select_related("ledger_account")
        .order_by("ends_at", "pk")
    )
    for grant in grants:
        free = grant.ledger_account.balance
        last = last_usable_day(grant.ends_at)
        lots.append(
            LotView(
                grant=grant,
                free=free,
                last_day=last,
                days_left=(last - today).days,
                starts_on=riga_date(grant.granted_at),
            )
        )
    commitments = list(
        Commitment.objects.filter(account=account, state__in=(CommitmentState.HELD, *SPENT))
        .select_related("offer__version__programme")
        .order_by("held_at")
    )
    return MoneyView(
        free=sum((lot.free for lot in lots), ZERO),
        held=sum((c.support for c in commitments if c.state == CommitmentState.HELD), ZERO),
        spent=sum((c.support for c in commitments if c.state in SPENT), ZERO),
        lots=lots,
        commitments=commitments,
        asked=StandingRequest.objects.filter(account=account, ended_at__isnull=True).exists(),
    )


def free_money(account: LearningAccount, at: datetime) -> Decimal:
    """EUR that can be used now, for the corner of every page (one query)."""
    lots = Grant.objects.filter(account=account, state__in=LIVE_GRANTS, ends_at__gt=at)
    return lots.aggregate(sum=Sum("ledger_account__balance"))["sum"] or ZERO


def budget_by_source() -> list[dict[str, Any]]:
    """Per source: what is free, granted, held, owed and paid (EUR), from the balances (FUN-13).

    `source` of each row is the source itself. Two queries.
    """
    sums = LedgerAccount.objects.values("source_id", "kind").annotate(sum=Sum("balance"))
    by_source: dict[UUID, dict[str, Any]] = defaultdict(dict)
    for row in sums.order_by():
        by_source[row["source_id"]][row["kind"]] = row["sum"]
    sources = FundingSource.objects.filter(pk__in=by_source).select_related("term")
    return [{"source": one, **by_source[one.pk]} for one in sources.order_by("code")]
