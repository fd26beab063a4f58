"""A group after it was made: other facts, other days, and that it does not take place (ENR-4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from catalogue.enums import GroupState, Mode
from catalogue.exceptions import ChangedMeanwhile
from catalogue.models import CatalogueLog, Group, Session
from catalogue.rules import check_group, check_timetable
from catalogue.rules.timetable import days_to_move, moved
from catalogue.selectors_groups import POSTPONED, blocks_of, fingerprint
from catalogue.services.groups import check_code, lock_group, own_things, place_of, save_once
from catalogue.services.timetable import CHANGEABLE, write_timetable
from stars.common.dates import is_holiday, riga_date
from stars.common.errors import Conflict, Invalid
from stars.common.permissions import actor_or_none, require
from stars.common.transactions import service

# Before the first lesson: days may still change.
AHEAD = (GroupState.DRAFT, GroupState.OPEN, GroupState.CLOSED)


@dataclass(frozen=True)
class Facts:
    """What a provider may say about a group; days in Riga, places as numbers of people."""

    code: str
    starts_on: date
    ends_on: date
    apply_until: date
    capacity: int
    minimum: int
    mode: str
    place: str = ""
    teacher: str = ""
    room_id: UUID | None = None
    lead_id: UUID | None = None


@service
def edit_group(
    *, group_id: UUID, facts: Facts, expected: str | None = None, actor: Any, at: datetime
) -> Group:
    """Change a group. `expected` is the `fingerprint` of what was on the screen (PRO-6).

    The first day changes in a draft only; later `enrolments.services.groups.postpone` tells the
    people. Once the group is under way the number of places, the teacher and the place change, and
    the last day. Raises `ChangedMeanwhile`, `Invalid` with the field, `Conflict` for a group that
    is over.
    """
    group = lock_group(group_id)
    require(actor, "catalogue.manage_group", group)
    if group.state not in CHANGEABLE:
        raise Conflict(_("This group is over and cannot be changed."), code="state")
    if expected is not None and fingerprint(group) != expected:
        raise ChangedMeanwhile()
    _check(group, facts, at)
    room, lead = own_things(group.version.programme.provider_id, facts.room_id, facts.lead_id)
    group.code = check_code(facts.code)
    group.starts_on, group.ends_on = facts.starts_on, facts.ends_on
    group.apply_until = facts.apply_until
    group.capacity, group.minimum = facts.capacity, facts.minimum
    group.mode = Mode(facts.mode)
    was = group.place
    group.place = facts.place.strip()[:200] or place_of(room)
    group.teacher = facts.teacher.strip()[:120] or (lead.name if lead else "")
    group.room, group.lead = room, lead
    save_once(
        group,
        update_fields=[
            *("code", "starts_on", "ends_on", "apply_until", "capacity", "minimum", "mode"),
            *("place", "teacher", "room", "lead", "updated_at"),
        ],
    )
    if group.place != was:
        # Sessions in a room of their own stay there.
        ahead = Session.objects.filter(group=group, starts_at__gt=at, room__isnull=True)
        ahead.update(place=group.place)
    return group


def _check(group: Group, facts: Facts, at: datetime) -> None:
    check_group(
        starts_on=facts.starts_on,
        ends_on=facts.ends_on,
        apply_until=facts.apply_until,
        capacity=facts.capacity,
        minimum=facts.minimum,
    )
    if facts.mode not in Mode.values:
        raise Invalid(_("Choose how the learning happens."), code="mode", field="mode")
    if group.state != GroupState.DRAFT and facts.starts_on != group.starts_on:
        raise Invalid(
            _("People may have chosen this day. Use “Postpone” to change it: they will be told."),
            code="starts_on",
            field="starts_on",
        )
    if facts.capacity < group.taken:
        raise Invalid(
            format_lazy(_("{n} places are taken already."), n=group.taken),
            code="capacity",
            field="capacity",
        )
    if (
        group.state == GroupState.OPEN
        and facts.apply_until != group.apply_until
        and facts.apply_until < riga_date(at)
    ):
        raise Invalid(
            _("The last day for applying is already over."), code="too_late", field="apply_until"
        )
    try:
        check_timetable(
            blocks_of(Session.objects.filter(group=group)),
            starts_on=facts.starts_on,
            ends_on=facts.ends_on,
            taught_hours=group.version.taught_hours,
        )
    except Invalid as error:
        raise Invalid(
            _("Sessions lie outside these days. Change the timetable first."),
            code="session_outside_group",
            field="ends_on",
        ) from error


@service
def reopen_group(*, group_id: UUID, actor: Any, at: datetime) -> Group:
    """Take applications again after they were closed. Raises `Invalid` for a day gone by."""
    group = lock_group(group_id)
    require(actor, "catalogue.manage_group", group)
    if group.apply_until < riga_date(at):
        raise Invalid(
            _("The last day for applying is already over."), code="too_late", field="apply_until"
        )
    group.move("reopen", by=actor_or_none(actor), at=at)
    return group


@service
def postpone_group(
    *, group_id: UUID, starts_on: date, reason: str, actor: Any, at: datetime
) -> Group:
    """Move the whole group to another first day, its timetable with it (ENR-4).

    Sessions keep their days of the week; one on a public holiday comes at the end. Called by
    enrolments, which tells the people. Raises `Invalid` for a day gone by or without a reason,
    `Conflict` once the group is under way.
    """
    group = lock_group(group_id)
    require(actor, "catalogue.manage_group", group)
    if group.state not in AHEAD:
        raise Conflict(_("The group has begun already."), code="state")
    if starts_on <= riga_date(at):
        raise Invalid(_("Choose a day ahead."), code="starts_on", field="starts_on")
    if starts_on == group.starts_on:
        raise Invalid(_("This is the day it has now."), code="starts_on", field="starts_on")
    if not reason.strip():
        raise Invalid(_("Write the reason: people will read it."), code="reason", field="reason")
    before = group.starts_on
    by = (starts_on - before).days
    stored = list(Session.objects.filter(group=group).order_by("starts_at"))
    blocks = blocks_of(stored)
    if blocks:
        # A course on Tuesdays stays one on Tuesdays.
        by = days_to_move(blocks, first=riga_date(blocks[0].starts_at) + timedelta(days=by))
    plan = moved(blocks, days=by, is_holiday=is_holiday)
    group.starts_on = starts_on
    group.ends_on += timedelta(days=by)
    if plan.blocks:
        group.ends_on = max(group.ends_on, riga_date(plan.blocks[-1].ends_at))
    closes = starts_on - (before - group.apply_until)
    # Whoever could still apply yesterday can today too.
    group.apply_until = max(closes, riga_date(at)) if group.state == GroupState.OPEN else closes
    group.save(update_fields=["starts_on", "ends_on", "apply_until", "updated_at"])
    write_timetable(group, plan.blocks, stored)
    CatalogueLog.objects.create(
        object_type="group",
        object_id=group.pk,
        transition=POSTPONED,
        from_state=group.state,
        to_state=group.state,
        by=actor_or_none(actor),
        at=at,
        note=f"{before.isoformat()} → {starts_on.isoformat()}: {reason.strip()}"[:500],
    )
    return group


@service
def cancel_group(*, group_id: UUID, reason: str, actor: Any, at: datetime) -> Group:
    """The group does not take place. Called by enrolments, which frees places and money.

    Raises `Invalid` without a reason, `Conflict` once the group is under way.
    """
    group = lock_group(group_id)
    require(actor, "catalogue.manage_group", group)
    if not reason.strip():
        raise Invalid(_("Write the reason: people will read it."), code="reason", field="reason")
    group.move("cancel", by=actor_or_none(actor), at=at, note=reason.strip())
    return group
