"""The migrations say what the models say."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from stars.common.grants import APP_ROLE, table_grants


@pytest.mark.django_db
def test_no_migration_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        call_command("makemigrations", check=True, dry_run=True, interactive=False)
    except SystemExit:
        pytest.fail(f"Run `./dev manage makemigrations`:\n{capsys.readouterr().out}")


def test_one_line_of_migrations_in_each_app() -> None:
    conflicts = MigrationLoader(None, ignore_no_migrations=True).detect_conflicts()
    assert not conflicts


@pytest.mark.django_db
def test_the_role_may_do_what_the_models_say() -> None:
    """What apply_grants set after the migrations, read back from the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, array_agg(p.privilege_type::text) FROM pg_class c"
            " CROSS JOIN LATERAL aclexplode(c.relacl) p JOIN pg_roles r ON r.oid = p.grantee"
            " WHERE r.rolname = %s AND c.relkind = 'r' GROUP BY c.relname",
            [APP_ROLE],
        )
        real = {table: set(privileges) for table, privileges in cursor.fetchall()}
    wanted = {t: set(privileges.split(", ")) for t, (privileges, _) in table_grants().items()}
    assert {t: p for t, p in real.items() if t in wanted} == wanted
    assert not any("TRUNCATE" in privileges for privileges in real.values())
