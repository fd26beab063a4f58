"""Sending rows and reading them back; what is not the key's own does not exist."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from enrolments.models import Attendance, Participation
from stars.api import describe
from stars.api import references as refs
from stars.api.errors import Problem
from stars.api.push import Resource, push
from stars.api.resources import groups, people, programmes, timetable
from stars.api.resources.groups import Groups
from stars.api.resources.people import Marks, Outcomes, People
from stars.api.resources.programmes import Programmes
from stars.api.resources.timetable import Timetables
from stars.api.resources.vocabularies import classifications
from stars.api.views.base import ApiView
from stars.audit import services as audit

PAGE = 100


class RowsView(ApiView):
    """A list of rows that can be sent to."""

    resource: ClassVar[type[Resource]]

    def post(self, request: Request) -> Response:
        """Take rows in; 200 also where some are refused, since the answer says which."""
        dry_run = _yes_no(request, "dry_run")
        return Response(push(self.caller, self.resource(), request.data, dry_run=dry_run))

    def page(self, rows: QuerySet[Any], show: Any) -> Response:
        """A hundred rows after `after` by our keys, and where the next are."""
        after = self.request.query_params.get("after")
        if after is not None:
            rows = rows.filter(pk__gt=_key(after))
        found = list(rows.order_by("pk")[: PAGE + 1])
        more = len(found) > PAGE
        found = found[:PAGE]
        following = None
        if more:
            query = {**self.request.query_params.dict(), "after": str(found[-1].pk)}
            following = self.request.build_absolute_uri(f"{self.request.path}?{urlencode(query)}")
        return Response({"items": show(self.caller, found), "next": following})

    def look(self, places: list[Participation]) -> None:
        """Somebody else saw data of these people (NFR-4)."""
        audit.look(
            actor=self.caller.actor,
            person_ids=[place.account.person_id for place in places],
            what="group_people",
            purpose="run_group",
            at=self.caller.at,
        )

    def own(self, kind: str, name: str, rows: QuerySet[Any]) -> Any:
        """The row with the sender's id (or our key). Raises `Http404`."""
        key = refs.key_of(self.caller, kind, name)
        row = rows.filter(pk=key).first() if key is not None else None
        if row is None:
            raise Http404
        return row


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Problem(_("This is no key of ours: “after”."), code="after") from error


def _yes_no(request: Request, name: str) -> bool:
    value = request.query_params.get(name, "false")
    if value not in ("true", "false"):
        raise Problem(_("Write true or false: “dry_run”."), code="dry_run")
    return value == "true"


class ProgrammesView(RowsView):
    """Programmes of one's own."""

    area, resource = Programmes.area, Programmes

    @describe.sends("programmes")
    def post(self, request: Request) -> Response:
        """Write drafts of programmes. People of the provider read and send them to the agency."""
        return super().post(request)

    @describe.lists("programmes")
    def get(self, request: Request) -> Response:
        """Own programmes with the state of their newest version."""
        return self.page(refs.programmes(self.caller), programmes.shown)


class ProgrammeView(RowsView):
    """One programme."""

    area, resource = Programmes.area, Programmes
    http_method_names = ["get", "head", "options"]

    @describe.shows("programmes")
    def get(self, request: Request, own_id: str) -> Response:
        """One programme by one's own id, or by our key."""
        row = self.own(refs.PROGRAMME, own_id, refs.programmes(self.caller))
        return Response(_first(programmes.shown(self.caller, [row])))


class GroupsView(RowsView):
    """Groups of one's own."""

    area, resource = Groups.area, Groups

    @describe.sends("groups")
    def post(self, request: Request) -> Response:
        """Make and change groups, open them for applications."""
        return super().post(request)

    @describe.lists("groups")
    def get(self, request: Request) -> Response:
        """Own groups."""
        return self.page(refs.groups(self.caller), groups.shown)


class GroupView(RowsView):
    """One group."""

    area, resource = Groups.area, Groups
    http_method_names = ["get", "head", "options"]

    @describe.shows("groups")
    def get(self, request: Request, own_id: str) -> Response:
        """One group by one's own id, or by our key."""
        row = self.own(refs.GROUP, own_id, refs.groups(self.caller))
        return Response(_first(groups.shown(self.caller, [row])))


class TimetablesView(RowsView):
    """Timetables."""

    area, resource = Timetables.area, Timetables
    http_method_names = ["post", "options"]

    @describe.sends("timetable")
    def post(self, request: Request) -> Response:
        """Write all sessions of groups; people in them are told."""
        return super().post(request)


class TimetableView(RowsView):
    """The timetable of one group."""

    area, resource = Timetables.area, Timetables
    http_method_names = ["get", "head", "options"]

    @describe.shows("timetable")
    def get(self, request: Request, own_id: str) -> Response:
        """Sessions of a group by one's own id of the group, or by our key."""
        group = self.own(refs.GROUP, own_id, refs.groups(self.caller))
        own = refs.names(self.caller, refs.GROUP, [group.pk]).get(group.pk)
        return Response({"id": own, **timetable.shown(self.caller, group)})


class PeopleView(RowsView):
    """People of one's own groups."""

    area, resource = People.area, People

    @describe.sends("people")
    def post(self, request: Request) -> Response:
        """Give people of groups the ids that they have in one's own system."""
        return super().post(request)

    @describe.lists("people", group=True)
    def get(self, request: Request) -> Response:
        """People of own groups: name and state; `group` chooses one group."""
        rows = refs.people(self.caller).select_related("account__person")
        name = request.query_params.get("group")
        if name is not None:
            rows = rows.filter(group=self.own(refs.GROUP, name, refs.groups(self.caller)))

        def show(caller: Any, places: list[Participation]) -> list[dict[str, Any]]:
            self.look(places)
            return people.shown(caller, places)

        return self.page(rows, show)


class PersonView(RowsView):
    """One person's place in a group."""

    area, resource = People.area, People
    http_method_names = ["get", "head", "options"]

    @describe.shows("people")
    def get(self, request: Request, own_id: str) -> Response:
        """One person by one's own id, or by our key."""
        rows = refs.people(self.caller).select_related("account__person")
        row = self.own(refs.PERSON, own_id, rows)
        self.look([row])
        return Response(_first(people.shown(self.caller, [row])))


class MarksView(RowsView):
    """Attendance."""

    area, resource = Marks.area, Marks
    http_method_names = ["post", "options"]

    @describe.sends("attendance")
    def post(self, request: Request) -> Response:
        """Mark people in sessions."""
        return super().post(request)


class MarkView(RowsView):
    """One mark."""

    area, resource = Marks.area, Marks
    http_method_names = ["get", "head", "options"]

    @describe.shows("attendance")
    def get(self, request: Request, own_id: str) -> Response:
        """One mark by one's own id, or by our key."""
        rows = Attendance.objects.filter(participation__in=refs.people(self.caller))
        row = self.own(Marks.kind, own_id, rows.select_related("participation__account"))
        self.look([row.participation])
        own = refs.names(self.caller, Marks.kind, [row.pk]).get(row.pk)
        return Response(people.mark(self.caller, row, own))


class OutcomesView(RowsView):
    """How the training ended."""

    area, resource = Outcomes.area, Outcomes
    http_method_names = ["post", "options"]

    @describe.sends("completion")
    def post(self, request: Request) -> Response:
        """Record how the training ended. This moves money and cannot be taken back from here."""
        return super().post(request)


class OutcomeView(RowsView):
    """How it ended for one person."""

    area, resource = Outcomes.area, Outcomes
    http_method_names = ["get", "head", "options"]

    @describe.shows("completion")
    def get(self, request: Request, own_id: str) -> Response:
        """One outcome by one's own id of it, or by our key of the person's place."""
        rows = refs.people(self.caller).select_related("account")
        row = self.own(Outcomes.kind, own_id, rows)
        self.look([row])
        own = refs.names(self.caller, Outcomes.kind, [row.pk]).get(row.pk)
        return Response(people.outcome(self.caller, row, own))


class ClassificationsView(ApiView):
    """Codes that rows may hold."""

    http_method_names = ["get", "head", "options"]

    @describe.codes
    def get(self, request: Request) -> Response:
        """Types of programme, fields, sources and the like, with their codes."""
        return Response(classifications())


def _first(shown: list[dict[str, Any]]) -> dict[str, Any]:
    if not shown:
        raise Http404
    return shown[0]
