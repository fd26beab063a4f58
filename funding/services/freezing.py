"""Money that stays where it is while the agency looks into "this was not me".

A frozen commitment is held and stays held: nothing of it is owed, given back or lost, and its
price does not change (`Frozen`, and a constraint for whoever goes round the services). Settlement
collects only what is captured, so it never meets one.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from funding.enums import CommitmentState
from funding.models import Commitment, FundingLog
from funding.services.commitments import lock_commitment
from stars.common.errors import Conflict
from stars.common.permissions import actor_or_none
from stars.common.transactions import service


@service
def freeze(*, commitment_id: UUID, actor: Any, at: datetime) -> Commitment:
    """Nothing of it moves from now on; freezing it twice changes nothing.

    Raises `Conflict` where the money is no longer held: it is owed, given back or lost already.
    """
    commitment = lock_commitment(commitment_id)
    if commitment.state != CommitmentState.HELD:
        raise Conflict(_("The money of this training is no longer held."), code="not_held")
    if commitment.frozen_at is None:
        commitment.frozen_at = at
        _save(commitment, "freeze", actor, at)
    return commitment


@service
def thaw(*, commitment_id: UUID, actor: Any, at: datetime) -> Commitment:
    """The agency has decided: the money may move again; thawing it twice changes nothing."""
    commitment = lock_commitment(commitment_id)
    if commitment.frozen_at is not None:
        commitment.frozen_at = None
        _save(commitment, "thaw", actor, at)
    return commitment


def _save(commitment: Commitment, what: str, actor: Any, at: datetime) -> None:
    commitment.save(update_fields=["frozen_at", "updated_at"])
    FundingLog.objects.create(
        object_type="commitment",
        object_id=commitment.pk,
        transition=what,
        from_state=commitment.state,
        to_state=commitment.state,
        by=actor_or_none(actor),
        at=at,
        note="",
    )
