"""Asking a server as fast as it answers, over connections that stay open.

Sockets by hand: a library's client would cost more than the empty view that it asks for.
"""

from __future__ import annotations

import re
import socket
from itertools import count
from threading import Barrier, Thread
from time import perf_counter

HOST = "127.0.0.1"
NAME = "bench.invalid"  # the name under which the site answers
CONNECTIONS = 2  # so that the next request waits already while one is answered
TIMEOUT = 120  # many readers of a large search wait for each other
NUMBERS = count(1)
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class BadAnswer(Exception):
    """Something else than 200 with a length came back."""


class Asker:
    """One open connection."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection((HOST, port), TIMEOUT)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def get(self, path: str) -> bytes:
        """The body at `path`. Raises `BadAnswer`."""
        self._socket.sendall(_request(path))
        return self._answer(path)

    def _answer(self, path: str) -> bytes:
        got = b""
        while b"\r\n\r\n" not in got:
            got += self._more(path)
        head, _mark, body = got.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if not head.startswith(b"HTTP/1.1 200") or length is None:
            raise BadAnswer(f"{path}: {head.splitlines()[0].decode()}")
        parts, missing = [body], int(length.group(1)) - len(body)
        while missing > 0:
            parts.append(self._more(path))
            missing -= len(parts[-1])
        return b"".join(parts)

    def _more(self, path: str) -> bytes:
        data = self._socket.recv(262_144)
        if not data:
            raise BadAnswer(f"{path}: the server hung up")
        return data

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


def _request(path: str) -> bytes:
    # What the proxy in front of production says: the visitor came by https.
    lines = [f"GET {path} HTTP/1.1", f"Host: {NAME}", "X-Forwarded-Proto: https", "", ""]
    return "\r\n".join(lines).encode()


def rate(port: int, path: str, seconds: float) -> float:
    """Answers per second at `path`, asked over `CONNECTIONS` connections for so many seconds."""
    times = waiting(port, path, seconds, CONNECTIONS)
    return sum(len(each) / sum(each) for each in times)


def waiting(port: int, path: str, seconds: float, connections: int) -> list[list[float]]:
    """How long each answer took (seconds), for each of so many readers asking at the same time.

    `{n}` in the path becomes another number each time, so that no answer is an earlier one.
    """
    start = Barrier(connections)
    times: list[list[float]] = []
    errors: list[BaseException] = []

    def ask() -> None:
        try:
            asker = Asker(port)
            try:
                asker.get(path.format(n=next(NUMBERS)))
                start.wait(TIMEOUT)
                took: list[float] = []
                end = (last := perf_counter()) + seconds
                while last < end:
                    asker.get(path.format(n=next(NUMBERS)))
                    took.append((now := perf_counter()) - last)
                    last = now
                times.append(took)
            finally:
                asker.close()
        except BaseException as error:
            start.abort()
            errors.append(error)

    threads = [Thread(target=ask) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return times
