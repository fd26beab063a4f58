"""Which files an object has."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from stars.files.models import StoredFile


def files_of(owner_kind: str, owner_id: UUID) -> QuerySet[StoredFile]:
    """The object's files, the oldest first. The caller answers for who may see the list."""
    return StoredFile.objects.filter(owner_kind=owner_kind, owner_id=owner_id).order_by(
        "uploaded_at", "id"
    )
