"""The end of waiting: approved, rejected, withdrawn or lapsed (ENR-2, money-rules.md 17)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalogue.enums import GroupState
from catalogue.selectors_groups import postponed_since
from catalogue.services.places import free_place
from enrolments import messages
from enrolments.enums import HOLDING_PLACE, ApplicationState, ParticipationState
from enrolments.locks import Locked, lock_account, lock_for_application
from enrolments.models import Application, Participation
from enrolments.services.queue import offer_places
from funding.enums import ReleaseCause
from funding.services.commitments import release
from stars.common.dates import riga_date
from stars.common.errors import Conflict, DomainError, Invalid, NotAllowed
from stars.common.permissions import SYSTEM, actor_or_none, require
from stars.common.transactions import service


@service
def approve(*, application_id: UUID, actor: Any, at: datetime, note: str = "") -> Participation:
    """Admit the person to the group. `note` is shown to them.

    Raises `Conflict` where the application no longer waits or the group no longer runs.
    """
    locked = lock_for_application(application_id)
    application = locked.application
    require(actor, "enrolments.decide_application", application)
    if locked.group.state not in (GroupState.OPEN, GroupState.CLOSED, GroupState.RUNNING):
        raise Conflict(_("This group does not take place any more."), code="group_closed")
    application.decided_at = at
    application.decision_note = note
    application.move(
        "approve",
        by=actor_or_none(actor),
        at=at,
        note=note,
        also=("decided_at", "decision_note", "updated_at"),
    )
    participation = Participation.objects.create(
        application=application,
        account=locked.account,
        group=locked.group,
        admitted_at=at,
    )
    participation.log_birth(by=actor_or_none(actor), at=at)
    messages.decided(application, at=at)
    return participation


@dataclass(frozen=True)
class Admitted:
    """What became of each application: a place, or why not."""

    places: list[Participation]
    refused: dict[UUID, DomainError]


def approve_many(*, application_ids: Sequence[UUID], actor: Any, at: datetime) -> Admitted:
    """Admit many people, each in a transaction of its own (L3131): one that cannot be admitted any
    more is named in `refused` and stops nobody else. Raises `NotAllowed` for anybody else's.
    """
    done = Admitted([], {})
    for pk in sorted(set(application_ids)):
        try:
            done.places.append(approve(application_id=pk, actor=actor, at=at))
        except NotAllowed:
            raise
        except DomainError as error:
            done.refused[pk] = error
    return done


@service
def reject(*, application_id: UUID, actor: Any, at: datetime, note: str) -> Application:
    """Refuse the person, with the reason they will read; place and money become free.

    Raises `Invalid` without a reason, `Conflict` where the application no longer waits.
    """
    locked = lock_for_application(application_id)
    application = locked.application
    require(actor, "enrolments.decide_application", application)
    if not note.strip():
        raise Invalid(_("Write the reason: the person will read it."), code="note", field="note")
    application.decided_at = at
    application.decision_note = note
    application.move(
        "reject",
        by=actor_or_none(actor),
        at=at,
        note=note,
        also=("decided_at", "decision_note", "updated_at"),
    )
    _give_back(locked, ReleaseCause.PROVIDER, actor, at)
    messages.decided(application, at=at)
    return application


@service
def withdraw(*, application_id: UUID, actor: Any, at: datetime, note: str = "") -> Application:
    """The person changes their mind before the start (ENR-3); place and money become free.

    Money whose term has ended meanwhile is annulled, which `selectors.withdrawal` says before.
    Raises `Conflict` after the start: then leaving is an interruption with its consequences.
    """
    locked = lock_for_application(application_id)
    application, participation = locked.application, locked.participation
    require(actor, "enrolments.withdraw", application)
    if application.state == ApplicationState.WITHDRAWN:
        return application
    before = application.state
    if participation is not None:
        if (
            riga_date(at) >= locked.group.starts_on
            or participation.state != ParticipationState.ADMITTED
        ):
            raise Conflict(
                _("The training has begun. If you have to stop, talk to the provider."),
                code="started",
            )
        participation.move("release", by=actor_or_none(actor), at=at, note=note)
    application.move("withdraw", by=actor_or_none(actor), at=at, note=note)
    if before in HOLDING_PLACE:
        _give_back(locked, withdrawal_cause(application), actor, at)
    if before in (ApplicationState.SUBMITTED, ApplicationState.APPROVED):
        messages.withdrawn(application, at=at)
    return application


def withdrawal_cause(application: Application) -> ReleaseCause:
    """Whose doing it is when the person withdraws now (rule 7).

    Whoever applied for other days than the provider gives now does not lose money by it.
    """
    since = application.submitted_at
    if since is not None and postponed_since(application.group_id, since):
        return ReleaseCause.PROVIDER
    return ReleaseCause.PERSON


@service
def lapse(*, application_id: UUID, at: datetime) -> bool:
    """End an application that got no answer in time; False where it was decided meanwhile."""
    locked = lock_for_application(application_id)
    application = locked.application
    overdue = application.decide_by is not None and application.decide_by < riga_date(at)
    if application.state != ApplicationState.SUBMITTED or not overdue:
        return False
    if application.commitment is not None and application.commitment.frozen_at is not None:
        return False  # once the agency has decided whether it was the person
    application.move("lapse", by=None, at=at, note="no answer in time")
    _give_back(locked, ReleaseCause.NO_ANSWER, SYSTEM, at)
    messages.decided(application, at=at)
    return True


def lapse_overdue(*, at: datetime) -> int:
    """Lapse every application whose last day for an answer is over; each on its own.

    Returns how many lapsed. Repeating it changes nothing.
    """
    overdue = Application.objects.filter(
        state=ApplicationState.SUBMITTED,
        decide_by__lt=riga_date(at),
        commitment__frozen_at__isnull=True,
    ).order_by("decide_by", "pk")
    return sum(lapse(application_id=pk, at=at) for pk in overdue.values_list("pk", flat=True))


@service
def lapse_draft(*, application_id: UUID, at: datetime) -> bool:
    """End a draft for a group to which nobody can apply any more; False where it was sent."""
    account_id = Application.objects.values_list("account_id", flat=True).get(pk=application_id)
    lock_account(account_id)
    draft = (
        Application.objects.select_for_update(of=("self",), no_key=True)
        .select_related("group")
        .get(pk=application_id)
    )
    over = draft.group.apply_until < riga_date(at) or draft.group.state == GroupState.CANCELLED
    if draft.state != ApplicationState.DRAFT or not over:
        return False
    draft.move("lapse", by=None, at=at, note="the group closed")
    return True


def lapse_drafts(*, at: datetime) -> int:
    """Lapse drafts for groups to which nobody can apply any more; returns how many."""
    over = Q(group__apply_until__lt=riga_date(at)) | Q(group__state=GroupState.CANCELLED)
    late = Application.objects.filter(over, state=ApplicationState.DRAFT).order_by("pk")
    return sum(lapse_draft(application_id=pk, at=at) for pk in late.values_list("pk", flat=True))


def _give_back(locked: Locked, cause: ReleaseCause, actor: Any, at: datetime) -> None:
    """Free the place, for the next in line, and the money where some was held."""
    free_place(locked.group)
    commitment_id = locked.application.commitment_id
    if commitment_id is not None:
        release(commitment_id=commitment_id, cause=cause, actor=actor, at=at)
    offer_places(locked.group, at=at)
