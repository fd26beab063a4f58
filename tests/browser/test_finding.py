"""Finding on a phone and by keyboard: comparing, showing more, the sheet of filters."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Page, expect

from catalogue.models import Programme
from stars.common.dates import now
from stars.content.services.loading import load
from tests.browser.conftest import Visitor
from tests.web.scene import Scene
from tests.web.scene import scene as make_scene

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# Text spacing of WCAG 1.4.12.
SPACED = """* { line-height: 1.5 !important; letter-spacing: .12em !important;
    word-spacing: .16em !important; } p { margin-bottom: 2em !important; }"""


@pytest.fixture
def many() -> Scene:
    """Twenty-five programmes."""
    cache.clear()
    scene = make_scene()
    for number in range(25):
        scene.group(scene.offer(title_lv=f"Kurss {number:02}", title_en=f"Course {number:02}"))
    return scene


def focused(page: Page) -> str:
    """The text of what has the focus."""
    return str(page.evaluate("document.activeElement.textContent.trim()"))


def test_comparing_stays_in_the_list(visit: Callable[..., Visitor], many: Scene) -> None:
    visitor = visit("finding-compare")
    page = visitor.page
    visitor.open("/macibas/?sort=title")
    bar = page.locator("[data-compare-bar]")
    expect(bar).to_be_hidden()
    buttons = page.locator("a[data-compare]")
    for number in range(4):
        buttons.nth(number).click()
        expect(bar).to_contain_text(str(number + 1))
    expect(buttons.nth(3)).to_have_attribute("aria-pressed", "true")
    buttons.nth(4).click()
    expect(bar).to_contain_text(re.compile("[Čč]etr|Four"))
    expect(buttons.nth(4)).to_have_attribute("aria-pressed", "false")
    buttons.nth(0).focus()
    page.keyboard.press("Space")
    expect(bar).to_contain_text("3")
    assert page.url.endswith("/macibas/?sort=title")
    visitor.look("chosen")
    bar.locator("a").click()
    page.wait_for_url(re.compile("salidzinat"))
    assert len(re.findall("[?&]p=", page.url)) == 3
    visitor.look("compared")
    page.locator(".back-link").click()
    page.wait_for_url("**/macibas/?sort=title")
    expect(bar).to_contain_text("3")


def test_showing_more_by_keyboard(visit: Callable[..., Visitor], many: Scene) -> None:
    visitor = visit("finding-more", width=1280)
    page = visitor.page
    visitor.open("/macibas/?sort=title")
    page.locator("#more a").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#cards > *")).to_have_count(25)
    assert focused(page) == "Kurss 20"
    assert page.url.endswith("/macibas/?sort=title&upto=2")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/macibas/[^?]"))
    page.go_back()
    expect(page.locator("#cards > *")).to_have_count(25)
    assert not visitor.problems, visitor.problems


def test_the_sheet_of_filters_gives_the_focus_back(
    visit: Callable[..., Visitor], many: Scene
) -> None:
    visitor = visit("finding-sheet")
    page = visitor.page
    visitor.open("/macibas/")
    page.locator("#open-filters").click()
    expect(page.locator(".filters")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".filters")).to_be_hidden()
    expect(page.locator("#open-filters")).to_be_focused()
    # Nothing empty stands in the address after a tick.
    page.locator("#open-filters").click()
    page.locator(".filters input[type=checkbox]").first.check()
    page.wait_for_url(re.compile(r"\?.*="))
    assert not re.search(r"=(&|$)", page.url), page.url
    # A chip is taken away by keyboard: the focus is at the results.
    page.keyboard.press("Escape")
    page.locator(".list-head .chip").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("#results$"))
    expect(page.locator("#results")).to_be_focused()


def test_suggestions_leave_the_button_free(visit: Callable[..., Visitor], many: Scene) -> None:
    visitor = visit("finding-suggest")
    page = visitor.page
    visitor.open("/")
    page.locator("#search-q").press_sequentially("kurss")
    listed = page.locator("[role=listbox]")
    expect(listed).to_be_visible()
    box, button = listed.bounding_box(), page.locator("form.search button").bounding_box()
    assert box is not None and button is not None
    assert button["y"] >= box["y"] + box["height"]


def test_narrow_and_spaced(visit: Callable[..., Visitor], many: Scene) -> None:
    load(at=now())
    learner = many.learner(money=False)
    reader = Client()
    reader.force_login(learner.person.user)
    slug = Programme.objects.order_by("slug").first().slug  # type: ignore[union-attr]
    reader.post("/konts/saglabatas/maina/", {"save": slug})
    reader.post("/konts/meklejumi/", {"q": "elektroenerģētika", "mode": "remote"})
    visitor = visit("finding-narrow", width=320)
    page = visitor.page
    session = {"name": settings.SESSION_COOKIE_NAME, "url": visitor.portal}
    session["value"] = reader.cookies[settings.SESSION_COOKIE_NAME].value
    visitor.context.add_cookies([session])  # type: ignore[list-item]
    for address in (
        *("/kontakti/", "/macibas/?q=nekas", "/macibas/salidzinat/", "/"),
        *("/konts/saglabatas/", f"/macibas/{slug}/", "/konts/ieteikumi/"),
    ):
        visitor.open(address)
        page.evaluate(
            """text => { const sheet = new CSSStyleSheet(); sheet.replaceSync(text);
                document.adoptedStyleSheets = [sheet]; }""",
            SPACED,
        )
        wider = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wider <= 0, f"{address} scrolls sideways by {wider} px"
