"""What the application's database role may do, derived from the models after each migration.

`stars_owner` owns the tables; `stars_app` gets SELECT and INSERT everywhere, UPDATE and DELETE
only where the model does not say `GRANTS = "append"` (ledger, logs, decisions). TRUNCATE is never
granted. `GRANTS_UPDATE_COLUMNS` gives single columns back, such as the one row locking needs.
"""

from __future__ import annotations

from typing import Any

import pghistory.models
from django.apps import apps
from django.db import connections

APP_ROLE = "stars_app"
READ_ONLY_TABLES = ("django_migrations",)


def table_grants() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Table name → (privileges, columns with UPDATE)."""
    wanted: dict[str, tuple[str, tuple[str, ...]]] = {}
    for model in apps.get_models(include_auto_created=True):
        meta = model._meta
        if not meta.managed or meta.proxy:
            continue
        # Field history is written by triggers and never changed (PGHISTORY_APPEND_ONLY too).
        history = issubclass(model, pghistory.models.Event)
        if history or getattr(model, "GRANTS", "full") == "append":
            columns = getattr(model, "GRANTS_UPDATE_COLUMNS", ())
            wanted[meta.db_table] = ("SELECT, INSERT", columns)
        else:
            wanted[meta.db_table] = ("SELECT, INSERT, UPDATE, DELETE", ())
    for table in READ_ONLY_TABLES:
        wanted[table] = ("SELECT", ())
    return wanted


def apply_grants(*, using: str, app_config: Any = None, plan: Any = None, **kwargs: Any) -> None:
    """Set the grants of every table that exists. Idempotent; runs as the owner."""
    # The signal comes once for each app; once is enough.
    if app_config is not None and app_config.label != "common":
        return
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user = %s", [APP_ROLE])
        if cursor.fetchone()[0]:
            return
        existing = set(connection.introspection.table_names(cursor))
        for table, (privileges, columns) in table_grants().items():
            if table not in existing:
                continue
            name = connection.ops.quote_name(table)
            cursor.execute(f"REVOKE ALL ON {name} FROM {APP_ROLE}")
            cursor.execute(f"GRANT {privileges} ON {name} TO {APP_ROLE}")
            for column in columns:
                quoted = connection.ops.quote_name(column)
                cursor.execute(f"GRANT UPDATE ({quoted}) ON {name} TO {APP_ROLE}")
        cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APP_ROLE}")
