"""What was measured on: a number without its machine says nothing."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import django
from django.db import connection

SETTINGS = (
    "shared_buffers",
    "work_mem",
    "max_wal_size",
    "synchronous_commit",
    "fsync",
    "jit",
    "random_page_cost",
)


def describe() -> list[str]:
    """Lines about processor, memory, versions and the database server's settings."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version')")
        (server,) = cursor.fetchone()
        values = {}
        for name in SETTINGS:
            cursor.execute("SELECT current_setting(%s)", [name])
            (values[name],) = cursor.fetchone()
    settings = ", ".join(f"{name} {value}" for name, value in values.items())
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return [
        f"{_processor()}, {os.cpu_count()} cores, {_memory_gb():.0f} GB of memory",
        f"load of the machine when it began (1, 5, 15 minutes): {load}",
        f"PostgreSQL {server}: {settings}",
        f"Python {platform.python_version()}, Django {django.get_version()},"
        f" {platform.system()} {platform.release().split('-')[0]}",
    ]


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _memory_gb() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
