"""The adapter of the enterprise register against the sandbox's, over HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
import requests

from accounts.registers import enterprise
from stars.common.dates import RIGA, today
from tests.sandbox.support import Running

AT = datetime(2026, 11, 22, 12, 0, tzinfo=RIGA)


def ask(number: str) -> enterprise.Answer:
    return enterprise.ask(registration_number=number, purpose="provider_registration", at=AT)


@pytest.fixture
def register(settings: Any, sandbox: Running) -> str:
    settings.ENTERPRISE_REGISTER_URL = f"{sandbox.issuer}/registers/enterprises"
    settings.ENTERPRISE_REGISTER_KEY = "development-only"
    return str(settings.ENTERPRISE_REGISTER_URL)


def test_an_enterprise(register: str) -> None:
    answer = ask("00000000011")
    assert answer.answered
    assert answer.enterprise is not None
    assert answer.enterprise.name == "SIA “Liepu mācību centrs”"
    assert answer.enterprise.status == enterprise.ACTIVE
    assert today().year - answer.enterprise.registered_on.year == 9
    assert not answer.enterprise.insolvency
    assert ask("00000000044").enterprise.tax_debt  # type: ignore[union-attr]
    assert ask("00000000055").enterprise.insolvency  # type: ignore[union-attr]


def test_nobody(register: str) -> None:
    assert ask("00000000000") == enterprise.Answer(AT, answered=True)
    assert ask("../health") == enterprise.Answer(AT, answered=True)


def test_a_register_that_is_down(register: str) -> None:
    assert ask("00000000099") == enterprise.Answer(AT, answered=False)


def test_a_wrong_key(register: str, settings: Any) -> None:
    settings.ENTERPRISE_REGISTER_KEY = "wrong"
    assert not ask("00000000011").answered


def test_the_register_wants_to_know_why(register: str) -> None:
    headers = {"Authorization": "Bearer development-only"}
    response = requests.get(f"{register}/00000000011", headers=headers, timeout=10)
    assert response.status_code == 400


@pytest.mark.parametrize("address", ["", "file:///etc/passwd", "http://127.0.0.1:1/x"])
def test_no_register(settings: Any, address: str) -> None:
    settings.ENTERPRISE_REGISTER_URL = address
    assert not ask("00000000011").answered


@pytest.fixture
def nonsense(settings: Any) -> Iterator[list[bytes]]:
    """A register that answers with whatever stands in the list."""
    said = [b""]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(said[0])

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.ENTERPRISE_REGISTER_URL = f"http://127.0.0.1:{server.server_port}"
    yield said
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b"null",
        b"{}",
        b"\xff\xfe",
        b'{"registration_number": "1", "name": "x", "status": "active", "registered_on": "soon",'
        b' "insolvency": false, "tax_debt": false}',
        b'{"registration_number": "1", "name": "x", "status": "active",'
        b' "registered_on": "2020-01-01", "insolvency": "no", "tax_debt": false}',
    ],
)
def test_nonsense_is_no_answer(nonsense: list[bytes], body: bytes) -> None:
    nonsense[0] = body
    assert not ask("00000000011").answered
