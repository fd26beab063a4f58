"""Copies of the project side by side find ports of their own."""

import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from stars.devstack import ports
from stars.devstack.errors import DevstackError


@pytest.fixture
def taken() -> Iterator[int]:
    with closing(socket.socket()) as server:
        server.bind((ports.HOST, 0))
        server.listen()
        yield server.getsockname()[1]


def test_two_runs_that_start_together_get_different_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ports.DEFAULTS:
        monkeypatch.delenv(name, raising=False)
    first, second = ports.reserve(), ports.reserve()
    try:
        assert set(first.numbers.values()).isdisjoint(second.numbers.values())
    finally:
        first.release()
        second.release()


def test_a_port_asked_for_and_taken_is_told(monkeypatch: pytest.MonkeyPatch, taken: int) -> None:
    monkeypatch.setenv("STARS_WEB_PORT", str(taken))
    with pytest.raises(DevstackError, match=f"Port {taken} is taken"):
        ports.reserve()


def test_a_port_that_is_no_number_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STARS_WEB_PORT", "eight thousand")
    with pytest.raises(DevstackError, match="STARS_WEB_PORT"):
        ports.reserve()


def test_open_ports_are_seen(taken: int) -> None:
    assert ports.is_open(taken)
