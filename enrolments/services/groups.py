"""What happens to the people when their group changes: told, kept, or freed (ENR-4, FUN-7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalogue.enums import GroupState
from catalogue.models import Group
from catalogue.rules import Block
from catalogue.services import group_changes, timetable
from catalogue.services.groups import lock_group
from catalogue.services.places import free_place
from enrolments import messages
from enrolments.enums import HOLDING_PLACE, LIVING, UNDER_WAY, ApplicationState
from enrolments.locks import lock_accounts
from enrolments.models import Application, GroupMove, Participation
from enrolments.services.queue import offer_places
from funding.enums import CommitmentState, ReleaseCause
from funding.services.commitments import release
from stars.common.errors import Conflict
from stars.common.permissions import actor_or_none, require
from stars.common.transactions import service

# A draft holds nothing and waits for nothing; the daily task ends it.
SENT = tuple(state for state in LIVING if state != ApplicationState.DRAFT)


def living_in(group_id: UUID) -> list[Application]:
    """Whoever holds or waits for a place in the group, with person and user: one query."""
    over = Q(state=ApplicationState.APPROVED) & ~Q(participation__state__in=UNDER_WAY)
    return list(
        Application.objects.filter(group=group_id, state__in=SENT)
        .exclude(over)
        .select_related("account__person__user")
        .order_by("pk")
    )


@service
def change_timetable(
    *, group_id: UUID, blocks: Sequence[Block], expected: str | None, actor: Any, at: datetime
) -> Group:
    """Write the timetable and tell whoever is in the group, once a day (PRO-4).

    See `catalogue.services.timetable.set_timetable` for the errors.
    """
    group = timetable.set_timetable(
        group_id=group_id, blocks=blocks, expected=expected, actor=actor, at=at
    )
    if group.state != GroupState.DRAFT:
        for application in living_in(group.pk):
            messages.timetable_changed(application, at=at)
    return group


@service
def change(
    *,
    group_id: UUID,
    facts: group_changes.Facts,
    expected: str | None,
    actor: Any,
    at: datetime,
) -> Group:
    """Change a group's facts; places that were added go to the first in line (ENR-4).

    See `catalogue.services.group_changes.edit_group` for the errors.
    """
    group = group_changes.edit_group(
        group_id=group_id, facts=facts, expected=expected, actor=actor, at=at
    )
    offer_places(group, at=at)
    return group


@service
def postpone(*, group_id: UUID, starts_on: date, reason: str, actor: Any, at: datetime) -> Group:
    """Another first day for the group; everybody in it is told and may withdraw without loss.

    See `catalogue.services.group_changes.postpone_group` for the errors. Who withdraws after this
    gets back what is held as when the provider cancels: the new day is not their doing (rule 7).
    """
    group = group_changes.postpone_group(
        group_id=group_id, starts_on=starts_on, reason=reason, actor=actor, at=at
    )
    for application in living_in(group.pk):
        messages.group_postponed(application, at=at)
    return group


@service
def cancel(*, group_id: UUID, reason: str, actor: Any, at: datetime) -> int:
    """The group does not take place: everybody is told, places and money are free (ENR-4, FUN-7).

    Money whose term has ended comes back as a replacement: the cause is the provider's (rule 7).
    Returns how many people had a place or waited for one. Raises `Invalid` without a reason,
    `Conflict` once the group is under way.
    """
    locked = _accounts_in(group_id)
    lock_accounts(locked)
    group = group_changes.cancel_group(group_id=group_id, reason=reason, actor=actor, at=at)
    return _free_everybody(group, locked, ReleaseCause.PROVIDER, reason, actor, at)


@service
def release_everybody(*, group_id: UUID, cause: str, reason: str, actor: Any, at: datetime) -> int:
    """Free everybody's place and money in a group that was stopped (ENR-8); returns how many.

    Also of those who learn already. The caller has moved the group's state and may do so; `cause`
    is a ReleaseCause, `reason` is what the people read.
    """
    locked = _accounts_in(group_id)
    lock_accounts(locked)
    group = lock_group(group_id)
    require(actor, "enrolments.run_group", group)
    return _free_everybody(group, locked, ReleaseCause(cause), reason, actor, at)


def _accounts_in(group_id: UUID) -> set[UUID]:
    """Accounts with anything living in the group; read before the locks, compared under them."""
    rows = Application.objects.filter(group=group_id, state__in=SENT)
    return set(rows.values_list("account_id", flat=True))


def _free_everybody(
    group: Group,
    locked: set[UUID],
    cause: ReleaseCause,
    reason: str,
    actor: Any,
    at: datetime,
) -> int:
    """End everything that lives in a locked group whose accounts are locked too."""
    applications = list(
        Application.objects.select_for_update(of=("self",), no_key=True)
        .filter(group=group, state__in=SENT)
        .select_related("account__person__user", "commitment")
        .order_by("pk")
    )
    participations = {
        participation.application_id: participation
        for participation in Participation.objects.select_for_update(of=("self",), no_key=True)
        .filter(application__in=applications)
        .order_by("pk")
    }
    if {application.account_id for application in applications} - locked:
        # They applied while we waited for the group.
        raise Conflict(_("Somebody has just applied. Do it again."), code="applied_meanwhile")
    told = 0
    for application in applications:
        participation = participations.get(application.pk)
        if participation is not None and participation.state not in UNDER_WAY:
            continue  # it has an outcome: that stays
        application.group = group
        before = application.state
        _end(application, participation, reason, actor, at)
        if before in HOLDING_PLACE:
            free_place(group)
        commitment = application.commitment
        # What is frozen is given back with the agency's decision (services.disputes).
        frozen = commitment is not None and commitment.frozen_at is not None
        if commitment is not None and commitment.state == CommitmentState.HELD and not frozen:
            release(commitment_id=commitment.pk, cause=cause, actor=actor, at=at)
        messages.group_cancelled(application, at=at)
        told += 1
    return told


def _end(
    application: Application,
    participation: Participation | None,
    reason: str,
    actor: Any,
    at: datetime,
) -> None:
    by = actor_or_none(actor)
    if participation is not None:
        for move in GroupMove.objects.select_for_update(no_key=True).filter(
            participation=participation, state="proposed"
        ):
            move.answered_at = at
            move.move("withdraw", by=by, at=at, also=("answered_at",))
        participation.move("release", by=by, at=at, note=reason)
    application.decision_note = reason
    if application.can("cancel"):
        application.decided_at = at
        application.move(
            "cancel", by=by, at=at, note=reason, also=("decision_note", "decided_at", "updated_at")
        )
    else:
        application.move("lapse", by=by, at=at, note=reason, also=("decision_note", "updated_at"))
