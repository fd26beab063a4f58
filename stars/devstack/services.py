"""PostgreSQL and Valkey for whoever needs them: the first to come starts, the last to go stops.

Every user of the servers holds a shared kernel lock (flock) on one file. The kernel lets go of
it however a process ends, so the count is right after a SIGKILL too: whoever leaves next and
finds nobody else stops the servers.

Variables of the environment (DATABASE_URL with DATABASE_OWNER_URL, REDIS_URL) name existing
servers instead; these are looked at, never started or stopped.
"""

import atexit
import contextlib
import fcntl
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from stars.devstack import launch, paths, postgres, valkey
from stars.devstack.errors import DevstackError

Say = Callable[[str], None]


def _silent(_line: str) -> None:
    pass


@dataclass
class _Hold:
    """This process's share in the servers of one checkout."""

    place: paths.Layout
    descriptor: int
    count: int = 0
    pid: int = field(default_factory=os.getpid)


_holds: dict[Path, _Hold] = {}


def up(root: Path | None = None, say: Say = _silent) -> dict[str, str]:
    """Make the servers of the checkout run and keep them until :func:`down`.

    Returns the same addresses as :func:`stars.devstack.urls`. May be called again and by any
    number of processes at once. Raises DevstackError with a plain sentence.
    """
    place = paths.layout(root)
    wanted = _private_servers()
    if wanted:
        hold = _holds.get(place.root)
        if hold is None or hold.pid != os.getpid():
            hold = _Hold(place, _open_state(place))
        with _starting(place):
            fcntl.flock(hold.descriptor, fcntl.LOCK_SH)
            try:
                _ensure(place, wanted, say)
            except BaseException:
                if hold.count == 0:
                    os.close(hold.descriptor)
                raise
        hold.count += 1
        _holds[place.root] = hold
    return paths.urls(root)


def down(root: Path | None = None) -> None:
    """Leave the servers; they stop when nobody else uses them."""
    place = paths.layout(root)
    hold = _holds.get(place.root)
    if hold is None or hold.pid != os.getpid():
        return
    hold.count -= 1
    if hold.count > 0:
        return
    del _holds[place.root]
    os.close(hold.descriptor)
    stop_unused(place.root)


def stop_unused(root: Path | None = None) -> bool:
    """Stop the servers when nobody uses them; says whether they are stopped now."""
    place = paths.layout(root)
    descriptor = _open_state(place)
    with _starting(place):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            os.close(descriptor)
        _stop(place)
    return True


@contextlib.contextmanager
def running(root: Path | None = None, say: Say = _silent) -> Iterator[dict[str, str]]:
    """The servers for the length of a ``with`` block."""
    addresses = up(root, say)
    try:
        yield addresses
    finally:
        down(root)


@atexit.register
def _leave_everything() -> None:
    for root, hold in list(_holds.items()):
        hold.count = 1
        down(root)


def _private_servers() -> set[str]:
    wanted = set()
    if not os.environ.get("DATABASE_URL"):
        wanted.add("postgres")
    if not os.environ.get("REDIS_URL"):
        wanted.add("valkey")
    return wanted


def _ensure(place: paths.Layout, wanted: set[str], say: Say) -> None:
    _open_sockets(place)
    if "postgres" in wanted:
        postgres.ensure(place, say)
    if "valkey" in wanted:
        valkey.ensure(place)


def _stop(place: paths.Layout) -> None:
    valkey.stop(place)
    postgres.stop(place)
    for leftover in (place.valkey_socket, place.postgres_socket):
        leftover.unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # something of the user's own may lie in it
        place.sockets.rmdir()


def _open_state(place: paths.Layout) -> int:
    """Create ``.dev`` and open the file whose lock counts the users."""
    if place.state.exists() and place.state.stat().st_uid != os.geteuid():
        raise DevstackError(
            f"{place.state} belongs to uid {place.state.stat().st_uid}, you are uid"
            f" {os.geteuid()}: run as that user, or remove the folder."
        )
    place.logs.mkdir(parents=True, exist_ok=True)
    return os.open(place.users_lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


@contextlib.contextmanager
def _starting(place: paths.Layout) -> Iterator[None]:
    descriptor = os.open(place.start_lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _open_sockets(place: paths.Layout) -> None:
    """Create the folder of the sockets; refuse one that somebody else prepared for us."""
    place.sockets.mkdir(mode=0o700, exist_ok=True)
    found = place.sockets.lstat()
    owners = {os.geteuid()} | ({launch.NOBODY} if os.geteuid() == 0 else set())
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in owners or found.st_mode & 0o077:
        raise DevstackError(
            f"{place.sockets} is not a private folder of yours: remove it, then start again."
        )
