"""What a provider sees of its settlement, from rows that exist; nothing is decided here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet, Sum

from funding.enums import CommitmentState, ListState, PaymentState
from funding.models import Commitment, Payment, StagePayment, Statement, StatementLine
from stars.common.money import ZERO

# Drafts may still change, so only the agency sees them.
SHOWN = (ListState.APPROVED, ListState.PAID)
# Whole trainings that wait for a statement.
OWED = (CommitmentState.CAPTURED, CommitmentState.PAYABLE_HELD)


@dataclass(frozen=True)
class Waiting:
    """Owed for completed training and in no statement that is approved. EUR.

    `parts` is owed for trainings that are not completed, where the policy pays parts.
    """

    people: int
    amount: Decimal
    held_people: int
    held_amount: Decimal
    parts: Decimal


def statements_of(provider_ids: Iterable[UUID]) -> QuerySet[Statement]:
    """Approved statements of these providers, the newest first."""
    rows = Statement.objects.filter(provider__in=provider_ids, state__in=SHOWN)
    return rows.select_related("source", "provider__organisation").order_by("-month", "-number")


def payments_of(statements: Iterable[Statement]) -> dict[UUID, Payment]:
    """The latest payment of each statement; one query."""
    references = {f"statement:{row.pk}": row.pk for row in statements}
    rows = Payment.objects.filter(reference__in=references).exclude(state=PaymentState.CANCELLED)
    rows = rows.select_related("replaces").order_by("created_at")
    return {references[row.reference]: row for row in rows}


def came_back(payment: Payment | None) -> Payment | None:
    """The payment that the bank sent back and that this one replaces, while it is not paid."""
    if payment is None or payment.state == PaymentState.PAID:
        return None
    before = payment.replaces
    return before if before and before.state == PaymentState.REJECTED else None


def waiting_for_statement(provider_ids: Iterable[UUID]) -> Waiting:
    """What is owed to these providers and comes into their next statements; two queries."""
    offered = {"offer__version__programme__provider__in": list(provider_ids)}
    found = {
        state: (people, amount or ZERO)
        for state, people, amount in Commitment.objects.filter(state__in=OWED, **offered)
        .values_list("state")
        .annotate(people=Count("pk"), amount=Sum("support"))
        .values_list("state", "people", "amount")
    }
    parts = StagePayment.objects.filter(
        **{f"commitment__{name}": value for name, value in offered.items()}
    ).annotate(settled=Exists(StatementLine.objects.filter(stage=OuterRef("pk"), counts=True)))
    of_parts: dict[tuple[str, bool], Decimal] = defaultdict(lambda: ZERO)
    sums = parts.order_by().values("commitment__state", "settled").annotate(sum=Sum("amount"))
    for state, settled, amount in sums.values_list("commitment__state", "settled", "sum"):
        of_parts[state if state in OWED else "", settled] += amount
    people, amount = found.get(CommitmentState.CAPTURED, (0, ZERO))
    held_people, held_amount = found.get(CommitmentState.PAYABLE_HELD, (0, ZERO))
    return Waiting(
        people=people,
        # Parts that stand in a statement were paid with that one.
        amount=amount - of_parts[CommitmentState.CAPTURED, True],
        held_people=held_people,
        held_amount=held_amount - of_parts[CommitmentState.PAYABLE_HELD, True],
        parts=of_parts["", False],
    )
