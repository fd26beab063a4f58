"""What is in a database, so that two ways of doing the same thing can be held side by side."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection, connections
from psycopg import sql

Counts = dict[str, int]


class Different(Exception):
    """The two sides did not write the same: their times cannot be compared."""


def counts() -> Counts:
    """Rows of every table, read as the owner, who may look into all of them."""
    with connections["owner"].cursor() as cursor:
        names = connections["owner"].introspection.table_names(cursor)
        found = {}
        for name in names:
            cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name)))
            found[name] = int(cursor.fetchone()[0])
    return found


def balances() -> dict[str, str]:
    """EUR on all ledger accounts of each kind."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, sum(balance) FROM funding_ledgeraccount GROUP BY kind")
        return {kind: str(balance) for kind, balance in cursor.fetchall()}


def written(before: Mapping[str, int], after: Mapping[str, int]) -> Counts:
    """Rows that came, for each table to which some came."""
    return {name: n - before.get(name, 0) for name, n in after.items() if n != before.get(name, 0)}


def must_match(ours: object, theirs: object) -> None:
    """Raises `Different` unless both sides have the same content."""
    if ours != theirs:
        raise Different(f"The two sides wrote different rows: {ours} and {theirs}")
