"""A provider or programme is stopped: groups, places and money (ENR-8, FUN-7, L893).

The decision is one transaction; each group and each undecided application is another, by key, since
people's accounts are locked before their group. What was broken off is taken up again each night.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from catalogue.enums import GroupState, RunningGroups
from catalogue.models import Group, Offer, Suspension
from catalogue.services import suspensions
from catalogue.services.groups import lock_group
from enrolments import messages_suspensions as messages
from enrolments.enums import UNDER_WAY, ApplicationState
from enrolments.models import Application, Participation
from enrolments.services import applications, decisions, groups
from funding.enums import ReleaseCause
from stars.common.errors import Conflict, DomainError, Invalid
from stars.common.permissions import SYSTEM, actor_or_none, require
from stars.common.transactions import service


def suspend_provider(
    *, provider_id: UUID, running: str, reason: str, actor: Any, at: datetime
) -> Suspension:
    """Stop a provider and carry out what is decided about its groups (a RunningGroups).

    Undecided applications end in any case; their places and money are free. FINISH: whoever was
    admitted learns to the end. STOP: everybody's place and money are free. MOVE: the same as
    FINISH, until the agency suggests another group (`move_people`). Raises as
    `catalogue.services.suspensions.suspend_provider`.
    """
    made = suspensions.suspend_provider(
        provider_id=provider_id, running=running, reason=reason, actor=actor, at=at
    )
    carry_out(suspension_id=made.pk, actor=actor, at=at)
    return made


def suspend_programme(
    *, programme_id: UUID, running: str, reason: str, actor: Any, at: datetime
) -> Suspension:
    """The same for one programme."""
    made = suspensions.suspend_programme(
        programme_id=programme_id, running=running, reason=reason, actor=actor, at=at
    )
    carry_out(suspension_id=made.pk, actor=actor, at=at)
    return made


def carry_out(*, suspension_id: UUID, actor: Any, at: datetime) -> int:
    """Do for each group what was decided; returns how many groups and applications that were.

    Repeating it does what is left, and nothing once the suspension is lifted.
    """
    suspension = Suspension.objects.select_related("provider", "programme__provider").get(
        pk=suspension_id
    )
    require(actor, "catalogue.lift_suspension", suspension)
    if suspension.lifted_at is not None:
        return 0
    reached = list(suspensions.groups_of(suspension).values_list("pk", flat=True))
    if suspension.running == RunningGroups.STOP:
        return sum(_stop(pk, suspension.reason, actor, at) for pk in reached)
    return _end_undecided(reached, suspension.reason, at)


def carry_out_open(*, at: datetime) -> int:
    """Take up every suspension in force where it was broken off (batch of the daily task)."""
    keys = Suspension.objects.filter(lifted_at__isnull=True).order_by("pk")
    return sum(
        carry_out(suspension_id=pk, actor=SYSTEM, at=at) for pk in keys.values_list("pk", flat=True)
    )


@service
def _stop(group_id: UUID, reason: str, actor: Any, at: datetime) -> int:
    """Free everybody in a group and end it, all at once."""
    groups.release_everybody(
        group_id=group_id, cause=ReleaseCause.QUALITY, reason=reason, actor=SYSTEM, at=at
    )
    _end_group(lock_group(group_id), reason, actor, at)
    return 1


def _end_group(group: Group, reason: str, actor: Any, at: datetime) -> None:
    by = actor_or_none(actor)
    if group.can("cancel"):
        group.move("cancel", by=by, at=at, note=reason)
    elif group.state == GroupState.RUNNING:
        group.move("suspend", by=by, at=at, note=reason)
        group.move("stop", by=by, at=at, note=reason)


def _end_undecided(group_ids: list[UUID], reason: str, at: datetime) -> int:
    """Nobody new is admitted: who waits for an answer gets one, with place and money free."""
    waiting = Application.objects.filter(
        group__in=group_ids, state=ApplicationState.SUBMITTED
    ).order_by("pk")
    ended = 0
    for pk in waiting.values_list("pk", flat=True):
        try:
            decisions.reject(application_id=pk, actor=SYSTEM, at=at, note=reason)
        except Conflict:
            continue  # withdrawn or answered meanwhile
        ended += 1
    return ended


@service
def move_people(*, group_id: UUID, to_group_id: UUID, actor: Any, at: datetime) -> int:
    """End a group of a stopped provider or programme and suggest another one to its people.

    Places and money are free at once, and each person finds a draft for the other group: another
    price or support is theirs to agree to (L845, L893). Returns how many drafts were made. Raises
    `Conflict` where the group's provider and programme are not suspended, `Invalid` where the
    other group takes nobody or has too few places.
    """
    group = Group.objects.select_related("version__programme__provider").get(pk=group_id)
    require(actor, "catalogue.suspend", group)
    suspension = in_force(group)
    if suspension is None:
        raise Conflict(_("Neither the provider nor the programme is suspended."), code="state")
    to_group = Group.objects.select_related("version__programme__provider").get(pk=to_group_id)
    people = Participation.objects.filter(group=group, state__in=UNDER_WAY)
    accounts = list(people.order_by("account_id").values_list("account_id", flat=True))
    _check_target(group, to_group, len(accounts))
    sources = {
        row.account_id: row.offer.source_id
        for row in Application.objects.filter(
            group=group, account__in=accounts, state=ApplicationState.APPROVED
        ).select_related("offer")
    }
    _stop(group_id, suspension.reason, actor, at)
    offers = {offer.source_id: offer for offer in Offer.objects.filter(version=to_group.version)}
    made = 0
    for account_id in accounts:
        offer = offers.get(sources.get(account_id)) or next(iter(offers.values()))
        try:
            draft = applications.start_draft(
                account_id=account_id,
                offer_id=offer.pk,
                group_id=to_group.pk,
                actor=SYSTEM,
                at=at,
            )
        except DomainError:
            continue  # they learn there already, or their account is closed
        messages.suggested(draft, at=at)
        made += 1
    return made


def in_force(group: Group) -> Suspension | None:
    """The suspension that reaches the group, of its programme before its provider."""
    programme = group.version.programme
    found = Suspension.objects.filter(lifted_at__isnull=True)
    return (
        found.filter(programme=programme).first()
        or found.filter(provider=programme.provider_id).first()
    )


def _check_target(group: Group, to_group: Group, people: int) -> None:
    if to_group.pk == group.pk or in_force(to_group) is not None:
        raise Invalid(_("Choose a group that is not stopped."), code="group", field="group")
    if to_group.state != GroupState.OPEN:
        raise Invalid(_("This group takes no applications."), code="group", field="group")
    if to_group.places_left < people:
        raise Invalid(_("This group has too few places for them."), code="group", field="group")
    if not Offer.objects.filter(version=to_group.version).exists():
        raise Invalid(_("Nobody can apply to this group."), code="group", field="group")
