"""Keeping one's money in a browser: from the notice to the new day, and the statement as a file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from funding.models import Grant
from stars.common.dates import now, riga_date, start_of_day
from tests.browser.conftest import Visitor
from tests.browser.test_agency import let_in
from tests.funding import build
from tests.pdf_reader import read
from tests.signin import as_resident
from tests.web.scene import Scene, scene

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LEFT = Decimal("312.50")


@pytest.fixture
def world() -> Scene:
    """Somebody whose 312.50 of 500 € end in six days; the rest is held for an application."""
    cache.clear()
    made = scene()
    account = made.learner()
    build.hold(account, made.offer("187.50"), now(), support="187.50")
    grant = Grant.objects.get()
    grant.ends_at = start_of_day(riga_date(now()) + timedelta(days=7))
    grant.save(update_fields=["ends_at"])
    return made


def enter(visitor: Visitor) -> None:
    client = Client()
    as_resident(client, Grant.objects.get().account.person)
    let_in(visitor, client)
    visitor.open(reverse("web:account"))


@pytest.mark.parametrize(("width", "language"), [(390, "lv"), (1280, "en"), (1280, "lv")])
def test_keep_my_money(
    visit: Callable[..., Visitor], world: Scene, width: int, language: str
) -> None:
    visitor = visit("keep", width=width, language=language)
    page = visitor.page
    enter(visitor)
    grant = Grant.objects.get()
    before = grant.ends_at
    left = "312,50" if language == "lv" else "312.50"
    notice = page.locator(".notice-wait").first
    assert left in notice.inner_text()
    assert left in page.locator(".money-card").inner_text()
    visitor.look("account")

    # By keyboard: the link of the notice, then the button of the page that asks once more.
    link = notice.locator("a")
    assert link.get_attribute("href") == reverse("web:accumulate", args=[grant.pk])
    link.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert left in page.locator("h1").inner_text()
    visitor.look("keep")
    grant.refresh_from_db()
    assert grant.state == "active"
    page.locator("main form button[type=submit]").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    grant.refresh_from_db()
    assert grant.state == "accumulated"
    assert grant.ends_at > before
    assert page.locator("main .notice-wait").count() == 0
    assert page.locator(f"a[href='{reverse('web:accumulate', args=[grant.pk])}']").count() == 0
    visitor.look("kept")


def test_statement_of_some_days(visit: Callable[..., Visitor], world: Scene) -> None:
    visitor = visit("statement", width=390)
    page = visitor.page
    enter(visitor)
    with page.expect_navigation():
        page.locator(f"a[href='{reverse('web:movements')}']").click()
    today = riga_date(now()).isoformat()
    page.locator("input[name=first]").fill(today)
    page.locator("input[name=last]").fill(today)
    visitor.send("main form button[type=submit]")
    assert "312,50" in page.locator("dl.sums").inner_text()
    visitor.look("statement")
    with page.expect_download() as coming:
        page.locator("button[formaction]").click()
    made = read(coming.value.path().read_bytes())
    assert made.language == "lv"
    assert "312,50" in made.text
    # The wrong way round: the page says so at the field.
    page.locator("input[name=last]").fill("2020-01-01")
    visitor.send("main form button[type=submit]")
    assert page.locator(".error-summary").is_visible()
    visitor.look("statement-error")


def test_keep_my_money_without_javascript(visit: Callable[..., Visitor], world: Scene) -> None:
    visitor = visit("plain", width=390)
    enter(visitor)
    plain = visitor.context.browser.new_context(  # type: ignore[union-attr]
        java_script_enabled=False, storage_state=visitor.context.storage_state()
    )
    page = plain.new_page()
    page.goto(visitor.portal + reverse("web:account"))
    page.locator(".notice-wait a").first.click()
    page.locator("main form button[type=submit]").click()
    assert page.url.endswith(reverse("web:account"))
    assert Grant.objects.get().state == "accumulated"
    plain.close()
