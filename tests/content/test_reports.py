"""Saying what is not accessible: anybody may, nobody has to say who they are."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from accounts.models import User
from stars.audit.models import AuditEntry
from stars.common.dates import now
from stars.common.errors import Conflict, NotAllowed
from stars.content.models import AccessibilityReport
from stars.content.services import reports
from stars.content.tasks import forget_unconfirmed
from tests import factories as f
from tests.signin import as_staff

pytestmark = pytest.mark.django_db
FORM = "/palidziba/pieklustamiba/zinot/"


def sent(**more: str) -> AccessibilityReport:
    fields = {"text": "Poga nav nospiežama", "page": "", "name": "", "email": "", "language": "lv"}
    report: AccessibilityReport = reports.send(**{**fields, **more}, at=now())
    return report


def test_a_report_without_a_name(client: Client) -> None:
    soup = BeautifulSoup(client.get(FORM, {"page": "/macibas/"}).content, "html.parser")
    form = soup.select_one('main form[method="post"]')
    assert form is not None
    assert form.select_one("#id_page")["value"] == "/macibas/"  # type: ignore[index]
    assert not form.get("hx-post"), "an ordinary form"
    answer = client.post(FORM, {"text": " Poga <b>nav</b> nospiežama ", "page": "/macibas/"})
    assert answer.status_code == 200
    assert "atbildēt" in answer.content.decode() or "cannot answer" in answer.content.decode()
    report = AccessibilityReport.objects.get()
    assert (report.text, report.page) == ("Poga <b>nav</b> nospiežama", "/macibas/")
    assert (report.name, report.email) == ("", "")


def test_whoever_wants_an_answer_gets_told_when(client: Client) -> None:
    client.cookies["django_language"] = "en"
    answer = client.post(FORM, {"text": "Nothing", "name": "Līga", "email": "liga@example.org"})
    assert "15 working days" in answer.content.decode()
    assert "liga@example.org" not in answer.content.decode()
    report = AccessibilityReport.objects.get()
    assert (report.name, report.email, report.language) == ("Līga", "liga@example.org", "en")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("text", ""), ("text", "  "), ("text", "a" * 4001), ("text", "a\x00b")),
        *(("page", "a" * 501), ("email", "nav adrese"), ("name", "a" * 121)),
    ],
)
def test_what_cannot_be_is_said_in_the_form(client: Client, field: str, value: str) -> None:
    answer = client.post(FORM, {"text": "Poga", field: value})
    assert answer.status_code == 200
    assert set(answer.context["form"].errors) == {field}
    assert not AccessibilityReport.objects.exists()


@pytest.mark.parametrize("page", ["https://evil.example/", "javascript:1", "%00", "a" * 5000])
def test_an_address_from_elsewhere_is_not_written_into_the_form(client: Client, page: str) -> None:
    answer = client.get(FORM, {"page": page})
    assert answer.status_code == 200
    assert answer.context["form"]["page"].value() == ""


def test_often_is_refused(client: Client) -> None:
    for _ in range(reports.MOST_PER_HOUR):
        assert client.post(FORM, {"text": "Poga"}).status_code == 200
    assert client.post(FORM, {"text": "Poga"}).status_code == 429
    assert AccessibilityReport.objects.count() == reports.MOST_PER_HOUR


def test_the_agency_answers_once(client: Client, editor: User) -> None:
    report = sent(email="liga@example.org")
    as_staff(client, editor)
    shown = client.get(reverse("admin:content_accessibilityreport_change", args=[report.pk]))
    assert "liga@example.org" in shown.content.decode()
    listed = client.get(reverse("admin:content_accessibilityreport_changelist")).content.decode()
    assert "liga@example.org" not in listed
    where = reverse("admin:content_accessibilityreport_settle", args=[report.pk])
    assert client.post(where, {"note": ""}).status_code == 200
    assert client.post(where, {"note": "Salabots"}).status_code == 302
    report.refresh_from_db()
    assert (report.note, report.settled_at is None) == ("Salabots", False)
    assert AuditEntry.objects.filter(action="accessibility_report_settled").count() == 1
    with pytest.raises(Conflict):
        reports.settle(report_id=report.pk, note="Vēlreiz", actor=editor, at=now())
    with pytest.raises(NotAllowed):
        reports.settle(report_id=sent().pk, note="x", actor=f.UserFactory(), at=now())


def test_names_go_a_month_after_the_answer_and_reports_after_a_year(editor: User) -> None:
    report, waiting, old = sent(name="Līga", email="l@example.org"), sent(name="Jānis"), sent()
    reports.settle(report_id=report.pk, note="Salabots", actor=editor, at=now())
    AccessibilityReport.objects.filter(pk=report.pk).update(settled_at=now() - timedelta(days=31))
    AccessibilityReport.objects.filter(pk=old.pk).update(sent_at=now() - timedelta(days=366))
    forget_unconfirmed()
    report.refresh_from_db()
    waiting.refresh_from_db()
    assert (report.name, report.email, report.text) == ("", "", "Poga nav nospiežama")
    assert waiting.name == "Jānis"
    assert not AccessibilityReport.objects.filter(pk=old.pk).exists()
