"""The sign-in page in a browser: by keyboard, without scripts, and clean for axe."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.sandbox.support import CALLBACK, Portal

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def callback() -> Iterator[str]:
    """A site to be led back to, so that the policy on form targets is tried for real."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<title>back</title>")

        def log_message(self, format: str, *args: object) -> None:
            """Keep the test output quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield CALLBACK.replace(":8000", f":{server.server_port}")
    server.shutdown()
    thread.join()
    server.server_close()


def show(chromium: Browser, url: str, width: int = 390, scheme: str = "light") -> Page:
    context = chromium.new_context(
        viewport={"width": width, "height": 844},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    page.goto(url)
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_pages_are_accessible(chromium: Browser, portal: Portal, width: int, scheme: str) -> None:
    page = show(chromium, portal.authorize().url, width, scheme)
    assert page.title() == "Izvēlies, kā vārdā pieslēgties"
    assert Axe().run(page).violations_count == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Pievienot un pieslēgties").click()
    assert page.title().startswith("Kļūda: ")
    expect(page.locator(".summary")).to_be_focused()
    assert Axe().run(page).violations_count == 0
    for path in ("/", "/authenticator", "/authorize", "/end-session"):
        page.goto(f"{portal.issuer}{path}")
        assert Axe().run(page).violations_count == 0, path
    page.context.close()


def test_sign_in_by_keyboard_without_scripts(
    chromium: Browser, portal: Portal, callback: str
) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="lv")
    page = context.new_page()
    page.goto(portal.authorize(redirect_uri=callback).url)
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Pāriet uz saturu"
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.locator(":focus").inner_text() == "Marta Ozola":
            break
    page.keyboard.press("Enter")
    page.wait_for_url(f"{callback}?code=*&state={portal.state}")
    context.close()


def test_person_is_added_in_english(chromium: Browser, portal: Portal, callback: str) -> None:
    page = show(chromium, portal.authorize(redirect_uri=callback).url)
    page.get_by_role("link", name="English").click()
    page.get_by_label("Given name").fill("Ieva")
    page.get_by_label("Family name").fill("Paraudziņa")
    page.get_by_label("Date of birth").fill("30.02.2000")
    page.get_by_role("button", name="Add and sign in").click()
    page.get_by_role("link", name="Date of birth: There is no such date").click()
    page.get_by_label("Date of birth").fill("28.02.2000")
    page.get_by_role("button", name="Add and sign in").click()
    page.wait_for_url(f"{callback}?code=*")
    page.context.close()
