"""Attendance on a phone: each touch saved, a lost connection, two teachers, one keyboard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import User
from catalogue.models import Group, Session
from enrolments.enums import AbsenceReason, Presence
from enrolments.models import Attendance, OwnMark, Participation
from enrolments.services import excuses, learning
from stars.common.dates import RIGA, now, today
from stars.common.permissions import SYSTEM
from tests import factories as f
from tests.browser.conftest import Visitor
from tests.enrolments.scene import STARTED, Scene, scene
from tests.signin import as_resident, as_staff

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 5


@pytest.fixture
def group() -> Scene:
    """Five people who learn; the first session goes on right now."""
    s = scene()
    for _ in range(PEOPLE):
        s.admitted()
    learning.start_group(group_id=s.group.pk, actor=SYSTEM, at=STARTED)
    begin = now() - timedelta(minutes=20)
    Session.objects.filter(pk=f.session(s.group, 1).pk).update(
        starts_at=begin, ends_at=begin + timedelta(hours=3)
    )
    last = datetime.combine(today() + timedelta(days=1), time(18), tzinfo=RIGA)
    Group.objects.filter(pk=s.group.pk).update(ends_on=last.date())
    return s


def sign_in(visitor: Visitor, client: Client) -> None:
    """The browser takes over the session of a test client."""
    visitor.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": visitor.portal}]
    )


def teacher(visitor: Visitor, user: User) -> Visitor:
    client = Client()
    as_staff(client, user)
    sign_in(visitor, client)
    return visitor


def people_of(s: Scene) -> list[Participation]:
    """As the page lists them."""
    return list(
        Participation.objects.filter(group=s.group).order_by(
            "account__person__family_name", "account__person__given_name", "pk"
        )
    )


def touch(visitor: Visitor, person: Participation, presence: str) -> None:
    visitor.page.locator(f"label[for='mark-{person.pk}-{presence}']").click()


def marks(s: Scene) -> dict[Any, str]:
    rows = Attendance.objects.filter(session=f.session(s.group, 1))
    return dict(rows.values_list("participation_id", "presence"))


def saved(visitor: Visitor) -> None:
    expect(visitor.page.locator("#attendance-saved .saved")).to_be_visible()


def test_a_lost_connection_loses_no_mark(group: Scene, visit: Callable[..., Visitor]) -> None:
    visitor = teacher(visit("attendance"), group.staff)
    page, people = visitor.page, people_of(group)
    address = reverse("enrolments:provider_attendance", args=[f.session(group.group, 1).pk])
    visitor.open(address)
    visitor.look("list")
    touch(visitor, people[0], "present")
    saved(visitor)
    assert marks(group) == {people[0].pk: "present"}

    visitor.context.set_offline(True)
    touch(visitor, people[1], "absent")
    touch(visitor, people[2], "present")
    touch(visitor, people[2], "absent")  # thought again: the last word counts
    touch(visitor, people[0], "absent")  # what was saved before, changed without a connection
    waiting = page.locator("#attendance-saved")
    expect(waiting).to_contain_text("3")
    expect(page.locator("[data-note]:visible")).to_have_count(3)
    assert marks(group) == {people[0].pk: "present"}
    page.screenshot(path="screenshots/attendance-offline.png")

    visitor.context.set_offline(False)
    saved(visitor)
    expect(page.locator("[data-note]:visible")).to_have_count(0)
    assert marks(group) == {
        people[0].pk: "absent",
        people[1].pk: "absent",
        people[2].pk: "absent",
    }
    versions = dict(Attendance.objects.values_list("participation_id", "version"))
    # What was on its way may have arrived: both words of the third person go, in order.
    assert versions == {people[0].pk: 2, people[1].pk: 1, people[2].pk: 2}


def test_marks_wait_through_closing_the_page(group: Scene, visit: Callable[..., Visitor]) -> None:
    visitor = teacher(visit("attendance-later"), group.staff)
    people = people_of(group)
    address = reverse("enrolments:provider_attendance", args=[f.session(group.group, 1).pk])
    visitor.open(address)
    visitor.context.set_offline(True)
    touch(visitor, people[3], "present")
    expect(visitor.page.locator("#attendance-saved")).to_contain_text("1")
    visitor.page.close()
    assert marks(group) == {}
    # The next morning another list is opened, with a connection.
    visitor.context.set_offline(False)
    visitor.page = visitor.context.new_page()
    Session.objects.filter(pk=f.session(group.group, 2).pk).update(
        starts_at=now() - timedelta(minutes=5), ends_at=now() + timedelta(hours=1)
    )
    visitor.open(reverse("enrolments:provider_attendance", args=[f.session(group.group, 2).pk]))
    saved(visitor)
    assert marks(group) == {people[3].pk: "present"}


def test_two_teachers_see_both_marks_and_choose(
    group: Scene, visit: Callable[..., Visitor]
) -> None:
    colleague = f.MembershipFactory(organisation=group.world.provider.organisation).user
    first = teacher(visit("attendance-merge"), group.staff)
    second = teacher(visit("attendance-second", width=1280, language="en"), colleague)
    people = people_of(group)
    address = reverse("enrolments:provider_attendance", args=[f.session(group.group, 1).pk])
    for visitor in (first, second):
        visitor.open(address)
    first.context.set_offline(True)
    for person in people[:2]:
        touch(first, person, "present")
    for person in people[:2]:
        touch(second, person, "absent")
        saved(second)
    first.context.set_offline(False)
    clashes = first.page.locator("#attendance-merge [data-clash]")
    expect(clashes).to_have_count(2)
    expect(clashes.first).to_contain_text(colleague.email)
    assert set(marks(group).values()) == {"absent"}
    first.look("merge")
    first.page.reload()  # what is to be chosen stays
    expect(clashes).to_have_count(2)
    first.page.locator(f"[data-clash='{people[0].pk}'] [data-choose=mine]").click()
    saved(first)
    first.page.locator(f"[data-clash='{people[1].pk}'] [data-choose=theirs]").click()
    expect(clashes).to_have_count(0)
    assert marks(group) == {people[0].pk: "present", people[1].pk: "absent"}
    versions = dict(Attendance.objects.values_list("participation_id", "version"))
    assert versions == {people[0].pk: 2, people[1].pk: 1}


def test_a_group_is_marked_by_keyboard(group: Scene, visit: Callable[..., Visitor]) -> None:
    visitor = teacher(visit("attendance-keys", width=1280, language="en"), group.staff)
    page, people = visitor.page, people_of(group)
    visitor.open(reverse("enrolments:provider_attendance", args=[f.session(group.group, 1).pk]))
    visitor.look("list")
    page.locator(f"#mark-{people[0].pk}-present").focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")  # the second one is away
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")  # the third is passed over
    expect(page.locator("#attendance-state .num")).to_contain_text("2")
    page.locator("[name=rest]").press("Enter")
    expect(page.locator("[name=rest]")).to_be_hidden()
    saved(visitor)
    expected = {person.pk: "present" for person in people} | {people[1].pk: "absent"}
    visitor.until("!JSON.parse(localStorage.getItem(Object.keys(localStorage)[0])).length")
    assert marks(group) == expected


def test_the_pages_around_attendance(
    group: Scene, visit: Callable[..., Visitor], settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    people = people_of(group)
    session = f.session(group.group, 1)
    excuse = excuses.submit_excuse(
        participation_id=people[1].pk,
        reason=AbsenceReason.HEALTH,
        first_day=today(),
        last_day=today(),
        note="Gripa",
        actor=people[1].account.person.user,
        at=now(),
    )
    for number, person in enumerate(people):
        learning.mark_attendance(
            participation_id=person.pk,
            session_id=session.pk,
            presence=Presence.ABSENT if number == 1 else Presence.PRESENT,
            expected_version=0,
            actor=group.staff,
            at=now(),
        )
    staff = teacher(visit("attendance-pages"), group.staff)
    staff.open(reverse("enrolments:provider_code", args=[session.pk]))
    staff.look("code")
    staff.send("main form button")
    digits = staff.page.locator(".big-number").inner_text()
    staff.look("code-shown")

    learner = visit("attendance-learner")
    client = Client()
    as_resident(client, people[0].account.person)
    sign_in(learner, client)
    learner.open(reverse("enrolments:absence", args=[people[0].application_id]))
    learner.look("own")
    learner.page.locator("input[name=code]").fill("123")
    learner.send("form:has(input[value=code]) button")
    learner.look("own-wrong-code")
    learner.page.locator("input[name=code]").fill(digits)
    learner.send("form:has(input[value=code]) button")
    assert OwnMark.objects.get().participation == people[0]

    staff.open(reverse("enrolments:provider_group_attendance", args=[group.group.pk]))
    staff.look("group")
    staff.open(reverse("enrolments:provider_excuse", args=[excuse.pk]))
    staff.look("excuse")
    staff.page.locator("input[name=decision][value=accept]").check()
    staff.send("main form button[type=submit]")
    excuse.refresh_from_db()
    assert excuse.state == "accepted"
