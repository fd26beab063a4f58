"""A browser that walks between the portal and the real sandbox."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from bs4 import BeautifulSoup
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.sandbox.conftest import sandbox, start_sandbox
from tests.sandbox.support import Running

__all__ = ["sandbox", "start_sandbox"]

AFTER = "/accounts/logout/"


class Browser:
    """One person at a computer. `client` is the portal's side with its cookies."""

    def __init__(self) -> None:
        self.client = Client(HTTP_HOST="localhost:8000")
        # The tests read the English words: the Latvian ones are data that may be mended.
        self.client.cookies["django_language"] = "en"

    def begin(self, after: str = AFTER, query: str = "") -> str:
        """Press the button; returns where the portal leads: the provider's address."""
        response = self.client.post(
            reverse("openid_connect_login", args=["latvija"]) + query, {"next": after}
        )
        assert response.status_code == 302, response.content.decode()
        return str(response["Location"])

    def choose(self, address: str, **fields: str) -> str:
        """Fill in the provider's page; returns the address it leads back to."""
        page = requests.get(address, timeout=10)
        form = BeautifulSoup(page.text, "html.parser").form
        assert form is not None, page.text
        url = urlsplit(address)._replace(path="", query="").geturl() + str(form["action"])
        answer = requests.post(url, fields, allow_redirects=False, timeout=10)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def come_back(self, address: str) -> HttpResponse:
        """Follow the way back to the portal."""
        url = urlsplit(address)
        assert url.netloc == "localhost:8000"
        return self.client.get(f"{url.path}?{url.query}")

    def sign_in(self, resident: str, after: str = AFTER) -> HttpResponse:
        """The whole way."""
        return self.come_back(self.choose(self.begin(after), resident=resident))


def at_provider(settings: Any, address: str) -> None:
    """Make `address` the identity provider."""
    providers = copy.deepcopy(settings.SOCIALACCOUNT_PROVIDERS)
    providers["openid_connect"]["APPS"][0]["settings"]["server_url"] = address
    settings.SOCIALACCOUNT_PROVIDERS = providers


@pytest.fixture
def browser(db: None, settings: Any, sandbox: Running) -> Browser:
    at_provider(settings, sandbox.issuer)
    return Browser()


@pytest.fixture
def new_browser(browser: Browser) -> Callable[[], Browser]:
    """Another computer."""
    return Browser
