"""Groups and timetables by a provider's own system (ENR-4, PRO-4, PRO-10)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalogue.enums import GroupState
from catalogue.models import CatalogueLog, Group, Room, Session, Venue
from catalogue.selectors_groups import blocks_of
from catalogue.services import timetable
from catalogue.services.group_changes import Facts, edit_group
from stars.api.models import ApiWrite, ExternalId
from stars.common.dates import RIGA, now, today
from tests import factories as f
from tests.api import build
from tests.api.build import System, reason, results

pytestmark = pytest.mark.django_db


def day(number: int) -> date:
    return today() + timedelta(days=number)


@pytest.fixture
def row(system: System) -> dict[str, Any]:
    """A group of a published programme that the system knows as p-1."""
    version = f.VersionFactory(
        programme=f.ProgrammeFactory(provider=system.provider), published=True
    )
    ExternalId.objects.create(
        organisation=system.provider.organisation,
        kind="programme",
        external_id="p-1",
        object_id=version.programme_id,
        sent_at=now(),
    )
    return {
        "id": "g-1",
        "programme": "p-1",
        "code": "Rudens 1",
        "starts_on": day(60).isoformat(),
        "ends_on": day(90).isoformat(),
        "apply_until": day(50).isoformat(),
        "capacity": 16,
    }


def test_a_group_is_made_opened_and_changed(system: System, row: dict[str, Any]) -> None:
    (answer,) = system.sent("groups/", row)
    assert answer["result"] == "accepted"
    group = Group.objects.get()
    assert (str(group.pk), group.state, group.minimum) == (answer["stars_id"], "draft", 1)
    assert CatalogueLog.objects.filter(object_id=group.pk, by=system.admin).exists()
    assert results(system.sent("groups/", row)) == ["unchanged"]
    assert results(system.sent("groups/", {**row, "open": True})) == ["accepted"]
    group.refresh_from_db()
    assert group.state == GroupState.OPEN
    assert results(system.sent("groups/", {"id": "g-1", "capacity": 20})) == ["accepted"]
    group.refresh_from_db()
    assert (group.capacity, group.code) == (20, "Rudens 1")
    shown = system.get("groups/g-1/").json()
    assert (shown["id"], shown["programme"], shown["capacity"]) == ("g-1", "p-1", 20)
    assert system.get(f"groups/{group.pk}/").json() == shown
    assert system.get("groups/").json() == {"items": [shown], "next": None}
    assert ApiWrite.objects.filter(object_id=group.pk, key=system.key).count() == 3


@pytest.mark.parametrize(
    "wrong, said",
    [
        ({"programme": "p-2"}, ("programme", "unknown")),
        ({"code": ""}, ("code", "blank")),
        ({"starts_on": "2027-02-30"}, ("starts_on", "invalid")),
        ({"starts_on": "0001-01-01"}, ("starts_on", "year")),
        ({"ends_on": day(10).isoformat()}, ("ends_on", "dates")),
        ({"apply_until": day(61).isoformat()}, ("apply_until", "dates")),
        ({"capacity": 0}, ("capacity", "min_value")),
        ({"capacity": "12"}, ("capacity", "invalid")),
        ({"capacity": True}, ("capacity", "invalid")),
        ({"minimum": 17}, ("minimum", "minimum")),
        ({"mode": "none"}, ("mode", "invalid_choice")),
        ({"open": "yes"}, ("open", "invalid")),
        ({"place": "a\x00"}, ("place", "null_characters_not_allowed")),
        ({"id": "010190-12345"}, ("id", "personal_code")),
        ({"id": "ar atstarpi"}, ("id", "own_id")),
        ({"state": "running"}, ("state", "unknown_field")),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    system: System, row: dict[str, Any], wrong: dict[str, Any], said: tuple[str, str]
) -> None:
    (answer,) = system.sent("groups/", {**row, **wrong})
    assert (answer["result"], reason(answer)) == ("refused", said)
    assert answer["errors"][0]["reason"]
    assert not Group.objects.exists()


def test_one_bad_row_refuses_only_itself(system: System, row: dict[str, Any]) -> None:
    rows = [row, {**row, "id": "g-2"}, {**row, "id": "g-3", "code": "Rudens 3"}, 7, None]
    answers = system.sent("groups/", *rows)
    # The second has the name of the first.
    assert results(answers) == ["accepted", "refused", "accepted", "refused", "refused"]
    assert reason(answers[1]) == ("code", "code")
    assert [answer["row"] for answer in answers] == [0, 1, 2, 3, 4]
    assert sorted(Group.objects.values_list("code", flat=True)) == ["Rudens 1", "Rudens 3"]


def test_the_first_day_of_an_open_group_is_postponed_by_people(
    system: System, row: dict[str, Any]
) -> None:
    system.sent("groups/", {**row, "open": True})
    (answer,) = system.sent("groups/", {**row, "starts_on": day(61).isoformat()})
    assert reason(answer) == ("starts_on", "starts_on")


def test_a_programme_that_is_not_approved_has_no_groups(
    system: System, row: dict[str, Any]
) -> None:
    version = f.VersionFactory(programme=f.ProgrammeFactory(provider=system.provider))
    (answer,) = system.sent("groups/", {**row, "programme": str(version.programme_id)})
    assert reason(answer) == ("programme", "not_approved")


def test_what_a_colleague_changed_is_not_overwritten(system: System, row: dict[str, Any]) -> None:
    system.sent("groups/", row)
    group = Group.objects.get()
    names = ("code", "starts_on", "ends_on", "apply_until", "minimum", "mode")
    facts = Facts(**{name: getattr(group, name) for name in names}, capacity=12)
    edit_group(group_id=group.pk, facts=facts, actor=system.admin, at=now())
    assert results(system.sent("groups/", row)) == ["unchanged"]
    (answer,) = system.sent("groups/", {**row, "capacity": 18})
    assert (answer["result"], answer["errors"][0]["code"]) == ("refused", "changed_meanwhile")
    assert results(system.sent("groups/", {**row, "capacity": 18, "overwrite": True})) == [
        "accepted"
    ]
    group.refresh_from_db()
    assert group.capacity == 18


def sessions(*days: int, prefix: str = "s", hours: int = 4) -> list[dict[str, Any]]:
    return [
        {
            "id": f"{prefix}-{number}",
            "starts_at": f"{day(number).isoformat()}T18:00",
            "ends_at": f"{day(number).isoformat()}T21:00",
            "hours": hours,
        }
        for number in days
    ]


def test_a_timetable_is_written_whole(system: System, row: dict[str, Any]) -> None:
    system.sent("groups/", row)
    timed = {"id": "g-1", "sessions": sessions(60, 67, 74)}
    assert results(system.sent("timetable/", timed)) == ["accepted"]
    first = Session.objects.order_by("number").first()
    assert first is not None
    assert first.starts_at == datetime.combine(day(60), datetime.min.time(), RIGA).replace(hour=18)
    assert results(system.sent("timetable/", timed)) == ["unchanged"]
    # The room that a colleague chose stays where the session stays.
    place = Venue.objects.create(provider=system.provider, name="M", street="I", city="R")
    room = Room.objects.create(venue=place, name="12", seats=16)
    first.room = room
    first.save()
    (answer,) = system.sent("timetable/", {"id": "g-1", "sessions": sessions(60, 81)})
    assert answer["errors"][0]["code"] == "changed_meanwhile"
    more = {"id": "g-1", "sessions": sessions(60, 81), "overwrite": True}
    assert results(system.sent("timetable/", more)) == ["accepted"]
    left = list(Session.objects.order_by("number"))
    assert [session.pk == first.pk for session in left] == [True, False]
    assert left[0].room_id == room.pk
    shown = system.get("timetable/g-1/").json()
    assert [session["id"] for session in shown["sessions"]] == ["s-60", "s-81"]
    assert shown["sessions"][0]["stars_id"] == str(first.pk)
    assert ExternalId.objects.filter(kind="session").count() == 2


@pytest.mark.parametrize(
    "wrong, said",
    [
        (sessions(50), ("sessions", "session_outside_group")),
        (sessions(60, 60), ("sessions.1.id", "twice")),
        (sessions(60, hours=5), ("sessions", "session_hours")),
        (sessions(60, hours=0), ("sessions.0.hours", "min_value")),
        ([{**sessions(60)[0], "hours": 1.125}], ("sessions.0.hours", "invalid")),
        ([{**sessions(60)[0], "starts_at": "soon"}], ("sessions.0.starts_at", "invalid")),
        ([{**sessions(60)[0], "starts_at": "9999-12-31T23:59"}], ("sessions.0.starts_at", "year")),
        ([{**sessions(60)[0], "room": 3}], ("sessions.0.room", "unknown_field")),
        (["x"], ("sessions.0", "invalid")),
        ("x", ("sessions", "not_a_list")),
        (sessions(60) * 301, ("sessions", "too_many")),
    ],
)
def test_timetables_that_cannot_be(
    system: System, row: dict[str, Any], wrong: Any, said: tuple[str, str]
) -> None:
    system.sent("groups/", row)
    (answer,) = system.sent("timetable/", {"id": "g-1", "sessions": wrong})
    assert (answer["result"], reason(answer)) == ("refused", said)
    assert not Session.objects.exists()


def test_ids_of_sessions_belong_to_one_group(system: System, row: dict[str, Any]) -> None:
    system.sent("groups/", row, {**row, "id": "g-2", "code": "Rudens 2"})
    system.sent("timetable/", {"id": "g-1", "sessions": sessions(60)})
    (answer,) = system.sent("timetable/", {"id": "g-2", "sessions": sessions(60)})
    assert reason(answer) == ("sessions.0.id", "id_taken")
    assert Session.objects.count() == 1


def test_a_timetable_that_was_changed_in_the_workspace(system: System, row: dict[str, Any]) -> None:
    system.sent("groups/", row)
    system.sent("timetable/", {"id": "g-1", "sessions": sessions(60, 67)})
    group = Group.objects.get()
    blocks = blocks_of(Session.objects.all())[:1]
    timetable.set_timetable(group_id=group.pk, blocks=blocks, actor=system.admin, at=now())
    (answer,) = system.sent("timetable/", {"id": "g-1", "sessions": sessions(60, 74)})
    assert answer["errors"][0]["code"] == "changed_meanwhile"
    assert Session.objects.count() == 1


def test_queries_of_a_row_do_not_grow(
    system: System, row: dict[str, Any], django_assert_max_num_queries: Any
) -> None:
    """With many rows in one request, with many of other providers, and for what is unchanged."""

    def cost(rows: list[dict[str, Any]]) -> int:
        with CaptureQueriesContext(connection) as captured:
            answers = system.sent("groups/", *rows)
        assert {answer["result"] for answer in answers} <= {"accepted", "unchanged"}, answers
        return len(captured)

    def rows(first: int, count: int) -> list[dict[str, Any]]:
        numbers = range(first, first + count)
        return [{**row, "id": f"n-{n}", "code": f"Grupa {n}"} for n in numbers]

    system.get("groups/")  # the day of the last use is written
    one, three = cost(rows(0, 1)), cost(rows(10, 3))
    each = (three - one) // 2
    assert cost(rows(20, 10)) == one + 9 * each
    for _number in range(3):
        other = build.system()
        version = f.VersionFactory(
            programme=f.ProgrammeFactory(provider=other.provider), published=True
        )
        f.group(version, starts_on=day(30))
    assert cost(rows(40, 3)) == three
    assert cost(rows(20, 10)) <= 6  # unchanged: nothing is locked and nothing written
    assert each <= 24
    with django_assert_max_num_queries(6):
        assert len(system.get("groups/").json()["items"]) == 17
