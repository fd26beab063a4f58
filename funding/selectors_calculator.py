"""What the portal itself knows for the cost calculator: the last twelve months (FUN-15)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Avg, Count, Q, Sum

from funding.enums import AidKind, CommitmentState, RefundKind, SchemeKind
from funding.models import AidMonth, Commitment, CommitmentLine, Grant
from stars.common.dates import months_before, riga_date, start_of_day

SPENT = (
    CommitmentState.CAPTURED,
    CommitmentState.PAYABLE,
    CommitmentState.PAYABLE_HELD,
    CommitmentState.PAID,
)
_CENT = Decimal("0.01")


def known(at: datetime) -> dict[str, Decimal]:
    """Figures of `rules.calculator` by name, for the twelve months before `at`; five queries.

    Only what there was any of: where nobody got a certificate paid, there is no average either.
    """
    since = start_of_day(months_before(riga_date(at), 12))
    found = {
        **dict(_allocation(since, at)),
        **dict(_trainings(since, at)),
        **dict(_refunds(since, at)),
        **dict(_aid(since, at)),
    }
    return {
        name: Decimal(value).quantize(_CENT, rounding=ROUND_HALF_UP)
        for name, value in found.items()
    }


def _allocation(since: datetime, at: datetime) -> Iterator[tuple[str, Any]]:
    grants = Grant.objects.filter(granted_at__gte=since, granted_at__lt=at)
    got = grants.aggregate(
        people=Count("account", distinct=True), mean=Avg("amount"), sum=Sum("amount")
    )
    if not got["people"]:
        return
    used = CommitmentLine.objects.filter(
        grant__in=grants, commitment__state__in=(CommitmentState.HELD, *SPENT)
    ).aggregate(sum=Sum("amount", default=Decimal(0)))
    yield "allocation_people", got["people"]
    yield "allocation_grant", got["mean"]
    yield "allocation_used", used["sum"] * 100 / got["sum"]


def _trainings(since: datetime, at: datetime) -> Iterator[tuple[str, Any]]:
    """Full cover and the shared price: people, the price, the share."""
    rows = (
        Commitment.objects.filter(state__in=SPENT, held_at__gte=since, held_at__lt=at)
        .filter(policy__scheme__kind__in=(SchemeKind.FULL_COVER, SchemeKind.COFUNDED))
        .order_by()
        .values("policy__scheme__kind")
        .annotate(
            people=Count("account", distinct=True),
            mean=Avg("price"),
            a=Sum("support"),
            b=Sum("price"),
        )
    )
    for row in rows:
        if row["policy__scheme__kind"] == SchemeKind.FULL_COVER:
            yield "cover_people", row["people"]
            yield "cover_price", row["mean"]
        else:
            yield "cofunded_people", row["people"]
            yield "cofunded_price", row["mean"]
            yield "cofunded_share", row["a"] * 100 / row["b"]


def _refunds(since: datetime, at: datetime) -> Iterator[tuple[str, Any]]:
    rows = (
        Commitment.objects.filter(state__in=SPENT, held_at__gte=since, held_at__lt=at)
        .filter(claim__what__isnull=False)
        .order_by()
        .values("claim__what__kind")
        .annotate(people=Count("account", distinct=True), mean=Avg("support"))
    )
    for row in rows:
        name = "certificate" if row["claim__what__kind"] == RefundKind.CERTIFICATE else "assessment"
        yield f"{name}_people", row["people"]
        yield f"{name}_price", row["mean"]


def _aid(since: datetime, at: datetime) -> Iterator[tuple[str, Any]]:
    stipend = Q(request__kind=AidKind.STIPEND)
    months = AidMonth.objects.filter(
        amount__gt=0, month__gte=since.date(), month__lt=riga_date(at)
    ).aggregate(
        people=Count("request__commitment__account", distinct=True, filter=stipend),
        months=Count("pk", filter=stipend),
        mean=Avg("amount", filter=stipend),
        travel=Count("request__commitment__account", distinct=True, filter=~stipend),
        sum=Sum("amount", filter=~stipend),
    )
    if months["people"]:
        yield "stipend_people", months["people"]
        yield "stipend_month", months["mean"]
        yield "stipend_months", Decimal(months["months"]) / months["people"]
    if months["travel"]:
        yield "travel_people", months["travel"]
        yield "travel_average", months["sum"] / months["travel"]
