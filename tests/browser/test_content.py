"""What is published, in a browser: both themes and widths, terms in place, the editor at work."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.urls import reverse
from playwright.sync_api import expect

from stars.common.dates import now
from stars.content.models import News, Page
from stars.content.services.loading import load
from tests.browser.conftest import Visitor
from tests.browser.test_agency import let_in
from tests.cast import cast, enter
from tests.content.conftest import make_news

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [390, 1280])
def test_reading(visit: Callable[..., Visitor], width: int) -> None:
    cache.clear()
    load(at=now())
    make_news(body_lv="<h2>Kas jauns</h2><p>Par līdzmaksājumu.</p>")
    visitor = visit("content", width=width)
    for what, address in {
        "home": "/",
        "help": "/palidziba/",
        "howto": "/palidziba/ka-pieteikties/",
        "statement": "/palidziba/pieklustamiba/",
        "glossary": "/vardnica/",
        "contacts": "/kontakti/",
        "calls": "/atlases/",
        "news": "/jaunumi/",
        "article": "/jaunumi/zina/",
    }.items():
        visitor.open(address)
        visitor.look(what)


def test_terms_are_explained_in_place(visit: Callable[..., Visitor]) -> None:
    load(at=now())
    visitor = visit("terms", width=390)
    visitor.open("/palidziba/ka-pieteikties/")
    button = visitor.page.get_by_role("button", name="līdzmaksājums")
    box = visitor.page.locator(".menu-panel:popover-open")
    button.focus()
    visitor.page.keyboard.press("Enter")
    expect(box).to_contain_text("Daļa no cenas")
    expect(button).to_have_attribute("aria-expanded", "true")
    visitor.look("open")
    inside = box.bounding_box()
    assert inside is not None
    assert inside["x"] >= 0
    assert inside["x"] + inside["width"] <= 390
    visitor.page.keyboard.press("Escape")
    expect(box).to_have_count(0)
    expect(button).to_be_focused()
    button.click()
    visitor.page.get_by_role("link", name="Open the glossary").or_(box.locator("a")).first.click()
    visitor.page.wait_for_url("**/vardnica/#lidzmaksajums")


def test_terms_without_javascript_are_links(
    visit: Callable[..., Visitor], chromium: object
) -> None:
    load(at=now())
    visitor = visit("noscript")
    visitor.page.route("**/*.js", lambda route: route.abort())
    visitor.open("/palidziba/ka-pieteikties/")
    visitor.page.locator("a.term", has_text="līdzmaksājums").click()
    visitor.page.wait_for_url("**/vardnica/#lidzmaksajums")


def test_an_editor_writes(visit: Callable[..., Visitor]) -> None:
    """The editor works under the admin's policy, by keyboard, and what it makes is kept."""
    visitor = visit("editor", width=1280)
    let_in(visitor, enter(cast(), "administrator"))
    visitor.open(reverse("admin:content_news_add"))
    page = visitor.page
    for name, text in {
        "slug": "no-redaktora",
        "title_lv": "Jauna ziņa",
        "title_en": "A new item",
        "lead_lv": "Ievads.",
        "lead_en": "Lead.",
    }.items():
        page.fill(f"[name={name}]", text)
    area = page.locator(".ProseMirror[contenteditable]").first
    expect(area).to_have_attribute("aria-labelledby", "id_body_lv-label")
    area.click()
    page.keyboard.press("Control+b")
    page.keyboard.type("Trekni")
    page.keyboard.press("Control+b")
    page.keyboard.type(" un parasti")
    visitor.look("writing")
    with page.expect_navigation():
        page.locator("[name=_save]").first.click()
    news = News.objects.get(slug="no-redaktora")
    assert news.body_lv == "<p><strong>Trekni</strong> un parasti</p>"
    visitor.open(reverse("admin:content_news_change", args=[news.pk]))
    visitor.look("change")


def test_the_page_of_steps_in_the_admin(visit: Callable[..., Visitor]) -> None:
    load(at=now())
    visitor = visit("steps", width=1280)
    let_in(visitor, enter(cast(), "administrator"))
    howto = Page.objects.get(slug="ka-pieteikties")
    visitor.open(reverse("admin:content_page_change", args=[howto.pk]))
    expect(visitor.page.locator(".prose-editor")).to_have_count(2)
    visitor.look("page")
