"""Finding what fits: questions about support, saved programmes, suggestions, waiting searches."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from enrolments.services.affinity import write_affinity
from learning_accounts.models import LearningAccount
from stars.common.dates import today
from stars.demo.offer.loader import load
from tests import factories as f
from tests.browser.conftest import Visitor
from tests.signin import as_resident

pytestmark = pytest.mark.django_db(transaction=True)
SIZES = pytest.mark.parametrize(("language", "width"), [("lv", 390), ("en", 1280)])


@SIZES
def test_which_support_fits(visit: Callable[..., Visitor], language: str, width: int) -> None:
    load(today=today())
    visitor = visit("support", width=width, language=language)
    page = visitor.page
    visitor.open("/kads-atbalsts/")
    for number in range(1, 7):
        visitor.look(f"question-{number}")
        # The keyboard alone is enough: the first answer, but for "younger than 18".
        answers = page.locator("main .option input")
        if answers.first.get_attribute("type") == "radio":
            answers.nth(1 if answers.count() == 2 else 0).check()
        visitor.send()
        if page.locator("main dl.facts").count():
            break
    assert page.locator("main dl.facts > div").count() <= 6
    visitor.look("result")
    page.go_back()
    assert page.locator("main .option").count()
    page.go_forward()
    # Whoever gets the address sees the same, without JavaScript too.
    other = page.context.browser.new_context(java_script_enabled=False)  # type: ignore[union-attr]
    plain = other.new_page()
    plain.goto(page.url)
    assert (
        plain.locator("main dl.facts > div").count() == page.locator("main dl.facts > div").count()
    )
    other.close()
    visitor.send("main .card a.button")
    visitor.look("fitting-training")
    assert page.locator(".programme-card").count()


@SIZES
def test_saved_and_suggested(visit: Callable[..., Visitor], language: str, width: int) -> None:
    """From a visitor's press on "Save" through signing in to the list and its suggestions."""
    load(today=today())
    write_affinity()
    account = f.LearningAccountFactory(wish="mākslīgais intelekts")
    visitor = visit("saved", width=width, language=language)
    page = visitor.page
    visitor.open("/macibas/?q=grāmatvedība")
    with page.expect_navigation():
        page.locator("a.save").first.click()
    assert "/accounts/login/" in page.url
    back = parse_qs(urlsplit(page.url).query)["next"][0]
    sign_in(visitor, account)
    visitor.open(back)
    # What was asked before signing in is done with one press, and leads back to the list.
    visitor.look("asked")
    visitor.send("main form button[type=submit]")
    page.locator("main button.save.is-on").first.wait_for()
    visitor.look("programme-saved")
    visitor.open("/konts/saglabatas/")
    assert page.locator(".programme-card").count() == 1
    # Nothing is found: the page offers to tell when something appears.
    visitor.open("/macibas/?q=dzelzsbetons&mode=remote")
    visitor.look("nothing-found")
    visitor.send(f"main form[action='{reverse('web:alert')}'] button")
    visitor.open("/konts/saglabatas/")
    assert "dzelzsbetons" in page.locator("main .things").inner_text()
    visitor.look("saved")
    visitor.open("/konts/")
    visitor.look("account-for-you")
    visitor.open("/konts/ieteikumi/")
    assert page.locator(".programme-card").count() > 3
    visitor.look("for-you")
    visitor.send("main .card-quiet button")
    assert not page.locator(".programme-card").count()
    visitor.look("switched-off")
    visitor.open("/konts/saglabatas/")
    page.locator("main .programme-card button.save").first.click()
    page.locator("main .programme-card button.save:not(.is-on)").first.wait_for()
    visitor.send("main .things form button")
    visitor.look("saved-empty")


def sign_in(visitor: Visitor, account: LearningAccount) -> None:
    """As somebody who has just come back from Latvija.lv; that way has a test of its own."""
    client = Client()
    as_resident(client, account.person)
    name = settings.SESSION_COOKIE_NAME
    value = client.cookies[name].value
    visitor.context.add_cookies([{"name": name, "value": value, "url": visitor.portal}])
