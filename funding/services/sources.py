"""Making money of a source available."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from funding.enums import AccountKind, PostingKind
from funding.models import Posting
from funding.services.ledger import Move, open_account, pool, post
from stars.common.permissions import require
from stars.common.transactions import service


@service
def authorise(
    *, source_id: UUID, origin: str, amount: Decimal, key: str, actor: Any, at: datetime
) -> Posting:
    """Let `amount` EUR of `origin` be promised from the source's pool.

    This is what may be promised, not cash: grants that lapse never cost money, so an agency may
    promise more than its cash budget (rule 10). `key` names the decision; the same key once only.
    """
    require(actor, "funding.authorise", None)
    appropriation = open_account(
        kind=AccountKind.APPROPRIATION, source_id=source_id, owner_key=origin
    )
    return post(
        kind=PostingKind.AUTHORISE,
        key=f"authorise:{source_id}:{key}",
        reference=f"source:{source_id}",
        moves=[Move(debit=appropriation.pk, credit=pool(source_id).pk, amount=amount)],
        effective_at=at,
        by=actor,
    )
