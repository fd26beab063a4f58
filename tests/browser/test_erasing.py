"""Erasing one's data in a browser: what stands in the way, what follows, and being nobody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from enrolments.enums import ApplicationState
from enrolments.models import Application
from learning_accounts.models import LearningAccount
from stars.common.dates import now, riga_date
from tests.browser.conftest import Visitor
from tests.browser.test_agency import let_in
from tests.signin import as_resident
from tests.web.scene import scene

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def account() -> LearningAccount:
    """Somebody with 500 € and an application that nobody has answered yet."""
    cache.clear()
    made = scene()
    mine = made.learner()
    offer = made.offer("100.00", supported=False)
    Application.objects.create(
        account=mine,
        offer=offer,
        group=made.group(offer),
        state=ApplicationState.SUBMITTED,
        submitted_at=now(),
        decide_by=riga_date(now()) + timedelta(days=5),
    )
    return mine


@pytest.mark.parametrize(("width", "language"), [(390, "lv"), (1280, "en")])
def test_erase_my_data(
    visit: Callable[..., Visitor], account: LearningAccount, width: int, language: str
) -> None:
    visitor = visit("erase", width=width, language=language)
    page = visitor.page
    client = Client()
    as_resident(client, account.person)
    let_in(visitor, client)
    visitor.open(reverse("web:data"))
    page.locator(f'a[href="{reverse("web:erasing")}"]').click()
    visitor.look("what-stands-in-the-way")
    assert page.locator(".button-danger").count() == 0
    Application.objects.get().move("withdraw", by=None, at=now())
    visitor.open(reverse("web:erasing"))
    assert "500" in page.locator(".ruled-list").inner_text()
    visitor.look("what-follows")
    visitor.send(".button-danger")  # without the tick nothing happens
    assert page.locator("h1").inner_text()
    account.person.refresh_from_db()
    assert account.person.given_name
    page.locator("input[type=checkbox]").check()
    visitor.send(".button-danger")
    account.person.refresh_from_db()
    assert account.person.given_name == ""
    assert page.url.endswith(reverse("web:home"))
    visitor.look("nobody")
