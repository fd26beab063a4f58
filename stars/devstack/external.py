"""A look at servers named by the environment, so that a wrong address is told in one sentence."""

import os
from urllib.parse import urlsplit

import psycopg
import redis

from stars.devstack.errors import DevstackError

OLDEST_POSTGRES = 17  # the collation pg_c_utf8, which sorts Latvian, is that young


def check() -> None:
    """Look at DATABASE_URL, DATABASE_OWNER_URL and REDIS_URL where they are set.

    Raises DevstackError naming the variable and what is missing. Passwords are not repeated.
    """
    application = os.environ.get("DATABASE_URL")
    owner = os.environ.get("DATABASE_OWNER_URL")
    if bool(application) != bool(owner):
        raise DevstackError(
            "DATABASE_URL (role stars_app) and DATABASE_OWNER_URL (role stars_owner) belong"
            " together: set both or neither."
        )
    if application and owner:
        roles = _role("DATABASE_URL", application), _role("DATABASE_OWNER_URL", owner)
        if roles[0] == roles[1]:
            raise DevstackError(
                f"DATABASE_URL and DATABASE_OWNER_URL both sign in as {roles[0]}: the ledger is"
                " protected by two different roles, stars_app and stars_owner."
            )
    broker = os.environ.get("REDIS_URL")
    if broker:
        _check_broker(broker)


def _role(variable: str, address: str) -> str:
    try:
        with psycopg.connect(address, connect_timeout=5) as connection:
            version = connection.info.server_version
            role = connection.info.user
    except psycopg.Error as error:
        raise DevstackError(
            f"{variable}: no connection to {_public(address)}: {str(error).strip()}\n"
            f"It has to name a PostgreSQL {OLDEST_POSTGRES} or later; without it ./dev starts a"
            " private one."
        ) from None
    refuse_old(variable, address, version)
    return role


def refuse_old(variable: str, address: str, version: int) -> None:
    """Raise DevstackError when libpq's version number (170002 is 17.2) is too old for STARS."""
    if version // 10000 < OLDEST_POSTGRES:
        raise DevstackError(
            f"{variable}: {_public(address)} is PostgreSQL {version // 10000}; STARS needs"
            f" PostgreSQL {OLDEST_POSTGRES} or later."
        )


def _check_broker(address: str) -> None:
    try:
        client = redis.Redis.from_url(address, socket_connect_timeout=5, socket_timeout=5)
        with client:
            client.ping()
    except (redis.RedisError, ValueError) as error:
        raise DevstackError(
            f"REDIS_URL: no Redis or Valkey answers at {_public(address)}: {error}\n"
            "Without the variable ./dev starts a private Valkey."
        ) from None


def _public(address: str) -> str:
    """The address without user and password."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
