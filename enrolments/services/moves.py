"""Moving a person to another group of the programme, with their consent (ENR-9, L3131).

The application goes to the new group and keeps its address, its money and its decision. What was
in the old group stays there: the participation, under a record of the application that is `moved`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from catalogue.enums import GroupState
from catalogue.exceptions import GroupFull
from catalogue.models import Group, Offer
from catalogue.services.groups import lock_group
from catalogue.services.places import free_place, move_place
from enrolments import messages_groups as messages
from enrolments.enums import (
    LIVING,
    UNDER_WAY,
    ApplicationState,
    MoveState,
    ParticipationState,
)
from enrolments.locks import lock_account, lock_for_participation
from enrolments.models import Application, GroupMove, Participation
from enrolments.services.queue import offer_places
from stars.common.dates import riga_date
from stars.common.errors import Conflict, Invalid
from stars.common.permissions import actor_or_none, require
from stars.common.transactions import service

# Assumption: time to answer; the place is not kept meanwhile.
ANSWER_DAYS = 3
TAKES_PEOPLE = (GroupState.OPEN, GroupState.CLOSED, GroupState.RUNNING)


@service
def propose(
    *, participation_id: UUID, to_group_id: UUID, reason: str, actor: Any, at: datetime
) -> GroupMove:
    """Ask a person whether they move to another group of the same programme (ENR-9).

    Nothing changes before they say yes; the place there is not kept. Raises `Invalid` without a
    reason or for a group that does not fit, `GroupFull`, `Conflict` where the person is not under
    way any more or was asked already.
    """
    locked, participation = lock_for_participation(participation_id)
    require(actor, "enrolments.run_group", locked.group)
    to_group = _group(to_group_id)
    if participation.state not in UNDER_WAY:
        raise Conflict(_("This person does not learn in the group any more."), code="not_learning")
    if not reason.strip():
        raise Invalid(_("Write the reason: the person will read it."), code="note", field="reason")
    _check_groups(locked.application, locked.group, to_group)
    if GroupMove.objects.filter(participation=participation, state=MoveState.PROPOSED).exists():
        raise Conflict(_("This person was asked already and has not answered."), code="asked")
    move = GroupMove.objects.create(
        participation=participation,
        to_group=to_group,
        reason=reason.strip()[:300],
        proposed_by=actor_or_none(actor),
        proposed_at=at,
        answer_by=riga_date(at) + timedelta(days=ANSWER_DAYS),
    )
    move.log_birth(by=actor_or_none(actor), at=at)
    messages.move_proposed(move, at=at)
    return move


@service
def accept(*, move_id: UUID, actor: Any, at: datetime) -> Participation:
    """The person agrees: a place there is taken and the one here freed at once (ENR-9).

    The money goes along: it stays held for the same application. Repeating it returns the new
    place. Raises `GroupFull` where somebody else was quicker, `Conflict` for an answer that comes
    too late.
    """
    move, application, group, to_group = _lock(move_id)
    old = move.participation
    require(actor, "enrolments.answer_move", old)
    if move.state == MoveState.ACCEPTED and move.moved_to is not None:
        return move.moved_to
    move.WORKFLOW.target("accept", move.state)
    if move.answer_by < riga_date(at) or old.state not in UNDER_WAY:
        raise Conflict(_("The time to answer is over."), code="too_late")
    _check_groups(application, group, to_group)
    _leave_line(application, to_group, actor, at)
    move_place(group, to_group)
    new = _move_over(application, old, to_group, actor, at)
    move.answered_at, move.moved_to = at, new
    move.move("accept", by=actor_or_none(actor), at=at, also=("answered_at", "moved_to"))
    messages.move_answered(move, at=at)
    offer_places(group, at=at)
    return new


@service
def decline(*, move_id: UUID, actor: Any, at: datetime) -> GroupMove:
    """The person stays where they are. Repeating it changes nothing."""
    move, *_rest = _lock(move_id)
    require(actor, "enrolments.answer_move", move.participation)
    if move.state == MoveState.DECLINED:
        return move
    move.answered_at = at
    move.move("decline", by=actor_or_none(actor), at=at, also=("answered_at",))
    messages.move_answered(move, at=at)
    return move


@service
def withdraw_proposal(*, move_id: UUID, actor: Any, at: datetime) -> GroupMove:
    """The provider takes the proposal back before it is answered."""
    move, _application, group, _to_group = _lock(move_id)
    require(actor, "enrolments.run_group", group)
    move.answered_at = at
    move.move("withdraw", by=actor_or_none(actor), at=at, also=("answered_at",))
    return move


@service
def lapse(*, move_id: UUID, at: datetime) -> bool:
    """End a proposal nobody answered in time; False where somebody did."""
    move, *_rest = _lock(move_id)
    if move.state != MoveState.PROPOSED or move.answer_by >= riga_date(at):
        return False
    move.move("lapse", by=None, at=at)
    return True


def lapse_unanswered(*, at: datetime) -> int:
    """Lapse every proposal whose last day for an answer is over; returns how many."""
    late = GroupMove.objects.filter(state=MoveState.PROPOSED, answer_by__lt=riga_date(at))
    ids = list(late.order_by("answer_by", "pk").values_list("pk", flat=True))
    return sum(lapse(move_id=pk, at=at) for pk in ids)


def _group(group_id: UUID) -> Group:
    found = Group.objects.select_related("version__programme__provider").filter(pk=group_id).first()
    if found is None:
        raise Invalid(_("Choose one of these groups."), code="group", field="group")
    return found


def _lock(move_id: UUID) -> tuple[GroupMove, Application, Group, Group]:
    """Account, both groups by key, application, participation, and the proposal itself."""
    ids = GroupMove.objects.values(
        "participation__account_id",
        "participation__group_id",
        "participation__application_id",
        "participation_id",
        "to_group_id",
    ).get(pk=move_id)
    account = lock_account(ids["participation__account_id"])
    keys = sorted({ids["participation__group_id"], ids["to_group_id"]})
    groups = {key: lock_group(key) for key in keys}
    application = (
        Application.objects.select_for_update(of=("self",), no_key=True)
        .select_related("offer__version", "commitment")
        .get(pk=ids["participation__application_id"])
    )
    participation = Participation.objects.select_for_update(of=("self",), no_key=True).get(
        pk=ids["participation_id"]
    )
    move = (
        GroupMove.objects.select_for_update(of=("self",), no_key=True)
        .select_related("moved_to")
        .get(pk=move_id)
    )
    group, to_group = groups[ids["participation__group_id"]], groups[ids["to_group_id"]]
    application.account = participation.account = account
    participation.application, participation.group = application, group
    move.participation, move.to_group = participation, to_group
    return move, application, group, to_group


def _check_groups(application: Application, group: Group, to_group: Group) -> None:
    """Whether the other group fits: same programme, still to come or under way, same money."""
    if to_group.version.programme_id != group.version.programme_id or to_group.pk == group.pk:
        raise Invalid(_("Choose another group of the same programme."), code="group", field="group")
    if to_group.state not in TAKES_PEOPLE:
        raise Conflict(_("This group takes nobody any more."), code="group_closed", field="group")
    if to_group.version_id != application.offer.version_id and not _same_money(
        application.offer, to_group
    ):
        raise Conflict(
            _("The price or the support is another one there. The person has to apply anew."),
            code="other_money",
            field="group",
        )
    if to_group.places_left <= 0:
        raise GroupFull()


def _same_money(offer: Offer, to_group: Group) -> bool:
    """Another version of the programme is offered by the same source at the same price."""
    same = Offer.objects.filter(
        version=to_group.version_id, source=offer.source_id, price=offer.price
    )
    return same.exists()


def _leave_line(application: Application, to_group: Group, actor: Any, at: datetime) -> None:
    """One application for each person and group: a draft or a place in line there ends."""
    others = (
        Application.objects.select_for_update(of=("self",), no_key=True)
        .filter(account=application.account_id, group=to_group, state__in=LIVING)
        .order_by("pk")
    )
    for other in others:
        held = other.state == ApplicationState.OFFERED
        other.move("withdraw", by=actor_or_none(actor), at=at, note="moved here")
        if held:
            free_place(to_group)


def _move_over(
    application: Application,
    old: Participation,
    to_group: Group,
    actor: Any,
    at: datetime,
) -> Participation:
    """The old place under a record of its own, the application and a new place there."""
    by = actor_or_none(actor)
    left_behind = Application.objects.create(
        account=application.account,
        offer=application.offer,
        group=old.group,
        state=ApplicationState.MOVED,
        use_support=application.use_support,
        payer=application.payer,
        knows_consequences=application.knows_consequences,
        submitted_at=application.submitted_at,
        decide_by=application.decide_by,
        decided_at=application.decided_at,
        decision_note=application.decision_note,
        quote=application.quote,
    )
    left_behind.log_birth(by=by, at=at, note=f"application {application.pk} moved on")
    old.application = left_behind
    old.move("move", by=by, at=at, also=("application", "updated_at"))
    application.group = to_group
    application.save(update_fields=["group", "updated_at"])
    new = Participation.objects.create(
        application=application, account=application.account, group=to_group, admitted_at=at
    )
    new.log_birth(by=by, at=at, note=f"moved from participation {old.pk}")
    if to_group.state == GroupState.RUNNING:
        new.move("start", by=by, at=at)
    assert new.state in (ParticipationState.ADMITTED, ParticipationState.LEARNING)
    return new
