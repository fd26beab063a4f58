"""The waiting list of a full group: who joins, whom a freed place is offered, and for how long.

Whoever waits holds neither place nor money. A freed place is taken for the first in line at once,
in the transaction that freed it, so that nobody overtakes; taking it runs the ordinary sending of
an application (ENR-4).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from catalogue.enums import GroupState
from catalogue.models import Group
from catalogue.services.groups import lock_group
from catalogue.services.places import free_place, take_place
from enrolments import messages_groups as messages
from enrolments.enums import LIVING, ApplicationState
from enrolments.exceptions import AlreadyApplied
from enrolments.locks import lock_account, lock_for_application
from enrolments.models import Application
from enrolments.services.applications import check_open, offer_of, refuse_second
from stars.common.dates import riga_date, start_of_day
from stars.common.errors import Conflict
from stars.common.permissions import actor_or_none, require
from stars.common.transactions import service

# Assumption: long enough to read an e-mail, short enough that the next one can still plan.
OFFER_FOR = timedelta(hours=48)


@service
def join(
    *, account_id: UUID, offer_id: UUID, group_id: UUID, actor: Any, at: datetime
) -> Application:
    """Wait in line for a full group; repeating it returns the first (ENR-4).

    A draft for the group becomes the waiting one and keeps what was chosen in it. Raises
    `AlreadyApplied` where there is an application already, `Conflict` where a place is free or
    nobody can apply.
    """
    account = lock_account(account_id)
    require(actor, "enrolments.apply", account)
    group = lock_group(group_id)
    offer = offer_of(offer_id)
    rows = Application.objects.select_for_update(of=("self",), no_key=True)
    own = list(rows.filter(account=account, group=group, state__in=LIVING).order_by("pk"))
    waiting = (ApplicationState.WAITLISTED, ApplicationState.OFFERED)
    for other in own:
        if other.state in waiting:
            return other
        if other.state != ApplicationState.DRAFT:
            raise AlreadyApplied(other.pk)
    check_open(account, offer, group, at, full=True)
    refuse_second(account, offer, except_for=None)
    if group.places_left > 0:
        raise Conflict(
            _("A place is free. You can apply at once."), code="place_free", field="group"
        )
    if own:
        draft = own[0]
        draft.offer, draft.queued_at = offer, at
        also = ("offer", "queued_at", "updated_at")
        draft.move("queue", by=actor_or_none(actor), at=at, also=also)
        return draft
    application = Application.objects.create(
        account=account,
        offer=offer,
        group=group,
        state=ApplicationState.WAITLISTED,
        queued_at=at,
    )
    application.log_birth(by=actor_or_none(actor), at=at)
    return application


def offer_places(group: Group, *, at: datetime) -> int:
    """Offer what is free to the first in line; returns how many got an offer.

    The caller holds the group's row lock. An offer ends after 48 hours and with the last day for
    applying; until then the place counts as taken.
    """
    last = start_of_day(group.apply_until + timedelta(days=1))
    if group.state != GroupState.OPEN or at >= last or group.places_left <= 0:
        return 0
    line = Application.objects.filter(group=group, state=ApplicationState.WAITLISTED)
    first = line.order_by("queued_at", "pk").values_list("pk", flat=True)[: group.places_left]
    rows = (
        Application.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=list(first), state=ApplicationState.WAITLISTED)
        .select_related("account__person__user")
        .order_by("pk")
    )
    offered = 0
    for application in rows:
        take_place(group, at=at)
        application.offered_until = min(at + OFFER_FOR, last)
        application.move("offer", by=None, at=at, also=("offered_until", "updated_at"))
        messages.place_offered(application, at=at)
        offered += 1
    return offered


@service
def offer_free_places(*, group_id: UUID, at: datetime) -> int:
    """Offer whatever is free in a group, for instance after places were added."""
    return offer_places(lock_group(group_id), at=at)


@service
def lapse_offer(*, application_id: UUID, at: datetime) -> bool:
    """End an offer that was not taken in time and pass the place on; False where it was taken."""
    locked = lock_for_application(application_id)
    application = locked.application
    until = application.offered_until
    if application.state != ApplicationState.OFFERED or until is None or until > at:
        return False
    application.move("lapse", by=None, at=at, note="the place was not taken in time")
    free_place(locked.group)
    messages.queue_ended(application, at=at)
    offer_places(locked.group, at=at)
    return True


@service
def end_waiting(*, application_id: UUID, at: datetime) -> bool:
    """End the waiting for a group that takes no applications any more; False while it does."""
    locked = lock_for_application(application_id)
    application, group = locked.application, locked.group
    if application.state != ApplicationState.WAITLISTED or not _is_over(group, at):
        return False
    application.move("lapse", by=None, at=at, note="the group closed")
    messages.queue_ended(application, at=at)
    return True


def _is_over(group: Group, at: datetime) -> bool:
    return group.apply_until < riga_date(at) or group.state not in (
        GroupState.OPEN,
        GroupState.DRAFT,
    )


def pass_places_on(*, at: datetime) -> int:
    """The hourly work: offers that ended, places that are free, queues that are over.

    Each in a transaction of its own; returns how many rows changed. Repeating it changes nothing.
    """
    late = Application.objects.filter(state=ApplicationState.OFFERED, offered_until__lte=at)
    ids = list(late.order_by("offered_until", "pk").values_list("pk", flat=True))
    changed = sum(lapse_offer(application_id=pk, at=at) for pk in ids)
    waiting = Application.objects.filter(state=ApplicationState.WAITLISTED)
    over = [
        application.pk
        for application in waiting.select_related("group").order_by("queued_at", "pk")
        if _is_over(application.group, at)
    ]
    changed += sum(end_waiting(application_id=pk, at=at) for pk in over)
    groups = waiting.order_by("group_id").values_list("group_id", flat=True).distinct()
    return changed + sum(offer_free_places(group_id=pk, at=at) for pk in list(groups))
