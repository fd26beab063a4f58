"""Every list of the workspace as a file, filtered as the page is; looks are logged (PRO-7)."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import SavedFilter
from stars.audit.models import LookEntry
from tests.enrolments.scene import Scene
from tests.enrolments.test_views_provider import browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(scene: Scene) -> Client:
    return browser(scene.staff)


def table(client: Client, address: str) -> list[list[str]]:
    """The rows of a CSV file; the XLSX of the same list has as many."""
    joined = "&" if "?" in address else "?"
    answer = client.get(f"{address}{joined}file=csv")
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    rows = list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    book = load_workbook(io.BytesIO(b"".join(client.get(f"{address}{joined}file=xlsx")))).active
    assert book is not None
    assert book.max_row == len(rows)
    assert all(len(row) == len(rows[0]) for row in rows)
    return rows


def test_groups(scene: Scene, staff: Client) -> None:
    address = reverse("enrolments:provider_groups")
    rows = table(staff, address)
    assert scene.group.code in {row[0] for row in rows[1:]}
    assert table(staff, f"{address}?q=nothing-is-called-so")[1:] == []


def test_applications(scene: Scene, staff: Client) -> None:
    name = scene.applied().account.person.full_name
    address = reverse("enrolments:provider_applications")
    before = LookEntry.objects.count()
    assert [row[0] for row in table(staff, address)[1:]] == [name]
    assert LookEntry.objects.count() > before
    assert table(staff, f"{address}?q=Xyz")[1:] == []
    assert name in staff.get(f"{address}?q={name[:5]}").content.decode()
    assert name not in staff.get(f"{address}?q=Xyz").content.decode()


def test_people_and_attendance_of_a_group(scene: Scene, staff: Client) -> None:
    participation = scene.learning()
    address = reverse("enrolments:provider_group", args=[participation.group_id])
    name = participation.account.person.full_name
    assert [row[0] for row in table(staff, address)[1:]] == [name]
    marks = table(staff, f"{address}?list=attendance")
    assert marks[1][0] == name
    assert len(marks[0]) == 3 + participation.group.sessions.count()


def test_statements(scene: Scene, staff: Client) -> None:
    assert len(table(staff, reverse("enrolments:provider_statements"))) == 1


@pytest.mark.parametrize("page", ["groups", "applications", "statements"])
def test_filters_of_each_list_are_kept(scene: Scene, staff: Client, page: str) -> None:
    name = f"enrolments:provider_{page}"
    sent = {"list": name, "query": "q=a", "name": "Mani"}
    answer = staff.post(reverse("web:work_filter"), sent)
    assert answer["Location"] == f"{reverse(name)}?q=a"
    assert SavedFilter.objects.get().page == name
    assert staff.get(answer["Location"]).status_code == 200
