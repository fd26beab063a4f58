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
from catalogue.models import Group, ProgrammeVersion, Session
from catalogue.rules import Block, check_group, check_timetable, is_after_work, weekdays_of
from stars.common.dates import riga_date
from stars.common.errors import Invalid
from stars.common.permissions import actor_or_none, require
from stars.common.transactions import service


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
    times_lv: str = "",
    times_en: str = "",
    sessions: Sequence[Block] = (),
    actor: Any,
    at: datetime,
) -> Group:
    """A new group with its timetable, not yet shown (ENR-4).

    Days are days in Riga, `capacity` and `minimum` places, session hours academic. Without `mode`
    it is the version's. Raises `Invalid` where days, places or timetable do not fit together.
    """
    version = ProgrammeVersion.objects.select_related("programme").get(pk=version_id)
    require(actor, "catalogue.manage_group", version)
    check_group(
        starts_on=starts_on,
        ends_on=ends_on,
        apply_until=apply_until,
        capacity=capacity,
        minimum=minimum,
    )
    check_timetable(
        sessions,
        starts_on=starts_on,
        ends_on=ends_on,
        taught_hours=version.taught_hours,
    )
    begins = [block.starts_at for block in sessions]
    group = Group(
        version=version,
        code=code,
        starts_on=starts_on,
        ends_on=ends_on,
        apply_until=apply_until,
        capacity=capacity,
        minimum=minimum,
        mode=Mode(mode or version.mode),
        place=place,
        teacher=teacher,
        times_lv=times_lv,
        times_en=times_en,
        weekdays=weekdays_of(begins),
        after_work=is_after_work(begins),
    )
    try:
        with transaction.atomic():
            group.save(force_insert=True)
    except IntegrityError as error:
        raise Invalid(
            _("Another group of this programme has the same name."), code="code", field="code"
        ) from error
    _write_timetable(group, sessions)
    group.log_birth(by=actor_or_none(actor), at=at)
    return group


def _write_timetable(group: Group, blocks: Sequence[Block]) -> None:
    ordered = sorted(blocks, key=lambda block: block.starts_at)
    Session.objects.bulk_create(
        Session(
            group=group,
            number=number,
            starts_at=block.starts_at,
            ends_at=block.ends_at,
            hours=block.hours,
            place=group.place,
        )
        for number, block in enumerate(ordered, start=1)
    )


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
