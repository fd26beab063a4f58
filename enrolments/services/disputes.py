""" "This was not me": the money is frozen until the agency has found out who applied.

The case holds the application's money where it is. Upheld, the application ends with its place and
money in the same transaction; dismissed, everything goes on.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from catalogue.services.places import free_place
from enrolments import messages, messages_disputes
from enrolments.enums import HOLDING_PLACE, UNDER_WAY, ApplicationState, DisputeState, MoveState
from enrolments.locks import Locked, lock_for_application
from enrolments.models import Application, Dispute, GroupMove
from enrolments.services.queue import offer_places
from funding.enums import CommitmentState, ReleaseCause
from funding.services.commitments import release
from funding.services.freezing import freeze, thaw
from stars.audit.services import record
from stars.common.errors import Conflict, Invalid
from stars.common.permissions import actor_or_none, require
from stars.common.transactions import service

_OBJECT = "enrolments.dispute"


@service
def open_case(*, application_id: UUID, actor: Any, at: datetime, note: str = "") -> Dispute:
    """Somebody says that the application is not theirs; its money is frozen.

    Whoever holds the link of the letter acts as the system: the link is the proof. `note` is what
    the person knows about it, at most 500 characters. A case that is open already is returned.
    Raises `Conflict` where no money is held any more, or the agency has decided before.
    """
    locked = lock_for_application(application_id)
    application = locked.application
    require(actor, "enrolments.dispute", application)
    known = Dispute.objects.filter(application=application).order_by("opened_at").last()
    if known is not None and known.state == DisputeState.OPEN:
        return known
    if known is not None:
        raise Conflict(
            _("The agency has already looked into this application. Write to it, if need be."),
            code="decided",
        )
    if application.commitment_id is None:
        raise Conflict(_("No money is held for this application."), code="not_held")
    freeze(commitment_id=application.commitment_id, actor=actor, at=at)
    dispute = Dispute.objects.create(application=application, note=note.strip()[:500], opened_at=at)
    dispute.log_birth(by=actor_or_none(actor), at=at)
    record(actor=actor, action="dispute_opened", object_type=_OBJECT, object_id=dispute.pk, at=at)
    messages_disputes.opened(dispute, at=at)
    return dispute


@service
def uphold(*, dispute_id: UUID, actor: Any, at: datetime, note: str) -> Dispute:
    """It was somebody else: application, place and money end at once; the account is flagged.

    The money comes back without loss, also after its term: the cause is the agency's (rule 7). A
    completion that the provider recorded stays as what the provider said, and is never paid.
    Raises `Invalid` without a reason, `Conflict` where it was decided before.
    """
    locked, dispute = _decide("accept", dispute_id, note, actor, at)
    _end(locked, actor, at)
    messages_disputes.decided(dispute, at=at)
    return dispute


@service
def dismiss(*, dispute_id: UUID, actor: Any, at: datetime, note: str) -> Dispute:
    """It was the person: everything goes on. Errors as in `uphold`.

    Where the group was stopped meanwhile, the money is given back now.
    """
    locked, dispute = _decide("dismiss", dispute_id, note, actor, at)
    if locked.application.state not in HOLDING_PLACE:
        _give_back(locked.application, ReleaseCause.PROVIDER, actor, at)
    messages_disputes.decided(dispute, at=at)
    return dispute


def _decide(
    transition: str, dispute_id: UUID, note: str, actor: Any, at: datetime
) -> tuple[Locked, Dispute]:
    key = Dispute.objects.values_list("application_id", flat=True).get(pk=dispute_id)
    locked = lock_for_application(key)
    dispute = Dispute.objects.select_for_update(of=("self",), no_key=True).get(pk=dispute_id)
    dispute.application = locked.application
    require(actor, "enrolments.decide_dispute", dispute)
    dispute.WORKFLOW.target(transition, dispute.state)
    if not note.strip():
        raise Invalid(_("Write what was found."), code="note", field="note")
    dispute.decided_by, dispute.decided_at = actor_or_none(actor), at
    dispute.decision_note = note.strip()[:500]
    before = dispute.state
    dispute.move(
        transition,
        by=actor_or_none(actor),
        at=at,
        also=("decided_by", "decided_at", "decision_note"),
    )
    record(
        actor=actor,
        action="dispute_upheld" if transition == "accept" else "dispute_dismissed",
        object_type=_OBJECT,
        object_id=dispute.pk,
        changes={"state": (before, dispute.state)},
        at=at,
    )
    assert locked.application.commitment_id is not None
    thaw(commitment_id=locked.application.commitment_id, actor=actor, at=at)
    return locked, dispute


def _end(locked: Locked, actor: Any, at: datetime) -> None:
    """Application, place and money, in the caller's transaction."""
    application, participation, by = locked.application, locked.participation, actor_or_none(actor)
    if participation is not None and participation.state in UNDER_WAY:
        for move in GroupMove.objects.select_for_update(no_key=True).filter(
            participation=participation, state=MoveState.PROPOSED
        ):
            move.answered_at = at
            move.move("withdraw", by=by, at=at, also=("answered_at",))
        participation.move("release", by=by, at=at)
    held_place = application.state in HOLDING_PLACE
    if application.state in (ApplicationState.SUBMITTED, ApplicationState.APPROVED):
        application.move("disown", by=by, at=at)
        messages.withdrawn(application, at=at)
    if held_place:
        free_place(locked.group)
    _give_back(application, ReleaseCause.AGENCY, actor, at)
    if held_place:
        offer_places(locked.group, at=at)


def _give_back(application: Application, cause: ReleaseCause, actor: Any, at: datetime) -> None:
    commitment = application.commitment
    if commitment is not None and commitment.state == CommitmentState.HELD:
        release(commitment_id=commitment.pk, cause=cause, actor=actor, at=at)
