"""Writing: cleaned, signed by its author, every version kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from stars.audit import services as audit
from stars.common.errors import Conflict
from stars.common.permissions import actor_or_none, require
from stars.common.transactions import service
from stars.content.html import clean
from stars.content.models import Edited, News, Page, Published

# What a version holds beside the words, and what going back to one leaves as it is.
KEPT = ("id", "created_at", "updated_at", "edited_by", "edited_at", "mailed_at", "published_from")


@service
def save(*, row: Edited, actor: Any, at: datetime) -> None:
    """Keep what an editor wrote: bodies are cleaned, the row says who wrote it and when.

    Raises `NotAllowed`. The database keeps the version by itself.
    """
    require(actor, "content.edit", row)
    if isinstance(row, Published):
        row.body_lv, row.body_en = clean(row.body_lv), clean(row.body_en)
    row.edited_by, row.edited_at = actor_or_none(actor), at
    row.save()
    _record("content_saved", row, actor, at)


@service
def remove(*, row: Edited, actor: Any, at: datetime) -> None:
    """Take a row away (a step of a how-to, a term); its versions stay. Raises `NotAllowed`."""
    require(actor, "content.edit", row)
    _record("content_removed", row, actor, at)
    row.delete()


@service
def go_back(
    *, model: type[News | Page], row_id: UUID, version: int, actor: Any, at: datetime
) -> None:
    """Make the words of an earlier version the present ones, as a new version.

    `version` is the number of the version in the database's history. Whether the page is
    published stays as it is. Raises `NotAllowed`, and `Conflict` where there is no such version
    of this row.
    """
    row = model.objects.select_for_update().get(pk=row_id)
    require(actor, "content.edit", row)
    earlier = row.events.filter(pgh_id=version).first()  # type: ignore[union-attr]
    if earlier is None:
        raise Conflict(_("There is no such version."), field="version")
    for field in model._meta.concrete_fields:
        if field.name not in KEPT:
            setattr(row, field.attname, getattr(earlier, field.attname))
    save(row=row, actor=actor, at=at)


def _record(action: str, row: Model, actor: Any, at: datetime) -> None:
    audit.record(
        actor=actor, action=action, object_type=row._meta.label_lower, object_id=row.pk, at=at
    )
