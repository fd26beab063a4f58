"""Reading the two logs."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from stars.audit.models import AuditEntry, LookEntry


def looks_at(person_id: UUID) -> QuerySet[LookEntry]:
    """Who looked at this person's data, the latest first."""
    return LookEntry.objects.filter(person_id=person_id).order_by("-at", "-id")


def changes_of(object_id: UUID) -> QuerySet[AuditEntry]:
    """What was done to this object, the first first."""
    return AuditEntry.objects.filter(object_id=object_id).order_by("id")
