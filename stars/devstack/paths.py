"""Where everything of one checkout lies. Only arithmetic on paths: nothing is created here."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

DATABASE = "stars"
OWNER_ROLE = "stars_owner"
APP_ROLE = "stars_app"
SUPERUSER = "postgres"
PORT = 5432  # only a part of the socket's name; written out because PGPORT could say otherwise
PROJECT_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Layout:
    """The paths of one checkout's private servers.

    Data lie in ``.dev/`` of the checkout. Sockets lie in a folder of the system's temporary
    folder named by a hash of the checkout, because the address of a unix socket may have only
    107 bytes and a checkout may lie deeper than that.
    """

    root: Path

    @property
    def state(self) -> Path:
        """Everything this package keeps, data included; ``./dev reset`` removes it."""
        return self.root / ".dev"

    @property
    def postgres_data(self) -> Path:
        return self.state / "postgres"

    @property
    def valkey_data(self) -> Path:
        return self.state / "valkey"

    @property
    def logs(self) -> Path:
        return self.state / "log"

    @property
    def start_lock(self) -> Path:
        """Held exclusively while somebody starts or stops the servers."""
        return self.state / "start.lock"

    @property
    def users_lock(self) -> Path:
        """Held shared by every process that uses the servers: the reference count."""
        return self.state / "users.lock"

    @property
    def run_lock(self) -> Path:
        """Held exclusively by the one ``./dev run`` of this checkout."""
        return self.state / "run.lock"

    @property
    def sockets(self) -> Path:
        digest = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:12]
        return Path(_temporary_folder()) / f"stars-{os.geteuid()}-{digest}"

    @property
    def postgres_socket(self) -> Path:
        return self.sockets / f".s.PGSQL.{PORT}"

    @property
    def valkey_socket(self) -> Path:
        return self.sockets / "valkey.sock"

    def postgres_url(self, role: str, database: str = DATABASE) -> str:
        """Address of the private PostgreSQL for one role, as ``dj_database_url`` reads it."""
        return f"postgres://{role}@{quote(str(self.sockets), safe='')}:{PORT}/{database}"

    def valkey_url(self, number: int = 0) -> str:
        """Address of the private Valkey's database ``number``, as redis-py reads it."""
        return f"unix://{self.valkey_socket}?db={number}"


def _temporary_folder() -> str:
    # Not TMPDIR: two processes of one checkout with different TMPDIR have to meet.
    return "/tmp" if os.path.isdir("/tmp") else tempfile.gettempdir()


def layout(root: Path | None = None) -> Layout:
    """The layout of the checkout at ``root`` (by default the one this file belongs to)."""
    return Layout((root or PROJECT_ROOT).resolve())


def urls(root: Path | None = None) -> dict[str, str]:
    """DATABASE_URL (role stars_app), DATABASE_OWNER_URL (role stars_owner) and REDIS_URL.

    A variable of the environment wins; what is not set is the address of the private server,
    whether or not that runs. Nothing is started or created.
    """
    place = layout(root)
    private = {
        "DATABASE_URL": place.postgres_url(APP_ROLE),
        "DATABASE_OWNER_URL": place.postgres_url(OWNER_ROLE),
        "REDIS_URL": place.valkey_url(),
    }
    return {name: os.environ.get(name) or address for name, address in private.items()}
