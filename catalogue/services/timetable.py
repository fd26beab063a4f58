"""The timetable of a group, written as a whole (PRO-4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, ProtectedError
from django.utils.translation import gettext_lazy as _

from catalogue.enums import GroupState
from catalogue.exceptions import ChangedMeanwhile
from catalogue.models import Group, Session
from catalogue.rules import Block, check_timetable, is_after_work, weekdays_of
from catalogue.rules.timetable import MOST_SESSIONS, in_words
from catalogue.selectors_groups import fingerprint_of_timetable
from catalogue.services.groups import check_things, lock_group
from stars.common.dates import riga_date
from stars.common.errors import Conflict, Invalid
from stars.common.permissions import require
from stars.common.transactions import service

# Numbers are unique in a group, so they step aside while they are given out anew.
ASIDE = 10_000
CHANGEABLE = (GroupState.DRAFT, GroupState.OPEN, GroupState.CLOSED, GroupState.RUNNING)


@service
def set_timetable(
    *,
    group_id: UUID,
    blocks: Sequence[Block],
    expected: str | None = None,
    actor: Any,
    at: datetime,
) -> Group:
    """Make `blocks` the sessions of the group; what is the same stays the same row (PRO-4).

    `expected` is `fingerprint_of_timetable` of what was on the screen; `ChangedMeanwhile` where a
    colleague was quicker (PRO-6). A session that has begun keeps its times; the last day of a
    draft follows its sessions. Raises `Invalid` where the sessions do not fit the group,
    `Conflict` for a group that is over.
    """
    group = lock_group(group_id)
    require(actor, "catalogue.manage_group", group)
    if group.state not in CHANGEABLE:
        raise Conflict(_("The timetable of this group is final."), code="state")
    stored = list(Session.objects.filter(group=group).order_by("starts_at"))
    if expected is not None and fingerprint_of_timetable(stored) != expected:
        raise ChangedMeanwhile()
    if len(blocks) > MOST_SESSIONS:
        raise Invalid(_("That is too many sessions for one group."), code="sessions")
    if blocks and group.state == GroupState.DRAFT:
        group.ends_on = max(group.ends_on, *(riga_date(block.ends_at) for block in blocks))
    check_timetable(
        blocks,
        starts_on=group.starts_on,
        ends_on=group.ends_on,
        taught_hours=group.version.taught_hours,
    )
    if group.state != GroupState.DRAFT:
        _keep_what_began(stored, blocks, at)
    write_timetable(group, blocks, stored)
    return group


def _keep_what_began(stored: Sequence[Session], blocks: Sequence[Block], at: datetime) -> None:
    planned = {(block.starts_at, block.ends_at, block.hours) for block in blocks}
    begun = [s for s in stored if s.starts_at <= at]
    if any((s.starts_at, s.ends_at, s.hours) not in planned for s in begun):
        raise Invalid(
            _("A session that has begun cannot be changed or taken away."), code="session_begun"
        )


def write_timetable(group: Group, blocks: Sequence[Block], stored: Sequence[Session]) -> None:
    """Bring the stored sessions of a locked group to `blocks`, checked by the caller."""
    places = check_things(group, blocks)
    known = {session.starts_at: session for session in stored}
    ordered = sorted(blocks, key=lambda block: block.starts_at)
    gone = set(known) - {block.starts_at for block in ordered}
    try:
        Session.objects.filter(pk__in=[known[begins].pk for begins in gone]).delete()
    except ProtectedError as error:
        raise Invalid(
            _("A session in which somebody was marked cannot be taken away."), code="session_marked"
        ) from error
    Session.objects.filter(group=group).update(number=F("number") + ASIDE)
    new: list[Session] = []
    same: list[Session] = []
    for number, block in enumerate(ordered, start=1):
        session = known.get(block.starts_at) or Session(group=group, starts_at=block.starts_at)
        session.number = number
        session.ends_at = block.ends_at
        session.hours = block.hours
        session.room_id = block.room_id
        session.teacher_id = block.teacher_id
        session.place = places.get(block.room_id) or group.place
        (same if block.starts_at in known else new).append(session)
    Session.objects.bulk_update(
        same, ["number", "ends_at", "hours", "room", "teacher", "place"], batch_size=100
    )
    Session.objects.bulk_create(new)
    begins = [block.starts_at for block in ordered]
    group.weekdays = weekdays_of(begins)
    group.after_work = is_after_work(begins)
    group.times_lv, group.times_en = in_words(ordered, "lv")[:200], in_words(ordered, "en")[:200]
    group.save(
        update_fields=[
            *("ends_on", "weekdays", "after_work", "times_lv", "times_en", "updated_at"),
        ]
    )
