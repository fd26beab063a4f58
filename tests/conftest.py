"""The whole suite runs on real PostgreSQL as the application's role, and on real Valkey."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connections
from django.test import TransactionTestCase
from django.test.utils import setup_databases, teardown_databases
from django.utils.translation.reloader import translation_file_changed

from stars.devstack import messages, services
from tests.chromium import chromium

__all__ = ["chromium"]

# Kept between tests that commit: what migrations wrote.
KEPT_TABLES = {
    "catalogue_synonyms",
    "django_migrations",
    "django_content_type",
    "auth_permission",
    "auth_group",
}


def pytest_configure(config: pytest.Config) -> None:
    """Controller and workers share the servers; the last to leave stops them."""
    for written in messages.compile_stale():
        translation_file_changed(None, written)  # Django has read the old one already
    services.up()


@contextmanager
def as_owner() -> Iterator[None]:
    """The default connection signed in as the tables' owner, for creating and emptying them."""
    default, owner = connections["default"], connections["owner"]
    kept = {k: default.settings_dict[k] for k in ("USER", "PASSWORD")}
    default.close()
    default.settings_dict.update({k: owner.settings_dict[k] for k in kept})
    try:
        yield
    finally:
        default.close()
        default.settings_dict.update(kept)


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: pytest.FixtureRequest,
    django_db_modify_db_settings: None,
    django_db_keepdb: bool,
    django_db_createdb: bool,
) -> Iterator[None]:
    """Create and migrate the test database as stars_owner, then run everything as stars_app."""
    with django_db_blocker.unblock(), as_owner():  # type: ignore[attr-defined]
        config = setup_databases(
            verbosity=0,
            interactive=False,
            aliases={"default": False},
            keepdb=django_db_keepdb and not django_db_createdb,
        )
        leave_statistics_alone()
    connections["owner"].settings_dict["NAME"] = connections["default"].settings_dict["NAME"]
    yield
    if not django_db_keepdb:
        with django_db_blocker.unblock(), as_owner():  # type: ignore[attr-defined]
            connections["owner"].close()
            teardown_databases(config, verbosity=0)


def leave_statistics_alone() -> None:
    """Keep autovacuum off the test tables.

    It would note them as empty between two tests; the next one fills them in a transaction that
    it cannot see, and PostgreSQL would join thousands of rows as if there were none.
    """
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE "{table}" SET (autovacuum_enabled = false)')


def empty_tables(self: TransactionTestCase) -> None:
    """Empty what a committing test wrote; the application's role could not."""
    with as_owner(), connections["default"].cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [row[0] for row in cursor.fetchall() if row[0] not in KEPT_TABLES]
        guards = ("funding_transfer", "funding_posting", "funding_ledgeraccount")
        for table in guards:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER ledger_append_only")
        names = ", ".join(f'"{table}"' for table in tables)
        cursor.execute(f"TRUNCATE {names} RESTART IDENTITY")
        for table in guards:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER ledger_append_only")


TransactionTestCase._fixture_teardown = empty_tables  # type: ignore[method-assign]
