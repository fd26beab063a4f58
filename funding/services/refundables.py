"""Keeping the list of what is paid back (FUN-10), agreed with LIKTA."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import tablib
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from funding import refundable_list
from funding.models import Refundable
from stars.audit import services as audit
from stars.common.errors import Invalid
from stars.common.permissions import require
from stars.common.transactions import service

PERMISSION = "funding.keep_refundables"


@service
def save(
    *, refundable_id: UUID | None, values: Mapping[str, Any], actor: Any, at: datetime
) -> Refundable:
    """Add an entry, or change the named columns of one; claims that were sent keep what they were
    promised. Raises `Invalid` for what the columns do not allow."""
    require(actor, PERMISSION, None)
    if refundable_id is None:
        entry = Refundable(**values)
        changes = {name: (None, value) for name, value in values.items()}
    else:
        entry = Refundable.objects.select_for_update().get(pk=refundable_id)
        changes = {
            name: (getattr(entry, name), value)
            for name, value in values.items()
            if getattr(entry, name) != value
        }
        for name in changes:
            setattr(entry, name, values[name])
    try:
        entry.full_clean(exclude=refundable_list.empty(entry))
    except ValidationError as error:
        name, texts = next(iter(error.message_dict.items()))
        raise Invalid(texts[0], code="refundable", field=name) from error
    entry.save()
    audit.record(
        actor=actor,
        action="refundable_saved",
        object_type="funding.refundable",
        object_id=entry.pk,
        changes=changes,
        at=at,
    )
    return entry


@service
def import_list(*, content: bytes, actor: Any, at: datetime) -> dict[str, int]:
    """Take a CSV file over: all of its rows or, where one is wrong, none.

    Entries are known by their code; those that are not in the file stay. Returns how many are new
    ("new"), changed ("update") and the same ("skip"). Raises `ListRefused` with every row that is
    wrong.
    """
    require(actor, PERMISSION, None)
    data = refundable_list.read(content)
    if found := refundable_list.problems(data):
        raise refundable_list.ListRefused(found)
    if not len(data):
        raise Invalid(_("The file has no rows."), code="list", field="file")
    counts = refundable_list.write(data)
    audit.record(
        actor=actor,
        action="refundables_imported",
        object_type="funding.refundable",
        object_id=None,
        changes={},
        at=at,
    )
    return counts


@service
def export_list(*, actor: Any, at: datetime) -> tablib.Dataset:
    """The whole list with the columns of the file; who took it is logged."""
    require(actor, PERMISSION, None)
    table = refundable_list.table()
    audit.record(
        actor=actor,
        action="refundables_exported",
        object_type="funding.refundable",
        object_id=None,
        changes={},
        at=at,
    )
    return table
