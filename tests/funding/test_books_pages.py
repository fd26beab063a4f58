"""The books as the agency sees them: budgets, files to take away, months that are closed."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from funding.enums import Origin
from funding.models import Budget, PeriodClose
from funding.selectors_lists import Asked, List, rows_of
from funding.services import books, budgets
from funding.services.reconcile import reconcile
from stars.audit.models import AuditEntry
from stars.common.dates import add_months, now, today
from stars.common.errors import Invalid, NotAllowed
from tests import factories as f
from tests.funding import build
from tests.funding.build import riga
from tests.signin import as_staff

pytestmark = pytest.mark.django_db
D = Decimal
JUNE = date(2025, 6, 1)
BUDGETS = "admin:funding_budget_changelist"
EXPORT = "admin:funding_budget_export"


def staff(role: str) -> Any:
    user = f.MembershipFactory(**{role: True}).user
    user.is_staff = True
    user.save(update_fields=["is_staff"])
    return user


def browser(role: str = "finance_officer") -> Client:
    client = Client(headers={"accept-language": "en"})
    as_staff(client, staff(role))
    client.cookies["django_language"] = "en"
    return client


def soup(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


@pytest.fixture
def w() -> build.World:
    world = build.world()
    Budget.objects.create(source=world.source, origin=Origin.EU, amount=D("400.00"))
    Budget.objects.create(source=world.source, origin=Origin.STATE, amount=D("100.00"))
    account = build.person(world)
    build.run(world, 1)
    build.hold(account, build.offer(world, "450.00"), riga(2025, 6, 20), support="450.00")
    return world


class TestBudgets:
    def test_bars_with_the_table_behind_them(self, w: build.World) -> None:
        budgets.warn(at=now())
        page = soup(browser("auditor").get(reverse(BUDGETS)))
        pictures = page.select("svg[role=img]")
        assert len(pictures) == 3  # the source, and each origin
        assert "450" in pictures[0]["aria-label"]
        # Nine tenths of 600 are held: the bar says what the figures say.
        held = pictures[0].select("rect")[3]
        assert held["width"] == "540.0"
        text = page.get_text(" ", strip=True)
        assert "At least 80% is used." in text
        assert "At the present pace" in text
        cells = [td.get_text(strip=True).replace("\xa0", " ") for td in page.select("section td")]
        assert "360.00 €" in cells
        assert "90.00 €" in cells

    def test_a_picture_needs_no_style(self, w: build.World) -> None:
        page = soup(browser().get(reverse(BUDGETS)))
        assert not [
            tag for tag in page.select("svg[role=img], svg[role=img] *") if tag.get("style")
        ]

    def test_as_many_queries_for_many_sources(self, w: build.World) -> None:
        client = browser()
        client.get(reverse(BUDGETS))

        def cost() -> int:
            with CaptureQueriesContext(connection) as seen:
                client.get(reverse(BUDGETS))
            return len(seen)

        before = cost()
        for _each in range(4):
            other = build.world()
            Budget.objects.create(source=other.source, origin=Origin.EU, amount=D("400.00"))
        assert cost() == before

    def test_double_funding_has_a_page(self, w: build.World) -> None:
        response = browser().get(reverse("admin:funding_budget_double"))
        assert response.status_code == 200


class TestFiles:
    def ask(self, client: Client, **more: Any) -> Any:
        asked = {"what": "journal", "first": "2025-06", "last": "2025-06", "kind": "csv", **more}
        return client.post(reverse(EXPORT), asked)

    def rows(self, response: Any) -> list[list[str]]:
        text = b"".join(response.streaming_content).decode("utf-8-sig")
        return list(csv.reader(io.StringIO(text)))

    @pytest.mark.parametrize("what", List.values)
    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    def test_every_list_in_both_forms(self, w: build.World, what: str, kind: str) -> None:
        response = self.ask(browser(), what=what, kind=kind)
        assert response.status_code == 200
        assert f'.{kind}"' in response["Content-Disposition"]
        if kind == "xlsx":
            body = io.BytesIO(b"".join(response.streaming_content))
            rows = list(load_workbook(body, read_only=True).active.values)
        else:
            rows = self.rows(response)
        assert len({len(row) for row in rows}) == 1
        if what == "journal":
            assert len(rows) == 3
        if what == "budgets":
            assert [str(row[1]) for row in rows[1:]] == ["European Union", "State", "All"]

    def test_the_journal_of_another_month_is_empty(self, w: build.World) -> None:
        assert len(self.rows(self.ask(browser(), first="2025-07", last="2025-08"))) == 1

    def test_who_took_it_is_written_down(self, w: build.World) -> None:
        self.ask(browser(), last="2025-08")
        entry = AuditEntry.objects.get(object_type="funding.list")
        assert entry.action == "export_journal:2025-06:2025-08"
        assert entry.actor_id is not None

    def test_nobody_else_and_nothing_is_written(self, w: build.World) -> None:
        stranger = w.people[0].person.user if w.people else build.person(w).person.user
        with pytest.raises(NotAllowed):
            books.export(what="journal", first=JUNE, last=JUNE, actor=stranger, at=now())
        assert not AuditEntry.objects.filter(object_type="funding.list").exists()

    @pytest.mark.parametrize(
        "bad",
        [
            {"first": "2025-13"},
            {"first": "", "last": ""},
            {"first": "2025-07", "last": "2025-06"},
            {"first": "0001-01"},
            {"last": "9999-12"},
            {"what": "people"},
            {"kind": "exe"},
            {"first": "2025-06-31"},
        ],
    )
    def test_bad_answers_are_told(self, w: build.World, bad: dict[str, str]) -> None:
        response = self.ask(browser(), **bad)
        assert response.status_code == 200
        assert "Content-Disposition" not in response
        assert not AuditEntry.objects.filter(object_type="funding.list").exists()

    def test_an_unknown_list(self, w: build.World) -> None:
        with pytest.raises(Invalid):
            books.export(what="x", first=JUNE, last=JUNE, actor=staff("auditor"), at=now())

    def test_one_query_however_long(self, w: build.World) -> None:
        def cost() -> int:
            _heads, rows = rows_of("journal", Asked(JUNE, date(2026, 6, 30), now()))
            with CaptureQueriesContext(connection) as seen:
                assert len(list(rows)) >= 2
            return len(seen)

        before = cost()
        for _each in range(5):
            account = build.person(w)
            build.run(w, 1)
            build.hold(account, build.offer(w, "100.00"), riga(2025, 6, 21), support="100.00")
        assert cost() == before

    def test_no_list_names_anybody(self, w: build.World) -> None:
        for what in List.values:
            heads, rows = rows_of(what, Asked(JUNE, today(), now()))
            text = str((heads, list(rows)))
            assert "Pārbaude" not in text
            assert "a@b.example" not in text


class TestMonths:
    CLOSE = "admin:funding_periodclose_close"

    def test_a_month_is_closed(self, w: build.World) -> None:
        last = add_months(today().replace(day=1), -1)
        reconcile(at=now())
        client = browser()
        assert f"{last:%Y-%m}" in client.get(reverse(self.CLOSE)).content.decode()
        client.post(reverse(self.CLOSE), {"month": f"{last:%Y-%m}"})
        assert PeriodClose.objects.get().month == last
        # What is offered next is the month that runs.
        assert f"{today():%Y-%m}" in client.get(reverse(self.CLOSE)).content.decode()
        assert client.get(reverse("admin:funding_periodclose_changelist")).status_code == 200

    def test_without_a_proof_it_says_why(self, w: build.World) -> None:
        last = add_months(today().replace(day=1), -1)
        response = browser().post(reverse(self.CLOSE), {"month": f"{last:%Y-%m}"})
        assert "Prove the ledger first" in response.content.decode()
        assert not PeriodClose.objects.exists()

    @pytest.mark.parametrize("bad", ["", "x", "2999-01", "9999-12", "0001-01"])
    def test_bad_months(self, w: build.World, bad: str) -> None:
        reconcile(at=now())
        response = browser().post(reverse(self.CLOSE), {"month": bad})
        assert response.status_code in (200, 302)
