"""The two roles of one database, and the cache (docs/adr/0003)."""

import os
from typing import Any

import dj_database_url


def databases(app_url: str, owner_url: str | None, *, persistent: bool) -> dict[str, Any]:
    """`default` signs in as stars_app, `owner` (migrations only) as stars_owner."""
    # One query, one core: a page must not take the cores of all other readers. Triggers of
    # django-pgtrigger ask whether they are to be left out; where nothing is set that is an error
    # caught in a subtransaction for every row, and 40 000 of them take two minutes.
    options = {
        "options": "-c lock_timeout=5000 -c timezone=Europe/Riga"
        " -c max_parallel_workers_per_gather=0 -c pgtrigger.ignore={}"
    }
    age = 60 if persistent else 0
    aliases = {"default": dj_database_url.parse(app_url, conn_max_age=age)}
    if owner_url:
        aliases["owner"] = dj_database_url.parse(owner_url, conn_max_age=0)
    for alias in aliases.values():
        alias.setdefault("OPTIONS", {}).update(options)
        alias["CONN_HEALTH_CHECKS"] = persistent
    return aliases


def redis_urls(redis_url: str, first: int = 0) -> tuple[str, str]:
    """Broker and cache address from one Redis/Valkey address (socket or TCP): two of its numbered
    databases, `first` and the next."""
    if redis_url.startswith("unix://"):
        path = redis_url.removeprefix("unix://").partition("?")[0]
        return f"redis+socket://{path}?virtual_host={first}", f"unix://{path}?db={first + 1}"
    base = redis_url.rstrip("/")
    if base.count("/") > 2:
        base = base.rsplit("/", 1)[0]
    return f"{base}/{first}", f"{base}/{first + 1}"


def environment() -> tuple[str | None, str | None, str | None]:
    """Addresses of existing servers, where the environment names them."""
    return tuple(os.environ.get(k) for k in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"))  # type: ignore[return-value]
