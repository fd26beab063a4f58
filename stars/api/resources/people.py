"""People in groups: who they are to the provider, attendance, and how it ended (PRO-5, ENR-7)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from enrolments.enums import Presence
from enrolments.models import Attendance, Participation
from enrolments.services import learning, months, outcomes
from stars.api import fields as f
from stars.api import references as refs
from stars.api.authentication import Caller
from stars.api.models import ExternalId
from stars.api.push import ChangedSince, Resource, Written, was_changed
from stars.common.errors import Invalid
from stars.common.permissions import require

COMPLETED, INTERRUPTED, EXPELLED = "completed", "interrupted", "expelled"
OUTCOMES = (
    (COMPLETED, _("Completed")),
    (INTERRUPTED, _("Interrupted")),
    (EXPELLED, _("Expelled")),
)


class PersonRow(f.Row):
    """The number that a person of a group has in the sender's system."""

    stars_id = serializers.UUIDField(help_text="Our key of the person's place in the group.")


class People(Resource):
    """Nothing about the person changes; attendance and completion may use the id afterwards."""

    kind = refs.PERSON
    area = "people"
    row = PersonRow

    def write(self, caller: Caller, values: dict[str, Any], known: ExternalId | None) -> Written:
        """Remember an id. Raises `Invalid` for a key that is not of an own group."""
        place = refs.adopt(caller, refs.people(caller), self.kind, known, values)
        if place is None:
            raise Invalid(refs.UNKNOWN[refs.PERSON], code="unknown", field="stars_id")
        require(caller.actor, "enrolments.view_group", place.group)
        return Written(place.pk)


class AttendanceRow(f.Row):
    """One mark of one person in one session."""

    participation = f.OwnId(help_text="Your id of the person's place in the group, or our key.")
    session = f.OwnId(help_text="Your id of the session, or our key of it.")
    presence = f.Code(choices=Presence.choices)
    reason = f.Text(
        required=False,
        max_length=months.REASON_LETTERS,
        help_text="Needed once the month is closed or the outcome recorded.",
    )


class Marks(Resource):
    """As a teacher marks; a mark that somebody made by hand is not overwritten silently."""

    kind = "attendance"
    area = "attendance"
    row = AttendanceRow

    def write(self, caller: Caller, values: dict[str, Any], known: ExternalId | None) -> Written:
        """One mark by `learning.mark_attendance`; with a reason by `months.change_mark`."""
        place = refs.find(caller, refs.people(caller), refs.PERSON, values["participation"])
        session = refs.find(caller, refs.sessions(caller), refs.SESSION, values["session"])
        mark = Attendance.objects.filter(participation=place, session=session).first()
        if known is not None and mark is not None and known.object_id != mark.pk:
            raise Invalid(_("This id already stands for another row."), code="id_taken", field="id")
        if mark is not None and mark.presence != values["presence"]:
            # A mark that was not left so by this id was made by somebody who was there.
            by_hand = known is None and not values["overwrite"]
            if by_hand or was_changed(known, values, str(mark.version)):
                raise ChangedSince()
        one = {
            "participation_id": place.pk,
            "session_id": session.pk,
            "presence": values["presence"],
            "expected_version": mark.version if mark else 0,
            "actor": caller.actor,
            "at": caller.at,
        }
        if values.get("reason"):
            mark = months.change_mark(reason=values["reason"], **one)
        else:
            mark = learning.mark_attendance(**one)
        return Written(mark.pk, str(mark.version))


class CompletionRow(f.Row):
    """How the training ended for one person."""

    participation = f.OwnId(help_text="Your id of the person's place in the group, or our key.")
    outcome = f.Code(choices=OUTCOMES)
    on = f.Day(help_text="The day on which it ended.")
    document_number = f.Text(required=False, max_length=outcomes.DOCUMENT_LETTERS)
    grade = f.Whole(required=False, allow_null=True, least=1, most=10)
    reason = f.Text(
        required=False, max_length=1000, help_text="Where it ended early: the person reads it."
    )


class Outcomes(Resource):
    """As the provider's staff record it; what was recorded cannot be changed from here."""

    kind = "completion"
    area = "completion"
    row = CompletionRow
    names = {"note": "reason"}

    def write(self, caller: Caller, values: dict[str, Any], known: ExternalId | None) -> Written:
        """One outcome by `outcomes`: the support waits for the second side as ever (rule 18)."""
        place = refs.find(caller, refs.people(caller), refs.PERSON, values["participation"])
        if known is not None and known.object_id != place.pk:
            raise Invalid(_("This id already stands for another row."), code="id_taken", field="id")
        who = {"participation_id": place.pk, "actor": caller.actor, "at": caller.at}
        if values["outcome"] == COMPLETED:
            outcomes.complete(
                on=values["on"],
                document_number=values.get("document_number", ""),
                grade=values.get("grade"),
                **who,
            )
        else:
            end = outcomes.interrupt if values["outcome"] == INTERRUPTED else outcomes.expel
            end(on=values["on"], note=values.get("reason", ""), **who)
        return Written(place.pk)


def shown(caller: Caller, places: list[Participation]) -> list[dict[str, Any]]:
    """People with the least that a system needs to know them by: a name, no code, no address.

    Two queries for any number; `places` come with account and person.
    """
    own = refs.names(caller, refs.PERSON, [place.pk for place in places])
    groups = refs.names(caller, refs.GROUP, [place.group_id for place in places])
    return [
        {
            "id": own.get(place.pk),
            "stars_id": str(place.pk),
            "group": groups.get(place.group_id),
            "group_stars_id": str(place.group_id),
            "name": _name(place),
            "state": place.state,
            "state_text": str(place.get_state_display()),
        }
        for place in places
    ]


def _name(place: Participation) -> str:
    person = place.account.person
    return f"{person.given_name} {person.family_name}".strip()


def outcome(caller: Caller, place: Participation, own: str | None) -> dict[str, Any]:
    """How it ended for one person; `own` is the sender's id of the row."""
    return {
        "id": own,
        "participation_stars_id": str(place.pk),
        "participation": refs.names(caller, refs.PERSON, [place.pk]).get(place.pk),
        "outcome": place.state,
        "on": place.outcome_on.isoformat() if place.outcome_on else None,
        "document_number": place.document_number,
        "grade": place.grade,
        "confirmed": place.confirmed_at is not None,
    }


def mark(caller: Caller, row: Attendance, own: str | None) -> dict[str, Any]:
    """One mark; `own` is the sender's id of it."""
    places = refs.names(caller, refs.PERSON, [row.participation_id])
    sessions = refs.names(caller, refs.SESSION, [row.session_id])
    return {
        "id": own,
        "stars_id": str(row.pk),
        "participation": places.get(row.participation_id),
        "participation_stars_id": str(row.participation_id),
        "session": sessions.get(row.session_id),
        "session_stars_id": str(row.session_id),
        "presence": row.presence,
        "marked_at": row.marked_at.isoformat(),
    }
