"""Lists of the admin: filters that name rows, and rows found by their number."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from stars.common.admin_words import keys_from, name_of


class RowFilter(admin.RelatedFieldListFilter):
    """The rows of a filter by name: rows that their names are read from come in the same query."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        model = field.remote_field.model
        rows = model._default_manager.select_related(*getattr(model, "NAMED_BY", ()))
        return [(row.pk, name_of(row)) for row in rows.order_by(*model._meta.ordering)]


def by_number(
    rows: models.QuerySet[Any], names: Iterable[str], text: str
) -> models.QuerySet[Any] | None:
    """Rows of which one of the columns `names` is the key with this whole or short number.

    None where the text is no such number.
    """
    found = keys_from(text)
    if found is None:
        return None
    wanted = models.Q()
    for name in names:
        if name != "pk" or isinstance(rows.model._meta.pk, models.UUIDField):
            # No `range`: a foreign key does not know it.
            wanted |= models.Q(**{f"{name}__gte": found[0], f"{name}__lte": found[1]})
    return rows.filter(wanted) if wanted else None
