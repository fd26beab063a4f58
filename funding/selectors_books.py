"""What the finance officer reads: budgets, their pace, the journal, double funding (FUN-13)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Case, DecimalField, F, Q, Sum, Value, When

from funding.enums import AccountKind, PostingKind
from funding.models import Budget, FundingSource, LedgerAccount, Transfer
from funding.rules import booking
from stars.common.dates import riga_date, start_of_day
from stars.common.money import ZERO

# What has come back into the pool without having been spent.
RETURNING = (
    PostingKind.ANNUL,
    PostingKind.DECLINE,
    PostingKind.RELEASE,
    PostingKind.FORFEIT,
)


@dataclass(frozen=True)
class Figures:
    """Money of a source, or of one origin of it. EUR."""

    budget: Decimal
    available: Decimal
    granted: Decimal
    held: Decimal
    owed: Decimal
    spent: Decimal
    returned: Decimal

    @property
    def used(self) -> Decimal:
        """What the budget has to bear: held, owed and paid (rule 10)."""
        return self.held + self.owed + self.spent

    @property
    def percent(self) -> Decimal:
        """Of the budget."""
        return booking.percent(self.used, self.budget)


@dataclass(frozen=True)
class SourceFigures:
    """One source, whole and by origin."""

    source: FundingSource
    whole: Figures
    origins: dict[str, Figures]
    forecast: booking.Forecast
    warnings: dict[str, list[int]] = field(default_factory=dict)


def figures(at: datetime) -> list[SourceFigures]:
    """Every source in four queries, whatever their number."""
    balances: dict[UUID, dict[str, Decimal]] = {}
    sums = LedgerAccount.objects.order_by().values("source_id", "kind").annotate(sum=Sum("balance"))
    for row in sums:
        balances.setdefault(row["source_id"], {})[row["kind"]] = row["sum"]
    budgets: dict[UUID, dict[str, Decimal]] = {}
    for budget in Budget.objects.all():
        budgets.setdefault(budget.source_id, {})[budget.origin] = budget.amount
    moved = _moved(at)
    sources = FundingSource.objects.select_related("term").order_by("code")
    return [
        _of_source(each, balances.get(each.pk, {}), budgets.get(each.pk, {}), moved, at)
        for each in sources
    ]


def _moved(at: datetime) -> dict[UUID, tuple[Decimal, Decimal]]:
    """By source: EUR that came back in all, and EUR used in the days that make the pace."""
    since = start_of_day(riga_date(at) - timedelta(days=booking.PACE_DAYS))
    lately = Q(posting__effective_at__gte=since, posting__effective_at__lt=at)
    used = Q(credit__kind=AccountKind.COMMITMENT) & lately
    given_back = Q(debit__kind=AccountKind.COMMITMENT) & lately
    given_back &= Q(credit__kind__in=(AccountKind.POOL, AccountKind.LOT, AccountKind.FORFEITED))
    rows = (
        Transfer.objects.filter(
            used | given_back | Q(posting__kind__in=RETURNING, credit__kind=AccountKind.POOL)
        )
        .order_by()
        .values(source=F("debit__source_id"))
        .annotate(
            returned=Sum(
                "amount",
                filter=Q(posting__kind__in=RETURNING, credit__kind=AccountKind.POOL),
                default=Value(ZERO),
            ),
            lately=Sum(
                Case(
                    When(used, then=F("amount")),
                    When(given_back, then=-F("amount")),
                    default=Value(ZERO),
                    output_field=DecimalField(max_digits=12, decimal_places=2),
                )
            ),
        )
    )
    return {row["source"]: (row["returned"], row["lately"]) for row in rows}


def _of_source(
    source: FundingSource,
    balance: dict[str, Decimal],
    budgets: dict[str, Decimal],
    moved: dict[UUID, tuple[Decimal, Decimal]],
    at: datetime,
) -> SourceFigures:
    returned, lately = moved.get(source.pk, (ZERO, ZERO))
    amounts = {
        "available": balance.get(AccountKind.POOL, ZERO),
        "granted": balance.get(AccountKind.LOT, ZERO),
        "held": balance.get(AccountKind.COMMITMENT, ZERO),
        "owed": balance.get(AccountKind.PAYABLE, ZERO)
        + balance.get(AccountKind.PAYABLE_HELD, ZERO),
        "spent": balance.get(AccountKind.PAID, ZERO),
        "returned": returned,
    }
    whole = Figures(budget=sum(budgets.values(), ZERO), **amounts)
    parts = {name: booking.by_origin(amount, budgets) for name, amount in amounts.items()}
    origins = {
        origin: Figures(
            budget=budgets[origin], **{name: divided[origin] for name, divided in parts.items()}
        )
        for origin in sorted(budgets)
    }
    return SourceFigures(
        source=source,
        whole=whole,
        origins=origins,
        forecast=booking.forecast(
            left=whole.budget - whole.used,
            used_lately=lately,
            today=riga_date(at),
            ends_on=source.ends_on,
        ),
        warnings={
            origin: booking.warnings_due(each.used, each.budget) for origin, each in origins.items()
        },
    )


# The accounts of the books (A): what a kind of ledger account is in the agency's chart.
CHART = {
    AccountKind.APPROPRIATION: "9100",
    AccountKind.POOL: "9200",
    AccountKind.LOT: "9300",
    AccountKind.COMMITMENT: "9400",
    AccountKind.PAYABLE: "5310",
    AccountKind.PAYABLE_HELD: "5311",
    AccountKind.PAID: "2620",
    AccountKind.FORFEITED: "9500",
}
JOURNAL_HEADS = (
    *("booked", "counts_from", "posting", "line", "kind", "source"),
    *("debit_account", "debit_owner", "credit_account", "credit_owner", "amount_eur"),
    *("reference", "reverses"),
)


def journal(*, first: date, last: date) -> Iterator[tuple[Any, ...]]:
    """Every transfer that counts from `first` to `last` (both included, Riga), for accountants.

    Read in portions, in the order in which it was written. No personal data: owners are keys.
    """
    rows = (
        Transfer.objects.filter(
            posting__effective_at__gte=start_of_day(first),
            posting__effective_at__lt=start_of_day(last + timedelta(days=1)),
        )
        .select_related("posting", "debit__source", "credit")
        .order_by("pk")
    )
    for row in rows.iterator(chunk_size=2000):
        posting, debit, credit = row.posting, row.debit, row.credit
        yield (
            posting.booked_at,
            posting.effective_at,
            str(posting.pk),
            row.pk,
            posting.kind,
            debit.source.code,
            CHART[AccountKind(debit.kind)],
            debit.owner_key,
            CHART[AccountKind(credit.kind)],
            credit.owner_key,
            row.amount,
            posting.reference,
            str(posting.reverses_id or ""),
        )
