"""The two logs, to be read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.dispatch import receiver

from stars.audit import services
from stars.audit.models import AuditEntry, LookEntry
from stars.common.admin import AgencyAdmin
from stars.common.signals import looked


@receiver(looked, dispatch_uid="stars.audit.admin")
def log_look(
    *, actor: Any, person_ids: Iterable[UUID], what: str, purpose: str, at: datetime, **kwargs: Any
) -> None:
    """A page of the admin showed somebody's data."""
    services.look(actor=actor, person_ids=person_ids, what=what, purpose=purpose, at=at)


@admin.register(AuditEntry)
class AuditEntryAdmin(AgencyAdmin):
    """Who changed what."""

    view_permission = "agency.view_logs"
    list_display = ("at", "action", "object_type", "object_id", "actor_id")
    list_filter = ("action", "object_type")
    ordering = ("-id",)
    search_keys = ("actor_id", "object_id")


@admin.register(LookEntry)
class LookEntryAdmin(AgencyAdmin):
    """Who looked at whom."""

    view_permission = "agency.view_logs"
    list_display = ("at", "what", "purpose", "person_id", "actor_id")
    list_filter = ("what", "purpose")
    ordering = ("-id",)
    search_keys = ("actor_id", "person_id")
