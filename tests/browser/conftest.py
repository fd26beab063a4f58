"""A real Chromium, the portal on the test database, and the sandbox in its own process."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as django_settings
from playwright.sync_api import Browser, BrowserContext, Page

from tests.sandbox.conftest import sandbox, start_sandbox
from tests.sandbox.support import Running

__all__ = ["sandbox", "start_sandbox"]

PICTURES = Path(django_settings.BASE_DIR) / "screenshots"


@pytest.fixture
def portal(live_server: Any, settings: Any, sandbox: Running) -> str:
    """The portal's address; its identity provider is the sandbox."""
    providers = copy.deepcopy(settings.SOCIALACCOUNT_PROVIDERS)
    providers["openid_connect"]["APPS"][0]["settings"]["server_url"] = sandbox.issuer
    settings.SOCIALACCOUNT_PROVIDERS = providers
    policy = copy.deepcopy(settings.CONTENT_SECURITY_POLICY)
    policy["DIRECTIVES"]["form-action"] = ["'self'", sandbox.issuer]
    settings.CONTENT_SECURITY_POLICY = policy
    return str(live_server.url)


@dataclass
class Visitor:
    """Somebody with a browser of their own."""

    context: BrowserContext
    page: Page
    portal: str
    name: str
    problems: list[str] = field(default_factory=list)
    _number: int = 0

    def open(self, path: str) -> None:
        """Go to a page of the portal."""
        answer = self.page.goto(self.portal + path)
        assert answer is not None
        assert answer.status < 400, f"{path}: {answer.status}"

    def look(self, what: str) -> None:
        """Check the page with axe in both themes, for sideways scrolling, and take a picture."""
        self._number += 1
        PICTURES.mkdir(exist_ok=True)
        for theme in ("light", "dark"):
            self.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            found = Axe().run(self.page)
            assert found.violations_count == 0, f"{what}, {theme}: {found.generate_report()}"
            file = PICTURES / f"{self.name}-{self._number:02}-{what}-{theme}.png"
            self.page.screenshot(path=file, full_page=True)
        self.page.emulate_media(color_scheme="light")
        wider = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wider <= 0, f"{what} scrolls sideways by {wider} px"
        assert not self.problems, self.problems

    def until(self, holds: str) -> None:
        """Wait until a JavaScript expression is true, at most 20 s.

        Playwright's own waiting asks by `eval`, which the portal's pages forbid.
        """
        self.page.evaluate(
            f"""() => new Promise((done, fail) => {{
                const end = Date.now() + 20000;
                const look = () => ({holds}) ? done() : Date.now() > end
                    ? fail(new Error("never true")) : requestAnimationFrame(look);
                look();
            }})"""
        )

    def send(self, selector: str = "main form button[type=submit]") -> None:
        """Press a button that leads to another page, and wait for it."""
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()


@pytest.fixture
def visit(chromium: Browser, portal: str) -> Iterator[Callable[..., Visitor]]:
    """`visit(name, width=390, language="lv")` gives a new visitor."""
    contexts: list[BrowserContext] = []

    def new(name: str, *, width: int = 390, language: str = "lv") -> Visitor:
        context = chromium.new_context(
            viewport={"width": width, "height": 844 if width < 768 else 900},
            locale="en-GB",  # most browsers in Latvia say English; the portal must not listen
            timezone_id="Europe/Riga",
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        visitor = Visitor(context, page, portal, f"{name}-{width}-{language}")
        page.on(
            "response",
            lambda answer: (
                visitor.problems.append(f"{answer.status} {answer.url}")
                if answer.status >= 500
                else None
            ),
        )
        page.on("pageerror", lambda error: visitor.problems.append(str(error)))
        page.on(
            "console",
            lambda message: (
                visitor.problems.append(message.text)
                if "Content Security Policy" in message.text
                else None
            ),
        )
        if language == "en":
            context.add_cookies([{"name": "django_language", "value": "en", "url": portal}])
        return visitor

    yield new
    for context in contexts:
        context.close()


@pytest.fixture
def authenticator(sandbox: Running) -> Callable[[str, str], None]:
    """Show the codes of a secret under a label on the sandbox's authenticator page."""
    file = sandbox.data_dir / "authenticator.json"

    def show(label: str, secret: str) -> None:
        known = json.loads(file.read_text()) if file.exists() else []
        others = [entry for entry in known if entry["label"] != label]
        file.write_text(json.dumps([*others, {"label": label, "secret": secret}]))

    return show
