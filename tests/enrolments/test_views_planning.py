"""Groups and timetables in the workspace: made, copied, changed, opened (ENR-4, PRO-4)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalogue.enums import GroupState
from catalogue.models import Group, Room, SearchGroup, Session, Teacher, Venue
from stars.common.dates import RIGA, is_holiday, riga_date, today
from stars.common.permissions import SYSTEM
from tests import factories as f
from tests.enrolments.scene import Scene
from tests.enrolments.test_views_provider import browser

pytestmark = pytest.mark.django_db

NEW = reverse("enrolments:provider_group_new")


@pytest.fixture
def staff(scene: Scene) -> Client:
    return browser(scene.staff)


@pytest.fixture
def room(scene: Scene) -> Room:
    venue = Venue.objects.create(
        provider=scene.world.provider, name="House", street="Tērbatas iela 10", city="Valmiera"
    )
    return Room.objects.create(venue=venue, name="12", seats=16)


@pytest.fixture
def teacher(scene: Scene) -> Teacher:
    return Teacher.objects.create(provider=scene.world.provider, name="Inga Bērze")


def tuesday() -> date:
    """A Tuesday about two months ahead."""
    day = today() + timedelta(days=60)
    return day + timedelta(days=(1 - day.weekday()) % 7)


def answers(scene: Scene, **more: Any) -> dict[str, Any]:
    return {
        "version": str(scene.offer.version_id),
        "code": "Spring 1",
        "starts_on": tuesday().isoformat(),
        "ends_on": "",
        "closes_days": "3",
        "capacity": "16",
        "minimum": "8",
        "mode": "on_site",
        "room": "",
        "place": "",
        "lead": "",
        "teacher": "",
        "plan": "weekly",
        "weekdays": ["1", "3"],
        "begins": "18:00",
        "ends": "21:15",
        "hours": "",
        "copy_from": "",
        **more,
    }


def made(scene: Scene) -> Group:
    return Group.objects.get(version=scene.offer.version, code="Spring 1")


def create(scene: Scene, staff: Client, **more: Any) -> Group:
    answer = staff.post(NEW, answers(scene, **more))
    assert answer.status_code == 302, answer.content.decode()
    return made(scene)


def test_a_group_is_made_with_its_whole_timetable(
    scene: Scene, staff: Client, room: Room, teacher: Teacher
) -> None:
    assert staff.get(NEW).status_code == 200
    group = create(scene, staff, room=str(room.pk), lead=str(teacher.pk))
    assert group.state == GroupState.DRAFT
    assert group.apply_until == group.starts_on - timedelta(days=3)
    sessions = list(group.sessions.all())
    # 40 hours of the programme, four in an evening.
    assert sum(session.hours for session in sessions) == 40
    assert group.ends_on == riga_date(sessions[-1].ends_at)
    assert {riga_date(s.starts_at).weekday() for s in sessions} == {1, 3}
    assert not any(is_holiday(riga_date(s.starts_at)) for s in sessions)
    assert group.weekdays == 2 + 8
    assert group.after_work
    assert group.times_lv == "Otrdienās un ceturtdienās 18.00–21.15"
    assert group.place == "Tērbatas iela 10, Valmiera, 12"
    assert group.teacher == "Inga Bērze"
    # Nobody sees it, and the search does not know it.
    assert not SearchGroup.objects.filter(group=group).exists()
    page = staff.get(reverse("enrolments:provider_timetable", args=[group.pk]))
    assert "40 of 40" in page.content.decode()
    assert staff.post(reverse("enrolments:provider_group_open", args=[group.pk])).status_code == 302
    found = SearchGroup.objects.get(group=group)
    assert (found.starts_on, found.weekdays, found.free) == (group.starts_on, 10, True)
    shown = Client().get(reverse("web:programme", args=[group.version.programme.slug]))
    assert "Spring 1" in shown.content.decode() or "18.00–21.15" in shown.content.decode()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"version": ""}, "Choose a programme"),
        ({"version": "x"}, "Select a valid choice"),
        ({"code": ""}, "Give the group a name"),
        ({"code": "a" * 41}, "at most 40 letters"),
        ({"starts_on": "yesterday"}, "Choose a day"),
        ({"starts_on": ""}, "Choose a day"),
        ({"weekdays": []}, "at least one day of the week"),
        ({"begins": ""}, "Write a time"),
        ({"ends": "25:99"}, "Write a time"),
        ({"ends": "17:00"}, "ends after it begins"),
        ({"hours": "12"}, "more academic hours than fit"),
        ({"capacity": "0"}, "from 1"),
        ({"capacity": "many"}, "whole number"),
        ({"minimum": "17"}, "smallest group"),
        ({"plan": "copy"}, "Choose the group to copy"),
        ({"plan": "later"}, "Choose a day"),
        ({"plan": ""}, "how to make the timetable"),
        ({"room": "00000000-0000-0000-0000-000000000000"}, "Select a valid choice"),
        ({"code": "G1"}, "has the same name"),
    ],
)
def test_bad_input_is_said_at_its_field(
    scene: Scene, staff: Client, wrong: dict[str, Any], says: str
) -> None:
    answer = staff.post(NEW, answers(scene, **wrong))
    assert answer.status_code == 400
    assert says in answer.content.decode()
    assert Group.objects.filter(version=scene.offer.version).count() == 1


def test_a_group_is_copied_to_other_days(scene: Scene, staff: Client) -> None:
    source = create(scene, staff)
    page = staff.get(NEW, {"no": str(source.pk)})
    assert page.status_code == 200
    later = source.starts_on + timedelta(weeks=30, days=-1)
    answer = staff.post(
        NEW,
        answers(
            scene,
            code="Spring 2",
            plan="copy",
            copy_from=str(source.pk),
            starts_on=later.isoformat(),
            weekdays=[],
            begins="",
            ends="",
        ),
    )
    assert answer.status_code == 302
    copy = Group.objects.get(code="Spring 2")
    assert copy.sessions.count() == source.sessions.count()
    first = copy.sessions.order_by("starts_at")[0]
    assert first.starts_at.astimezone(RIGA).hour == 18
    assert riga_date(first.starts_at).weekday() in (1, 3)
    assert copy.times_en == source.times_en


def test_nobody_copies_what_belongs_to_others(scene: Scene, staff: Client) -> None:
    theirs = f.group(f.VersionFactory(published=True), starts_on=tuesday())
    assert staff.get(NEW, {"no": str(theirs.pk)}).status_code == 404
    assert staff.get(NEW, {"no": "x"}).status_code == 200
    wrong = answers(scene, plan="copy", copy_from=str(theirs.pk))
    assert staff.post(NEW, wrong).status_code == 400
    wrong = answers(scene, version=str(theirs.version_id))
    assert staff.post(NEW, wrong).status_code == 400


def test_two_colleagues_do_not_overwrite_each_other(scene: Scene, staff: Client) -> None:
    group = create(scene, staff)
    address = reverse("enrolments:provider_group_edit", args=[group.pk])
    seen = staff.get(address).context["form"]["seen"].value()
    facts = {
        "seen": seen,
        "code": "Spring 1",
        "starts_on": group.starts_on.isoformat(),
        "ends_on": group.ends_on.isoformat(),
        "closes_days": "5",
        "capacity": "20",
        "minimum": "8",
        "mode": "on_site",
        "room": "",
        "place": "Rīgas iela 1",
        "lead": "",
        "teacher": "Jānis Ozols",
    }
    assert staff.post(address, facts).status_code == 302
    group.refresh_from_db()
    assert (group.capacity, group.place, group.teacher) == (20, "Rīgas iela 1", "Jānis Ozols")
    assert group.apply_until == group.starts_on - timedelta(days=5)
    assert set(group.sessions.values_list("place", flat=True)) == {"Rīgas iela 1"}
    late = staff.post(address, {**facts, "capacity": "30"})
    assert late.status_code == 409
    assert "A colleague has just changed this" in late.content.decode()
    group.refresh_from_db()
    assert group.capacity == 20


def test_an_open_group_keeps_its_first_day_and_the_places_taken(
    scene: Scene, staff: Client
) -> None:
    scene.applied()
    scene.applied()
    group = scene.group
    address = reverse("enrolments:provider_group_edit", args=[group.pk])
    form = staff.get(address).context["form"]
    facts = {name: form[name].value() or "" for name in form.fields}
    facts |= {"starts_on": group.starts_on.isoformat(), "ends_on": group.ends_on.isoformat()}
    fewer = staff.post(address, {**facts, "capacity": "1"})
    assert fewer.status_code == 400
    assert "2 places are taken already" in fewer.content.decode()
    other_day = (group.starts_on + timedelta(days=1)).isoformat()
    other = staff.post(address, {**facts, "starts_on": other_day})
    assert other.status_code == 400
    assert "Postpone" in other.content.decode()
    assert staff.post(address, {**facts, "capacity": "2"}).status_code == 302
    assert not SearchGroup.objects.get(group=group).free


# --- the timetable -------------------------------------------------------------------------


def page_of(group: Group) -> str:
    return reverse("enrolments:provider_timetable", args=[group.pk])


def pattern(group: Group, staff: Client, **more: Any) -> dict[str, Any]:
    return {
        "seen": staff.get(page_of(group)).context["seen"],
        "do": "add",
        "weekdays": ["5"],
        "begins": "10:00",
        "ends": "13:00",
        "hours": "",
        "first": group.starts_on.isoformat(),
        "last": "",
        "room": "",
        "teacher": "",
        **more,
    }


@pytest.fixture
def planned(scene: Scene, staff: Client) -> Group:
    """A draft with eight hours in two evenings of the forty it has."""
    group = create(
        scene, staff, weekdays=["1"], ends_on=(tuesday() + timedelta(days=7)).isoformat()
    )
    assert sum(session.hours for session in group.sessions.all()) <= 8
    return group


def test_a_pattern_is_looked_at_first_and_then_added(
    scene: Scene, staff: Client, planned: Group
) -> None:
    before = planned.sessions.count()
    looked = staff.post(page_of(planned), pattern(planned, staff, do="look"))
    assert looked.status_code == 200
    assert "This would be added" in looked.content.decode()
    assert planned.sessions.count() == before
    assert staff.post(page_of(planned), pattern(planned, staff)).status_code == 302
    planned.refresh_from_db()
    assert sum(session.hours for session in planned.sessions.all()) == 40
    numbers = list(planned.sessions.order_by("starts_at").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    # The last day of a draft follows its sessions; the search follows both.
    last = planned.sessions.order_by("starts_at").last()
    assert last is not None and planned.ends_on == riga_date(last.ends_at)
    assert planned.weekdays == 2 + 32
    assert not planned.after_work


def test_sessions_are_taken_away_and_changed_one_by_one(
    scene: Scene, staff: Client, planned: Group, room: Room
) -> None:
    first = planned.sessions.get(number=1)
    edit = reverse("enrolments:provider_session_edit", args=[first.pk])
    seen = staff.get(edit).context["form"]["seen"].value()
    day = riga_date(first.starts_at) + timedelta(days=1)
    change = {
        "seen": seen,
        "day": day.isoformat(),
        "begins": "17.30",
        "ends": "19:00",
        "hours": "2",
        "room": str(room.pk),
        "teacher": "",
    }
    assert staff.post(edit, {**change, "day": "soon"}).status_code == 400
    assert staff.post(edit, {**change, "ends": "17:00"}).status_code == 400
    assert staff.post(edit, change).status_code == 302
    moved = planned.sessions.get(number=1)
    assert moved.starts_at == datetime(day.year, day.month, day.day, 17, 30, tzinfo=RIGA)
    assert moved.place == "Tērbatas iela 10, Valmiera, 12"
    # The page of the colleague shows what was before.
    late = staff.post(page_of(planned), {"seen": seen, "do": "remove", "session": [str(moved.pk)]})
    assert late.status_code == 409
    seen = staff.get(page_of(planned)).context["seen"]
    count = planned.sessions.count()
    staff.post(page_of(planned), {"seen": seen, "do": "remove", "session": [str(moved.pk)]})
    assert planned.sessions.count() == count - 1


def test_the_timetable_of_another_group_is_copied(
    scene: Scene, staff: Client, planned: Group
) -> None:
    seen = staff.get(page_of(planned)).context["seen"]
    data = {"seen": seen, "do": "copy", "copy_from": str(scene.group.pk)}
    assert staff.post(page_of(planned), {**data, "copy_from": ""}).status_code == 400
    assert staff.post(page_of(planned), data).status_code == 302
    assert planned.sessions.count() == scene.group.sessions.count()
    assert planned.sessions.get(number=1).starts_at.astimezone(RIGA).hour == 18


@pytest.mark.parametrize(
    "wrong",
    [
        {"weekdays": []},
        {"weekdays": ["8"]},
        {"begins": ""},
        {"first": "2026-99-99"},
        {"hours": "0"},
        {"hours": "99"},
        {"ends": "09:00"},
        {"room": "x"},
        {"do": "nothing"},
        {"do": "copy", "copy_from": "x"},
    ],
)
def test_bad_patterns_write_nothing(
    scene: Scene, staff: Client, planned: Group, wrong: dict[str, Any]
) -> None:
    before = list(planned.sessions.values_list("starts_at", flat=True))
    answer = staff.post(page_of(planned), pattern(planned, staff, **wrong))
    assert answer.status_code == 400
    assert list(planned.sessions.values_list("starts_at", flat=True)) == before


def test_what_has_begun_stays(scene: Scene, staff: Client) -> None:
    """The group of the scene began in March: its sessions are over."""
    participation = scene.learning()
    scene.attend(participation, True)
    group = scene.group
    seen = staff.get(page_of(group)).context["seen"]
    first = f.session(group, 1)
    answer = staff.post(page_of(group), {"seen": seen, "do": "remove", "session": [str(first.pk)]})
    assert answer.status_code == 400
    assert "has begun" in answer.content.decode()
    assert Session.objects.filter(pk=first.pk).exists()


def test_a_room_and_a_teacher_in_two_groups_at_once_are_shown(
    scene: Scene, staff: Client, room: Room, teacher: Teacher
) -> None:
    one = create(scene, staff, room=str(room.pk), lead=str(teacher.pk))
    assert "meet other groups" not in staff.get(page_of(one)).content.decode()
    answer = staff.post(
        NEW, answers(scene, code="Spring 2", room=str(room.pk), begins="20:00", ends="22:00")
    )
    assert answer.status_code == 302
    two = Group.objects.get(code="Spring 2")
    shown = staff.get(page_of(two)).content.decode()
    assert "The room is taken" in shown
    assert "Spring 1" in shown
    Group.objects.filter(pk=two.pk).update(lead=teacher)
    assert "The room and the teacher are taken" in staff.get(page_of(two)).content.decode()
    # A session elsewhere and with somebody else is in nobody's way.
    other_room = Room.objects.create(venue=room.venue, name="14")
    other = Teacher.objects.create(provider=scene.world.provider, name="Jānis Ozols")
    two.sessions.update(room=other_room, teacher=other)
    assert "taken" not in _warnings(staff, two)


def _warnings(staff: Client, group: Group) -> str:
    rows = staff.get(page_of(group)).context["sessions"]
    return " ".join(text for row in rows for text in row["warnings"])


def test_the_pages_cost_the_same_for_a_long_timetable(
    scene: Scene, staff: Client, planned: Group, room: Room
) -> None:
    Group.objects.filter(pk=planned.pk).update(room=room)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert staff.get(page_of(planned)).status_code == 200
        return len(seen)

    few = queries()
    staff.post(page_of(planned), pattern(planned, staff, begins="10:00", ends="10:45"))
    assert planned.sessions.count() > 20
    assert queries() <= few
    assert few <= 22


def test_others_touch_nothing(scene: Scene, planned: Group) -> None:
    stranger = f.MembershipFactory(organisation=f.ProviderFactory().organisation, admin=True)
    rival = browser(stranger.user)
    session = planned.sessions.get(number=1)
    addresses = [
        page_of(planned),
        reverse("enrolments:provider_group_edit", args=[planned.pk]),
        reverse("enrolments:provider_group_cancel", args=[planned.pk]),
        reverse("enrolments:provider_group_postpone", args=[planned.pk]),
        reverse("enrolments:provider_session_edit", args=[session.pk]),
    ]
    for address in addresses:
        assert rival.get(address).status_code == 404, address
        assert rival.post(address, {}).status_code == 404, address
    for name in ("open", "close"):
        address = reverse(f"enrolments:provider_group_{name}", args=[planned.pk])
        assert rival.post(address).status_code == 404


def test_closing_and_taking_applications_again(scene: Scene, staff: Client) -> None:
    group = create(scene, staff)
    for name, state in (
        ("open", GroupState.OPEN),
        ("close", GroupState.CLOSED),
        ("open", GroupState.OPEN),
    ):
        staff.post(reverse(f"enrolments:provider_group_{name}", args=[group.pk]))
        group.refresh_from_db()
        assert group.state == state
    assert SearchGroup.objects.filter(group=group).exists()
    # Twice is said in words and changes nothing.
    staff.post(reverse("enrolments:provider_group_open", args=[group.pk]))
    group.refresh_from_db()
    assert group.state == GroupState.OPEN
    assert SYSTEM is not None
