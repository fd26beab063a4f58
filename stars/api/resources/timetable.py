"""Timetables: all sessions of a group at once (PRO-4)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from catalogue.models import Group, Session
from catalogue.rules import Block
from catalogue.rules.timetable import MOST_SESSIONS
from catalogue.selectors_groups import fingerprint_of_timetable
from enrolments.services import groups as running
from stars.api import fields as f
from stars.api import references as refs
from stars.api.authentication import Caller
from stars.api.models import ExternalId
from stars.api.push import ChangedSince, Resource, Written, was_changed
from stars.common.errors import Conflict, Invalid


class SessionPart(f.Part):
    """One session."""

    id = f.OwnId()
    starts_at = f.Moment()
    ends_at = f.Moment()
    hours = f.Whole(least=1, most=24, help_text="Academic hours.")


class TimetableRow(f.Row):
    """The timetable of the group whose id the row has: all its sessions. Those not named go."""

    sessions = f.Many(child=SessionPart(), most=MOST_SESSIONS)


class Timetables(Resource):
    """A session is the same as long as it begins at the same moment; its room and teacher stay."""

    kind = "timetable"
    area = "timetable"
    row = TimetableRow

    def write(self, caller: Caller, values: dict[str, Any], known: ExternalId | None) -> Written:
        """All sessions of a group; people in it are told that something changed."""
        group = refs.find(caller, refs.groups(caller), refs.GROUP, values["id"], field="id")
        sessions: list[dict[str, Any]] = values["sessions"]
        _check_ids(sessions)
        stored = list(Session.objects.filter(group=group))
        if was_changed(known, values, fingerprint_of_timetable(stored)):
            raise ChangedSince()
        was = {session.starts_at: session for session in stored}
        running.change_timetable(
            group_id=group.pk,
            blocks=[_block(row, was.get(row["starts_at"])) for row in sessions],
            expected=fingerprint_of_timetable(stored),
            actor=caller.actor,
            at=caller.at,
        )
        left = list(Session.objects.filter(group=group))
        _remember(caller, group, sessions, [*stored, *left])
        return Written(group.pk, fingerprint_of_timetable(left))


def _block(row: dict[str, Any], was: Session | None) -> Block:
    return Block(
        row["starts_at"],
        row["ends_at"],
        row["hours"],
        room_id=was.room_id if was else None,
        teacher_id=was.teacher_id if was else None,
    )


def _check_ids(sessions: list[dict[str, Any]]) -> None:
    seen: set[str] = set()
    for number, row in enumerate(sessions):
        if row["id"] in seen:
            raise Conflict(
                _("This id is in the request twice."), code="twice", field=f"sessions.{number}.id"
            )
        seen.add(row["id"])


def _remember(
    caller: Caller, group: Group, sessions: list[dict[str, Any]], before_and_after: list[Session]
) -> None:
    """The sender's ids of the group's sessions as they are now: three queries for any number."""
    keys: dict[Any, UUID] = {session.starts_at: session.pk for session in before_and_after}
    mine = ExternalId.objects.filter(organisation=caller.key.organisation_id, kind=refs.SESSION)
    wanted = {row["id"]: keys[row["starts_at"]] for row in sessions}
    # Ids whose session is gone, and those of this group, are given out anew; another group's stay.
    alive = Session.objects.exclude(group=group)
    taken = set(
        mine.filter(external_id__in=wanted, object_id__in=alive.values("pk")).values_list(
            "external_id", flat=True
        )
    )
    for number, row in enumerate(sessions):
        if row["id"] in taken:
            raise Invalid(
                _("This id already stands for a session of another group."),
                code="id_taken",
                field=f"sessions.{number}.id",
            )
    mine.filter(external_id__in=wanted).delete()
    mine.filter(object_id__in=[session.pk for session in before_and_after]).delete()
    ExternalId.objects.bulk_create(
        ExternalId(
            organisation_id=caller.key.organisation_id,
            kind=refs.SESSION,
            external_id=own,
            object_id=key,
            content_hash="",
            sent_at=caller.at,
        )
        for own, key in wanted.items()
    )


def shown(caller: Caller, group: Group) -> dict[str, Any]:
    """The timetable of a group: two queries."""
    sessions = list(Session.objects.filter(group=group).order_by("number"))
    own = refs.names(caller, refs.SESSION, [session.pk for session in sessions])
    return {
        "stars_id": str(group.pk),
        "sessions": [
            {
                "id": own.get(session.pk),
                "stars_id": str(session.pk),
                "starts_at": session.starts_at.isoformat(),
                "ends_at": session.ends_at.isoformat(),
                "hours": session.hours,
                "place": session.place,
            }
            for session in sessions
        ],
    }
