"""Logs hold the path of a request and nothing of what stands behind the "?"."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from io import StringIO
from logging.config import DictConfigurator  # type: ignore[attr-defined]
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

ANSWERS = "/kads-atbalsts/?health=disability&q=mana+slim%C4%ABba"
SECRETS = ("disability", "slim")


@login_not_required
def broken(request: HttpRequest) -> HttpResponse:
    """As a page that fails."""
    raise ValueError("It broke.")


urlpatterns = [path("kads-atbalsts/", broken)]


def forms() -> list[str]:
    return sorted(settings.LOGGING["formatters"])


@pytest.fixture(params=["json", "line"])
def written(request: pytest.FixtureRequest) -> Iterator[StringIO]:
    """Everything that any logger writes, in the words of the portal's own forms."""
    assert forms() == ["json", "line"]
    into = StringIO()
    handler = logging.StreamHandler(into)
    form = settings.LOGGING["formatters"][request.param]
    handler.setFormatter(DictConfigurator({}).configure_formatter({**form}))
    root = logging.getLogger()
    root.addHandler(handler)
    yield into
    root.removeHandler(handler)


@override_settings(ROOT_URLCONF=__name__)
def test_a_failing_page_is_logged_without_its_query(db: None, written: StringIO) -> None:
    client = Client(raise_request_exception=False)
    assert client.get(ANSWERS).status_code == 500
    said = written.getvalue()
    assert "GET /kads-atbalsts/" in said
    assert "It broke." in said
    for secret in SECRETS:
        assert secret not in said


def test_so_is_a_refused_one(client: Client, db: None, written: StringIO) -> None:
    assert client.get(ANSWERS.replace("atbalsts/", "atbalsts/nav/")).status_code == 404
    said = written.getvalue()
    assert "/kads-atbalsts/nav/" in said
    for secret in SECRETS:
        assert secret not in said


def test_the_server_for_development_writes_no_query_either() -> None:
    log = logging.getLogger("django.server")
    into = StringIO()
    handler = logging.StreamHandler(into)
    log.addHandler(handler)
    log.info('"%s" %s %s', f"GET {ANSWERS} HTTP/1.1", "200", "512")
    log.removeHandler(handler)
    assert into.getvalue() == '"GET /kads-atbalsts/ HTTP/1.1" 200 512\n'


def test_nobody_gets_addresses_by_mail() -> None:
    def handlers(name: str) -> list[Any]:
        return [type(each).__name__ for each in logging.getLogger(name).handlers]

    assert "AdminEmailHandler" not in handlers("django") + handlers("django.request")
