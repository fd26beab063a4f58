"""The production server on a scratch database: granian, DEBUG off, connections kept open."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_urlsafe
from time import monotonic
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from stars.demo.bench.client import HOST, NAME

# As in the Dockerfile, but one worker: the other core is for who asks.
GRANIAN = ("--interface", "wsgi", "--workers", "1", "--blocking-threads", "1")
READY_SECONDS = 60
STOP_SECONDS = 15


class NoServer(Exception):
    """The server did not start; the text is what it said."""


def environment(folder: Path) -> dict[str, str]:
    """Production's variables for the database that Django's connection leads to now."""
    to = connection.settings_dict
    user, password, host, name = (
        quote(str(to[key]), safe="") for key in ("USER", "PASSWORD", "HOST", "NAME")
    )
    address = f"postgres://{user}:{password}@{host}:{to['PORT'] or 5432}/{name}"
    return {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        "DJANGO_SETTINGS_MODULE": "stars.settings.bench",
        "DATABASE_URL": address,
        "REDIS_URL": settings.CACHES["default"]["LOCATION"],
        "SECRET_KEY": token_urlsafe(50),
        "PERSONAL_CODE_KEY": token_urlsafe(50),
        "PERSONAL_CODE_HASH_KEY": token_urlsafe(50),
        "ALLOWED_HOSTS": NAME,
        "STARS_SITE_URL": f"https://{NAME}",
        "OIDC_SERVER_URL": "https://login.invalid",
        "OIDC_CLIENT_ID": "unused",
        "OIDC_CLIENT_SECRET": "unused",
        "EMAIL_HOST": "mail.invalid",
        "STARS_BENCH_STATIC": str(folder / "static"),
        "STARS_MEDIA_ROOT": str(folder / "media"),
    }


def collect(variables: dict[str, str]) -> None:
    """Static files under the names that the pages link to, as the image has them. `NoServer`."""
    done = subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity=0"],
        cwd=settings.BASE_DIR,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NoServer(done.stdout + done.stderr)


@contextmanager
def serving(variables: dict[str, str], log: Path) -> Iterator[int]:
    """The port of a server that runs for the length of the block. Raises `NoServer`."""
    port = _free_port()
    command = [sys.executable, "-m", "granian", *GRANIAN, "--host", HOST, "--port", str(port)]
    with log.open("w") as out:
        process = subprocess.Popen(
            [*command, "stars.wsgi:application"],
            cwd=settings.BASE_DIR,
            env=variables,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait(process, port, log)
            yield port
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Until the port answers; waiting for the process's end is the pause between two tries."""
    until = monotonic() + READY_SECONDS
    while monotonic() < until:
        try:
            process.wait(0.1)
        except subprocess.TimeoutExpired:
            with socket.socket() as probe:
                if probe.connect_ex((HOST, port)) == 0:
                    return
        else:
            break
    raise NoServer(f"The server did not start:\n{log.read_text()[-2000:]}")
