"""Who has paid the own part and who has not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from funding.enums import CommitmentState
from funding.files_co_payments import CO_PAYMENT
from funding.models import CoPayment
from funding.services.co_payments import must_be_proved
from stars.files.models import StoredFile

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


def proofs_of(co_payment_ids: Iterable[UUID]) -> dict[UUID, list[StoredFile]]:
    """Papers that were sent with own parts, the first one first: one query."""
    files = StoredFile.objects.filter(owner_kind=CO_PAYMENT, owner_id__in=list(co_payment_ids))
    found: dict[UUID, list[StoredFile]] = defaultdict(list)
    for file in files.order_by("uploaded_at", "pk"):
        found[file.owner_id].append(file)
    return dict(found)


def missing(rows: Iterable[CoPayment]) -> list[CoPayment]:
    """Those without which the support will not be owed (rule 9)."""
    return [row for row in rows if row.paid_on is None and must_be_proved(row.commitment)]
