"""Documents that are made once and then always the same bytes: statements, certificates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet

from stars.common.permissions import SYSTEM
from stars.common.transactions import service
from stars.files import services as files
from stars.files.models import StoredFile
from stars.files.selectors import files_of

# So many are made by one nightly run; the next one goes on.
MOST = 500


def paper_of(kind: str, owner_id: UUID) -> StoredFile | None:
    """The stored document of a row; None as long as it is not made."""
    return files_of(kind, owner_id).first()


def keep_once(
    row: Model, *, kind: str, name: str, make: Callable[[], bytes], at: datetime
) -> StoredFile:
    """The document of `row`, kept under `kind` and `name`, made now where it is not there yet.

    `make` runs outside any transaction: it takes a while. Of two at once the first one's stays.
    """
    return paper_of(kind, row.pk) or _keep(row, kind=kind, name=name, content=make(), at=at)


@service
def _keep(row: Model, *, kind: str, name: str, content: bytes, at: datetime) -> StoredFile:
    type(row)._default_manager.select_for_update(no_key=True).get(pk=row.pk)
    return paper_of(kind, row.pk) or files.store(
        actor=SYSTEM,
        owner_kind=kind,
        owner_id=row.pk,
        name=name,
        content=BytesIO(content),
        at=at,
    )


def without_paper(rows: QuerySet[Any], kind: str) -> list[UUID]:
    """Keys of rows whose task did not make their document, for instance as its worker died."""
    stored = StoredFile.objects.filter(owner_kind=kind).values("owner_id")
    return list(rows.exclude(pk__in=stored).order_by("pk").values_list("pk", flat=True)[:MOST])
