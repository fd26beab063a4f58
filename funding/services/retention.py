"""How long a source's papers are kept for audits, and what is erased then (FUN-13, NFR-5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, F, Max, Q

from funding.enums import CommitmentState
from funding.models import Commitment, FundingSource
from funding.privacy import AUDITS
from stars.common.dates import riga_date

# A source has paid for these, or owes them.
PAID_FOR = (
    CommitmentState.CAPTURED,
    CommitmentState.PAYABLE,
    CommitmentState.PAYABLE_HELD,
    CommitmentState.PAID,
)


@dataclass(frozen=True)
class Due:
    """A source whose audit years are over, and how many accounts still hold words of it."""

    source_id: UUID
    code: str
    kept_until: date
    accounts: int


def kept_until() -> dict[UUID, date]:
    """Source → the last day on which its papers are kept: the term of `AUDITS` after its last
    payment, or after its own last day where that is later or nothing was paid. One query."""
    rows = FundingSource.objects.annotate(
        last_paid=Max("payments__settled_on", filter=Q(payments__state="paid"))
    ).values_list("pk", "ends_on", "last_paid")
    return {
        pk: AUDITS.last_day(max(ends_on, last_paid or ends_on)) for pk, ends_on, last_paid in rows
    }


def kept_of(account_id: UUID, at: datetime) -> dict[UUID, date]:
    """The sources that have paid for this account and must still keep why, with their last day."""
    paid = Commitment.objects.filter(account=account_id, state__in=PAID_FOR)
    until, today = kept_until(), riga_date(at)
    return {
        source: until[source]
        for source in paid.values_list("source_id", flat=True).distinct()
        if until[source] >= today
    }


def due(at: datetime) -> list[Due]:
    """Sources whose audit years are over while their commitments still say more than keys."""
    today = riga_date(at)
    over = {pk: day for pk, day in kept_until().items() if day < today}
    rows = (
        Commitment.objects.filter(source__in=over)
        .filter(has_words())
        .order_by()
        .values("source_id", "source__code")
        .annotate(accounts=Count("account_id", distinct=True))
    )
    return [
        Due(row["source_id"], row["source__code"], over[row["source_id"]], row["accounts"])
        for row in rows.order_by("source__code")
    ]


def has_words() -> Q:
    """Commitments of which more is left than keys, amounts, days and outcomes."""
    return (
        ~Q(evidence={})
        | Q(claim__invoice_issuer__gt="")
        | Q(co_payments__proof__gt="")
        | Q(
            account__bank_accounts__payments__source=F("source"),
            account__bank_accounts__iban__gt="",
        )
        | Q(account__appeals__scheme__source=F("source"), account__appeals__text__gt="")
        | Q(account__appeals__scheme__source=F("source"), account__appeals__lines__0__isnull=False)
        | Q(
            account__decisions__policy__scheme__source=F("source"),
            account__decisions__lines__0__isnull=False,
        )
    )
