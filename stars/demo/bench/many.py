"""The pilot's offer many times over, to see what a search costs in a large catalogue."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection, transaction
from psycopg import sql

from catalogue.models import Group, Offer, Programme, ProgrammeVersion, SearchRow

GROUPS_EACH = 4
# Groups of the copies begin on other days, not all on the same.
DAYS_APART = 21

# The copy of a row has an id that follows from the original's, so that copies find each other.
_COPY_OF = sql.SQL("md5(t.{}::text || n)::uuid")
_NUMBERED = sql.SQL("t.{} || '-' || n")
_LATER = sql.SQL("t.{}" + f" + n % {DAYS_APART}")
_NEWEST = sql.SQL(
    "(SELECT * FROM (SELECT g.*, row_number() OVER (PARTITION BY v.programme_id"
    " ORDER BY g.starts_on DESC, g.id) AS nth FROM catalogue_group g"
    " JOIN catalogue_programmeversion v ON v.id = g.version_id) numbered WHERE nth <= {})"
)


def multiply(programmes: int) -> None:
    """Copy the offer until there are about so many programmes, each with up to four groups.

    Sessions and suggestions are not copied: a search reads neither. Owner's triggers and
    constraints hold for the copies as for the originals.
    """
    copies = -(-programmes // Programme.objects.count()) - 1
    days = dict.fromkeys(("starts_on", "ends_on", "apply_until"), _LATER)
    with transaction.atomic():
        _copy(Programme, copies, {"id": _COPY_OF, "current_id": _COPY_OF} | _named("code", "slug"))
        _copy(ProgrammeVersion, copies, {"id": _COPY_OF, "programme_id": _COPY_OF})
        _copy(Offer, copies, {"id": _COPY_OF, "version_id": _COPY_OF})
        newest = _NEWEST.format(GROUPS_EACH)
        _copy(Group, copies, {"id": _COPY_OF, "version_id": _COPY_OF} | days, newest)
        _copy(SearchRow, copies, {"programme_id": _COPY_OF, "version_id": _COPY_OF})


def _named(*columns: str) -> dict[str, sql.SQL]:
    return dict.fromkeys(columns, _NUMBERED)


def _copy(
    model: type[object],
    copies: int,
    changed: Mapping[str, sql.SQL],
    source: sql.Composable | None = None,
) -> None:
    """Insert `copies` of every row of a model's table, with some columns made anew."""
    meta = model._meta  # type: ignore[attr-defined]
    table, columns = sql.Identifier(meta.db_table), [f.column for f in meta.local_concrete_fields]
    values = [
        changed.get(column, sql.SQL("t.{}")).format(sql.Identifier(column)) for column in columns
    ]
    statement = sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {} t, generate_series(1, {}) n").format(
        table,
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.SQL(", ").join(values),
        source or table,
        copies,
    )
    with connection.cursor() as cursor:
        cursor.execute(statement.as_string(None))
