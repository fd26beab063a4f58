"""What a provider needs to plan groups: rooms, teachers, and who is already there (PRO-4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Coalesce

from catalogue.enums import GroupState, VersionState
from catalogue.models import CatalogueLog, Group, ProgrammeVersion, Provider, Room, Session, Teacher
from catalogue.rules import Block
from stars.common.dates import riga_date

# In these states a group uses its room and its teacher.
PLANNED = (
    GroupState.DRAFT,
    GroupState.OPEN,
    GroupState.CLOSED,
    GroupState.RUNNING,
    GroupState.SUSPENDED,
)
# A group may be prepared for a version in one of these states; opened only once it is shown.
PLANNABLE = (VersionState.APPROVED, VersionState.PUBLISHED)
POSTPONED = "postpone"


def rooms_of(providers: Iterable[Provider]) -> list[Room]:
    """Rooms in use of the providers, with their venue: one query."""
    return list(
        Room.objects.filter(active=True, venue__active=True, venue__provider__in=list(providers))
        .select_related("venue")
        .order_by("venue__name", "name", "pk")
    )


def teachers_of(providers: Iterable[Provider]) -> list[Teacher]:
    """Teachers in use of the providers: one query."""
    return list(Teacher.objects.filter(active=True, provider__in=list(providers)))


def versions_to_plan(providers: Iterable[Provider]) -> list[ProgrammeVersion]:
    """Versions for which the providers may make groups, by title: one query."""
    return list(
        ProgrammeVersion.objects.filter(
            programme__provider__in=list(providers), state__in=PLANNABLE
        )
        .select_related("programme__provider", "type")
        .order_by("title_lv", "pk")
    )


def blocks_of(sessions: Iterable[Session]) -> list[Block]:
    """Sessions as they are planned."""
    return [
        Block(s.starts_at, s.ends_at, s.hours, room_id=s.room_id, teacher_id=s.teacher_id)
        for s in sessions
    ]


def fingerprint(group: Group) -> str:
    """What the page of a group showed of its facts; places taken change nothing (PRO-6)."""
    facts = (
        *(group.code, group.starts_on, group.ends_on, group.apply_until, group.capacity),
        *(group.minimum, group.mode, group.place, group.teacher, group.room_id, group.lead_id),
    )
    return sha256(repr(facts).encode()).hexdigest()[:16]


def fingerprint_of_timetable(sessions: Iterable[Session]) -> str:
    """The same for a timetable: times, hours, rooms and teachers of every session."""
    rows = sorted(
        f"{s.starts_at.timestamp():.0f} {s.ends_at.timestamp():.0f} {s.hours}"
        f" {s.room_id} {s.teacher_id}"
        for s in sessions
    )
    return sha256("\n".join(rows).encode()).hexdigest()[:16]


def postponed_since(group_id: UUID, since: datetime) -> bool:
    """Whether the provider changed the group's days after `since`: one query."""
    return CatalogueLog.objects.filter(
        object_id=group_id, transition=POSTPONED, at__gt=since
    ).exists()


@dataclass(frozen=True)
class Clash:
    """Two sessions that need the same room or the same teacher at the same time."""

    starts_at: datetime
    ends_at: datetime
    # The session in the way.
    with_group: Group
    with_starts_at: datetime
    with_ends_at: datetime
    same_room: bool
    same_teacher: bool


def clashes(
    blocks: Sequence[Block],
    *,
    provider_id: UUID,
    room_id: UUID | None,
    lead_id: UUID | None,
    except_group: UUID | None = None,
) -> list[Clash]:
    """Where sessions meet others of the provider in a room or with a teacher (PRO-4): one query.

    `room_id` and `lead_id` are those of the group, for sessions that have none of their own. A
    clash is shown and stops nothing: two groups may really share a hall.
    """
    rooms = {block.room_id or room_id for block in blocks} - {None}
    teachers = {block.teacher_id or lead_id for block in blocks} - {None}
    if not (rooms or teachers):
        return []
    others = (
        Session.objects.filter(
            group__version__programme__provider=provider_id,
            group__state__in=PLANNED,
            starts_at__lt=max(block.ends_at for block in blocks),
            ends_at__gt=min(block.starts_at for block in blocks),
        )
        .annotate(
            in_room=Coalesce("room_id", "group__room_id"),
            by_teacher=Coalesce("teacher_id", "group__lead_id"),
        )
        .filter(Q(in_room__in=rooms) | Q(by_teacher__in=teachers))
        .select_related("group__version")
        .order_by("starts_at", "pk")
    )
    if except_group is not None:
        others = others.exclude(group=except_group)
    by_day: dict[date, list[Any]] = defaultdict(list)
    for other in others:
        by_day[riga_date(other.starts_at)].append(other)
    found = []
    for block in sorted(blocks, key=lambda block: block.starts_at):
        for other in by_day.get(riga_date(block.starts_at), ()):
            if other.starts_at >= block.ends_at or other.ends_at <= block.starts_at:
                continue
            same_room = (block.room_id or room_id) == other.in_room and other.in_room is not None
            same_teacher = (
                block.teacher_id or lead_id
            ) == other.by_teacher and other.by_teacher is not None
            if same_room or same_teacher:
                found.append(
                    Clash(
                        block.starts_at,
                        block.ends_at,
                        other.group,
                        other.starts_at,
                        other.ends_at,
                        same_room,
                        same_teacher,
                    )
                )
    return found
