"""Two people start a round by hand: one puts it forward, another lets it run."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from funding.models import AllocationRound, RoundApproval
from funding.services import rounds
from funding.tasks import run_round
from stars.common.approvals import content_hash, decide
from stars.common.errors import Conflict
from stars.common.permissions import require
from stars.common.transactions import after_commit, service


def _content(this: AllocationRound) -> dict[str, Any]:
    """What the second person lets happen; any change of it asks for a new approval."""
    return {"content": rounds.content(this)}


@service
def put_forward(*, round_id: UUID, actor: Any, at: datetime) -> RoundApproval:
    """Ask for a round to be run now.

    Raises `Conflict` where it was asked for already, or without a dry run of the same content on
    the same day: nobody starts what they have not seen.
    """
    require(actor, "funding.run_round", None)
    this = AllocationRound.objects.select_for_update().get(pk=round_id)
    if RoundApproval.objects.filter(round=this, decided_at__isnull=True).exists():
        raise Conflict(_("This round is already waiting for the second person."), code="waiting")
    if rounds.last_dry_run(this, at) is None:
        raise Conflict(
            _("Make a dry run first: today there was none of the round as it is now."),
            code="dry_run_first",
        )
    return RoundApproval.objects.create(
        round=this, subject_hash=content_hash(_content(this)), requested_by=actor, requested_at=at
    )


@service
def let_run(
    *, approval_id: UUID, approved: bool, actor: Any, at: datetime, note: str = ""
) -> RoundApproval:
    """The second person's decision; yes starts the round in the worker after this is committed."""
    require(actor, "funding.run_round", None)
    round_id = RoundApproval.objects.values_list("round_id", flat=True).get(pk=approval_id)
    this = AllocationRound.objects.select_for_update().get(pk=round_id)
    approval = RoundApproval.objects.select_for_update(of=("self",)).get(pk=approval_id)
    decide(approval, content=_content(this), approved=approved, actor=actor, at=at, note=note)
    if approved:
        after_commit(run_round.delay, this.code)
    return approval
