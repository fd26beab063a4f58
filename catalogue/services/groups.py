"""The life of groups: announced, open, closed, under way, finished."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from catalogue.enums import Mode, VersionState
from catalogue.models import Group, ProgrammeVersion, Room, Session, Teacher
from catalogue.rules import Block, check_group, check_timetable, is_after_work, weekdays_of
from catalogue.rules.timetable import in_words
from stars.common.dates import riga_date
from stars.common.errors import Invalid
from stars.common.permissions import actor_or_none, require
from stars.common.transactions import service

# The length of the column.
CODE_LETTERS = 40


def lock_group(group_id: UUID) -> Group:
    """The group with its row locked; second in the written order (docs/locking.md)."""
    return (
        Group.objects.select_for_update(no_key=True, of=("self",))
        .select_related("version__programme__provider", "version__type")
        .get(pk=group_id)
    )


@service
def create_group(
    *,
    version_id: UUID,
    code: str,
    starts_on: date,
    ends_on: date,
    apply_until: date,
    capacity: int,
    minimum: int = 1,
    mode: str | None = None,
    place: str = "",
    teacher: str = "",
    room_id: UUID | None = None,
    lead_id: UUID | None = None,
    times_lv: str = "",
    times_en: str = "",
    sessions: Sequence[Block] = (),
    actor: Any,
    at: datetime,
) -> Group:
    """A new group with its timetable, not yet shown (ENR-4).

    Days are days in Riga, `capacity` and `minimum` places, session hours academic. What is not
    said follows: `mode` from the version, `place` from the room, `teacher` from the provider's
    list, times from the sessions. Raises `Invalid` where days, places or timetable do not fit.
    """
    version = ProgrammeVersion.objects.select_related("programme").get(pk=version_id)
    require(actor, "catalogue.manage_group", version)
    room, lead = own_things(version.programme.provider_id, room_id, lead_id)
    days = {"starts_on": starts_on, "ends_on": ends_on, "apply_until": apply_until}
    check_group(**days, capacity=capacity, minimum=minimum)
    hours = version.taught_hours
    check_timetable(sessions, starts_on=starts_on, ends_on=ends_on, taught_hours=hours)
    begins = [block.starts_at for block in sessions]
    group = Group(
        version=version,
        code=check_code(code),
        **days,
        capacity=capacity,
        minimum=minimum,
        mode=Mode(mode or version.mode),
        place=place or place_of(room),
        teacher=teacher or (lead.name if lead else ""),
        room=room,
        lead=lead,
        times_lv=times_lv or in_words(sessions, "lv"),
        times_en=times_en or in_words(sessions, "en"),
        weekdays=weekdays_of(begins),
        after_work=is_after_work(begins),
    )
    save_once(group, force_insert=True)
    write_sessions(group, sessions)
    group.log_birth(by=actor_or_none(actor), at=at)
    return group


def own_things(
    provider_id: UUID, room_id: UUID | None, lead_id: UUID | None
) -> tuple[Room | None, Teacher | None]:
    """A room and a teacher of the provider's own. Raises `Invalid` for anybody else's."""
    room = lead = None
    if room_id is not None:
        rooms = Room.objects.filter(pk=room_id, venue__provider=provider_id)
        room = rooms.select_related("venue").first()
        if room is None:
            raise Invalid(_("Choose one of your rooms."), code="room", field="room")
    if lead_id is not None:
        lead = Teacher.objects.filter(pk=lead_id, provider=provider_id).first()
        if lead is None:
            raise Invalid(_("Choose one of your teachers."), code="teacher", field="lead")
    return room, lead


def place_of(room: Room | None) -> str:
    """The address of a room as a group's card shows it; "" without one."""
    if room is None:
        return ""
    return f"{room.venue.street}, {room.venue.city}, {room.name}"[:200]


def check_code(code: str) -> str:
    """A group's name without spaces around it. Raises `Invalid` where none or too long."""
    code = " ".join(code.split())
    if not code:
        raise Invalid(_("Give the group a name."), code="code", field="code")
    if len(code) > CODE_LETTERS:
        raise Invalid(_("The name of the group has at most 40 letters."), code="code", field="code")
    return code


def save_once(group: Group, **how: Any) -> None:
    """Save a group; two of one programme under one name are said in words. Raises `Invalid`."""
    try:
        with transaction.atomic():
            group.save(**how)
    except IntegrityError as error:
        raise Invalid(
            _("Another group of this programme has the same name."), code="code", field="code"
        ) from error


def write_sessions(group: Group, blocks: Sequence[Block]) -> None:
    """Sessions of a group that has none yet, numbered in time. See `check_things`."""
    ordered = sorted(blocks, key=lambda block: block.starts_at)
    rooms = check_things(group, ordered)
    Session.objects.bulk_create(
        Session(
            group=group,
            number=number,
            starts_at=block.starts_at,
            ends_at=block.ends_at,
            hours=block.hours,
            room_id=block.room_id,
            teacher_id=block.teacher_id,
            place=rooms.get(block.room_id) or group.place,
        )
        for number, block in enumerate(ordered, start=1)
    )


def check_things(group: Group, blocks: Sequence[Block]) -> dict[UUID | None, str]:
    """Places of the rooms in `blocks`, by room; rooms and teachers are the provider's own.

    Raises `Invalid` for anybody else's.
    """
    provider_id = group.version.programme.provider_id
    wanted_rooms = {block.room_id for block in blocks if block.room_id}
    wanted_teachers = {block.teacher_id for block in blocks if block.teacher_id}
    rooms = (
        Room.objects.filter(pk__in=wanted_rooms, venue__provider=provider_id).select_related(
            "venue"
        )
        if wanted_rooms
        else []
    )
    found: dict[UUID | None, str] = {room.pk: place_of(room) for room in rooms}
    if len(found) != len(wanted_rooms):
        raise Invalid(_("Choose one of your rooms."), code="room", field="room")
    if wanted_teachers and (
        Teacher.objects.filter(pk__in=wanted_teachers, provider=provider_id).count()
        != len(wanted_teachers)
    ):
        raise Invalid(_("Choose one of your teachers."), code="teacher", field="lead")
    return found


@service
def open_group(*, group_id: UUID, actor: Any, at: datetime) -> Group:
    """Let people apply. Raises `Invalid` for a version that is not published or a day gone by."""
    group = lock_group(group_id)
    require(actor, "catalogue.manage_group", group)
    if group.version.state != VersionState.PUBLISHED:
        raise Invalid(_("The programme is not published yet."), code="not_published")
    if group.apply_until < riga_date(at):
        raise Invalid(
            _("The last day for applying is already over."), code="too_late", field="apply_until"
        )
    group.move("open", by=actor_or_none(actor), at=at)
    return group


@service
def close_group(*, group_id: UUID, actor: Any, at: datetime) -> Group:
    """Take no more applications; those already sent stay."""
    group = lock_group(group_id)
    require(actor, "catalogue.manage_group", group)
    group.move("close", by=actor_or_none(actor), at=at)
    return group


@service
def start_group(*, group_id: UUID, actor: Any, at: datetime) -> Group:
    """The learning begins; not before the first day. Raises `Invalid`.

    Called by enrolments, which starts the people of the group in the same transaction.
    """
    group = lock_group(group_id)
    require(actor, "catalogue.manage_group", group)
    if riga_date(at) < group.starts_on:
        raise Invalid(
            format_lazy(_("The group begins on {day}."), day=group.starts_on.isoformat()),
            code="too_early",
        )
    group.move("start", by=actor_or_none(actor), at=at)
    return group


@service
def finish_group(*, group_id: UUID, actor: Any, at: datetime) -> Group:
    """The group is over; not before its last day. Raises `Invalid`.

    Called by enrolments once everybody in it has an outcome.
    """
    group = lock_group(group_id)
    require(actor, "catalogue.manage_group", group)
    if riga_date(at) < group.ends_on:
        raise Invalid(_("The group is not over yet."), code="too_early")
    group.move("finish", by=actor_or_none(actor), at=at)
    return group
