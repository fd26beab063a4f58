"""Who has paid the own part and who has not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from funding.enums import CommitmentState
from funding.models import CoPayment
from funding.services.co_payments import must_be_proved

_OVER = (CommitmentState.RELEASED, CommitmentState.FORFEITED)


def co_payments_of(commitment_ids: Iterable[UUID | None]) -> dict[UUID | None, list[CoPayment]]:
    """Shares of the own part by commitment, those of applications that are over left out."""
    rows = (
        CoPayment.objects.filter(commitment__in=list(commitment_ids))
        .exclude(commitment__state__in=_OVER)
        .select_related("commitment__policy", "pledge__employer")
        .order_by("-payer", "pk")
    )
    found: dict[UUID | None, list[CoPayment]] = defaultdict(list)
    for row in rows:
        found[row.commitment_id].append(row)
    return dict(found)


def missing(rows: Iterable[CoPayment]) -> list[CoPayment]:
    """Those without which the support will not be owed (rule 9)."""
    return [row for row in rows if row.paid_on is None and must_be_proved(row.commitment)]
