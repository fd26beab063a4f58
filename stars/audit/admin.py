"""The two logs, to be read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import OuterRef, QuerySet, Subquery
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import pgettext_lazy

from stars.audit import services
from stars.audit.models import AuditEntry, LookEntry
from stars.common.admin import AgencyAdmin, actor
from stars.common.signals import looked


@receiver(looked, dispatch_uid="stars.audit.admin")
def log_look(
    *, actor: Any, person_ids: Iterable[UUID], what: str, purpose: str, at: datetime, **kwargs: Any
) -> None:
    """A page of the admin showed somebody's data."""
    services.look(actor=actor, person_ids=person_ids, what=what, purpose=purpose, at=at)


class LogAdmin(AgencyAdmin):
    """A log that keeps the key of who acted; staff are shown by their work address."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        staff = get_user_model().objects.filter(pk=OuterRef("actor_id"), is_staff=True)
        return super().get_queryset(request).annotate(address=Subquery(staff.values("email")[:1]))

    @admin.display(description=pgettext_lazy("column", "Who"), ordering="actor_id")
    def who(self, entry: Any) -> str:
        """The work address; the key of everybody else, by which the log is searched."""
        if entry.actor_id is None:
            return actor(None)
        return entry.address or str(entry.actor_id)


@admin.register(AuditEntry)
class AuditEntryAdmin(LogAdmin):
    """Who changed what."""

    view_permission = "agency.view_logs"
    list_display = ("at", "action", "object_type", "object_id", "who")
    list_filter = ("action", "object_type")
    ordering = ("-id",)
    search_keys = ("actor_id", "object_id")


@admin.register(LookEntry)
class LookEntryAdmin(LogAdmin):
    """Who looked at whom."""

    view_permission = "agency.view_logs"
    list_display = ("at", "what", "purpose", "person_id", "who")
    list_filter = ("what", "purpose")
    ordering = ("-id",)
    search_keys = ("actor_id", "person_id")
