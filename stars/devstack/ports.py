"""Free ports for one ``./dev run``, so that several copies of the project work side by side."""

import os
import socket
from contextlib import closing
from dataclasses import dataclass, field

from stars.devstack.errors import DevstackError

HOST = "127.0.0.1"
DEFAULTS = {"STARS_WEB_PORT": 8000, "STARS_SANDBOX_PORT": 8001}
STEP = 10
TRIES = 100


@dataclass
class Ports:
    """Ports kept for this process by variable name, until it ends or :meth:`release` is called."""

    numbers: dict[str, int]
    _claims: list[socket.socket] = field(default_factory=list)

    def release(self) -> None:
        for claim in self._claims:
            claim.close()
        self._claims.clear()


def reserve() -> Ports:
    """Keep a port for each server: what the environment says, else the first free set.

    The sets are 8000 and 8001, 8010 and 8011, and so on. Raises DevstackError when a port asked
    for by name is taken.
    """
    asked = {name: _number(name) for name in DEFAULTS if os.environ.get(name)}
    for number in asked.values():
        if (claim := _claim(number)) is None:
            raise DevstackError(
                f"Port {number} is taken. Choose another, or none: ./dev finds one."
            )
        claim.close()
    for turn in range(TRIES):
        numbers = {name: asked.get(name, first + turn * STEP) for name, first in DEFAULTS.items()}
        claims = [_claim(number) for number in numbers.values()]
        kept = [claim for claim in claims if claim is not None]
        if len(kept) == len(numbers):
            return Ports(numbers, kept)
        for claim in kept:
            claim.close()
    raise DevstackError("No free ports found: set STARS_WEB_PORT and STARS_SANDBOX_PORT.")


def _number(variable: str) -> int:
    text = os.environ[variable]
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise DevstackError(f"{variable} is {text!r}; a port is a number from 1 to 65535.")
    return int(text)


def is_open(number: int) -> bool:
    """Whether something answers on the port."""
    with closing(socket.socket()) as client:
        client.settimeout(0.2)
        return client.connect_ex((HOST, number)) == 0


def _claim(number: int) -> socket.socket | None:
    """Keep a port for us, or None when it is used or kept by another ``./dev run``.

    The keeping is a unix socket in the kernel's own name space: unlike a file it is gone with
    the process, and unlike a bound port the server can still bind the port itself.
    """
    claim = socket.socket(socket.AF_UNIX)
    try:
        claim.bind(f"\0stars-port-{number}")
        with closing(socket.socket()) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind((HOST, number))
    except OSError:
        claim.close()
        return None
    return claim
