"""Databases that exist for one measurement and are dropped after it.

Made as the tables' owner on the server of the settings; used as the application's role.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import DatabaseError, connections
from psycopg import sql

ALIASES = ("default", "owner")


class NoScratch(Exception):
    """The owner's role may not create databases here; the text is for the reader."""


class Scratch:
    """Databases named after this process, all of them dropped at the end of the `with` block."""

    def __init__(self) -> None:
        self._own = {alias: connections[alias].settings_dict["NAME"] for alias in ALIASES}
        self._made: list[str] = []

    def __enter__(self) -> Scratch:
        return self

    def __exit__(self, *error: object) -> None:
        self._sign_in_to(self._own)
        for name in reversed(self._made.copy()):
            self.drop(name)
        connections["owner"].close()

    def migrated(self, name: str) -> str:
        """An empty database with every table; returns its full name."""
        full = self._create(name, "template0")
        with self.within(full):
            call_command("migrate", verbosity=0, interactive=False)
        return full

    def copy(self, name: str, of: str) -> str:
        """A database with the same content, made by copying files; returns its full name."""
        return self._create(name, of)

    def drop(self, full: str) -> None:
        """Remove one of ours before the end."""
        # Without FORCE: the server sends autovacuum away by itself, the owner's role may not.
        self._as_owner(sql.SQL("DROP DATABASE {}"), full)
        self._made.remove(full)

    @contextmanager
    def within(self, full: str) -> Iterator[None]:
        """Django's connections lead to the database `full`."""
        self._sign_in_to(dict.fromkeys(ALIASES, full))
        try:
            yield
        finally:
            self._sign_in_to(self._own)

    def settle(self, full: str) -> None:
        """Vacuum and gather statistics, as a server does on its own after a while."""
        with self.within(full), connections["owner"].cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE)")

    def _create(self, name: str, template: str) -> str:
        full = f"stars_bench_{os.getpid()}_{name}"
        # Copied files are on disk before we go on: each copy starts with the same clean cache.
        how = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        try:
            self._as_owner(how, full, template)
        except DatabaseError as error:
            raise NoScratch(f"No scratch database on this server: {error}") from error
        self._made.append(full)
        return full

    def _as_owner(self, statement: sql.SQL, *names: str) -> None:
        with connections["owner"].cursor() as cursor:
            cursor.execute(statement.format(*(sql.Identifier(name) for name in names)))

    def _sign_in_to(self, names: dict[str, str]) -> None:
        for alias, name in names.items():
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = name
