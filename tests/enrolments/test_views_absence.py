"""Pages about attendance: the learner's own, the group's, the code, reasons and months."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from catalogue.models import Session
from enrolments.models import (
    Attendance,
    AttendanceChange,
    Excuse,
    MonthClosing,
    OwnMark,
    Participation,
)
from enrolments.services import excuses, learning, months, own_marks
from stars.common.dates import now, riga_date
from stars.common.permissions import SYSTEM
from stars.files.models import StoredFile
from tests import factories as f
from tests.enrolments.scene import ENDED, STARTED, Scene
from tests.enrolments.test_attendance import MARCH
from tests.enrolments.test_views_provider import browser
from tests.files.conftest import PDF

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _apart(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    cache.clear()


@pytest.fixture
def learner(scene: Scene) -> tuple[Client, Participation, str]:
    """Somebody who learns, their browser, and the page of their attendance."""
    participation = scene.learning()
    client = browser(participation.account.person.user)
    return client, participation, reverse("enrolments:absence", args=[participation.application_id])


def reason(**more: Any) -> dict[str, Any]:
    sent = {
        "what": "excuse",
        "reason": "health",
        "first_day": "2026-03-10",
        "last_day": "2026-03-11",
        "note": "Gripa",
    }
    return {**sent, **more}


def told(participation: Participation) -> Excuse:
    return excuses.submit_excuse(
        participation_id=participation.pk,
        reason="health",
        first_day=riga_date(STARTED),
        last_day=riga_date(STARTED),
        note="Gripa",
        papers=(excuses.Paper("a.pdf", BytesIO(PDF)),),
        actor=participation.account.person.user,
        at=ENDED,
    )


def words(client: Client, address: str) -> str:
    return client.get(address).content.decode().replace("\xa0", " ")


def test_what_may_still_be_missed(scene: Scene, learner) -> None:
    client, participation, address = learner
    own = reverse("enrolments:application", args=[participation.application_id])
    for page in (address, own):
        assert "You may still miss 3 of 16 hours" in words(client, page)
    scene.attend(participation, False)
    for page in (address, own):
        assert "You missed more than is allowed: 4 of 16 hours" in words(client, page)


def test_a_reason_with_papers(learner) -> None:
    client, participation, address = learner
    files = [SimpleUploadedFile(f"{n}.pdf", PDF) for n in range(2)]
    answer = client.post(address, reason(file=files))
    assert answer.status_code == 302, answer.content.decode().partition("error-summary")[2][:900]
    excuse = Excuse.objects.get()
    assert (excuse.participation, excuse.note) == (participation, "Gripa")
    assert StoredFile.objects.filter(owner_id=excuse.pk).count() == 2
    text = client.get(address).content.decode()
    assert "0.pdf" in text
    take_back = reverse("enrolments:excuse_withdraw", args=[excuse.pk])
    assert take_back in text
    assert client.post(take_back).status_code == 302
    assert not StoredFile.objects.exists()
    assert client.post(take_back, follow=True).status_code == 200  # twice is said, not broken


@pytest.mark.parametrize(
    "change",
    [
        {"reason": ""},
        {"reason": "party"},
        {"first_day": ""},
        {"first_day": "2026-13-41"},
        {"last_day": "9999-12-31"},
        {"last_day": "2026-03-09"},
        {"note": "x" * 501},
        {"note": "\x00"},
        {"file": SimpleUploadedFile("a.exe", b"MZ")},
        {"file": SimpleUploadedFile("a.pdf", b"")},
        {"what": "code", "code": ""},
        {"what": "code", "code": "\x00"},
        {"what": "code", "code": "1" * 21},
        {"what": "code", "code": "000000"},
    ],
)
def test_what_is_wrong_is_said(learner, change: dict[str, Any]) -> None:
    client, _participation, address = learner
    answer = client.post(address, reason(**change))
    assert answer.status_code == 400
    assert "error-summary" in answer.content.decode()
    assert not Excuse.objects.exists()
    assert not OwnMark.objects.exists()


def test_the_code_from_the_screen_to_the_mark(scene: Scene, learner) -> None:
    client, participation, address = learner
    session = f.session(scene.group, 1)
    staff = browser(scene.staff)
    shown = reverse("enrolments:provider_code", args=[session.pk])
    assert "can be shown while" in staff.post(shown, follow=True).content.decode()
    begin = now() - timedelta(minutes=5)
    Session.objects.filter(pk=session.pk).update(
        starts_at=begin, ends_at=begin + timedelta(hours=3)
    )
    assert staff.post(shown).status_code == 302
    code = own_marks.code_on(session, now())
    assert code is not None
    digits = own_marks.digits_of(code)
    assert f"{digits[:3]} {digits[3:]}" in staff.get(shown).content.decode()
    assert client.post(address, {"what": "code", "code": digits}).status_code == 302
    assert OwnMark.objects.get().participation == participation
    assert "1 person has confirmed" in staff.get(shown).content.decode()
    for _ in range(9):
        client.post(address, {"what": "code", "code": "1"})
    assert client.post(address, {"what": "code", "code": digits}).status_code == 429


def test_papers_on_the_page_are_for_who_decides(scene: Scene, learner) -> None:
    _client, participation, _address = learner
    excuse = told(participation)
    address = reverse("enrolments:provider_excuse", args=[excuse.pk])
    staff = browser(scene.staff)
    colleague = browser(f.MembershipFactory(organisation=scene.world.provider.organisation).user)
    for client in (staff, colleague):
        text = client.get(address).content.decode()
        assert "a.pdf" in text
        assert "Gripa" in text
    assert staff.post(address, {}).status_code == 400
    assert staff.post(address, {"decision": "refuse", "note": " "}).status_code == 400
    assert staff.post(address, {"decision": "accept"}).status_code == 302
    assert staff.post(address, {"decision": "accept"}).status_code == 409
    assert "a.pdf" in staff.get(address).content.decode()
    text = colleague.get(address).content.decode()
    for words in ("a.pdf", "Gripa", "Health"):
        assert words not in text
    group = colleague.get(
        reverse("enrolments:provider_group_attendance", args=[scene.group.pk])
    ).content.decode()
    assert address in group
    assert "Health" not in group


@pytest.mark.parametrize("month", ["", "x", "2026-13-01", "2026-03-02", "9999-12-01", "2020-01-01"])
def test_months_that_cannot_be_closed(scene: Scene, learner, month: str) -> None:
    address = reverse("enrolments:provider_close_month", args=[scene.group.pk])
    answer = browser(scene.staff).post(address, {"month": month}, follow=True)
    assert answer.status_code == 200
    assert not MonthClosing.objects.exists()


def test_a_closed_month_changes_with_a_reason(scene: Scene, learner) -> None:
    _client, participation, _address = learner
    scene.attend(participation, True, True, True, True)
    staff = browser(scene.staff)
    page = reverse("enrolments:provider_group_attendance", args=[scene.group.pk])
    assert 'value="2026-03-01"' in staff.get(page).content.decode()
    close = reverse("enrolments:provider_close_month", args=[scene.group.pk])
    assert staff.post(close, {"month": "2026-03-01"}).status_code == 302
    assert 'value="2026-03-01"' not in staff.get(page).content.decode()
    sheet = reverse("enrolments:provider_attendance", args=[f.session(scene.group, 1).pk])
    assert "This month is closed" in staff.get(sheet).content.decode()
    mark = {
        f"mark-{participation.pk}": "absent",
        f"version-{participation.pk}": "1",
        f"was-{participation.pk}": "present",
    }
    assert "Write why you change" in staff.post(sheet, mark, follow=True).content.decode()
    assert Attendance.objects.filter(presence="absent").count() == 0
    assert staff.post(sheet, {**mark, "reason": "Slimoja"}).status_code == 302
    assert AttendanceChange.objects.get().reason == "Slimoja"
    # The phone's queue cannot slip past the reason.
    marks = f'[{{"participation": "{participation.pk}", "presence": "present", "version": 2}}]'
    (row,) = staff.post(f"{sheet}atzimes/", {"marks": marks}).json()["rows"]
    assert row["status"] == "refused"


def test_the_list_as_a_file(scene: Scene, learner) -> None:
    _client, participation, _address = learner
    scene.attend(participation, False)
    address = reverse("enrolments:provider_group_attendance", args=[scene.group.pk])
    staff = browser(scene.staff)
    text = b"".join(staff.get(address, {"export": "csv"})).decode()
    assert f"{participation.account.person.full_name},Learning,16,4,0,-1" in text, text
    book = load_workbook(BytesIO(b"".join(staff.get(address, {"export": "xlsx"}))))
    assert [cell.value for cell in book.active[2]][2:] == [16, 4, 0, -1]
    assert staff.get(address, {"export": "exe"}).status_code == 200


def test_the_pages_cost_the_same_for_one_and_for_many(
    scene: Scene, django_assert_max_num_queries
) -> None:
    people = [scene.admitted() for _ in range(6)]
    learning.start_group(group_id=scene.group.pk, actor=SYSTEM, at=STARTED)
    for person in people:
        scene.attend(person, True, True, True, False)
        told(person)
    months.close_month(group_id=scene.group.pk, month=MARCH, actor=scene.staff, at=ENDED)
    staff = browser(scene.staff)
    for name, key in (
        ("provider_group_attendance", scene.group.pk),
        ("provider_attendance", f.session(scene.group, 1).pk),
    ):
        address = reverse(f"enrolments:{name}", args=[key])
        staff.get(address)
        with django_assert_max_num_queries(26):
            assert staff.get(address).status_code == 200
