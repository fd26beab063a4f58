"""Who changed what, and who looked at whom. Rows are added and never changed (database role).

Keys only, no foreign keys: an entry outlives what it speaks of, and it holds no personal values,
since nothing could ever take them out again.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class AuditEntry(models.Model):
    """One change that has no log of its own (moves of states are in the apps' logs)."""

    GRANTS: ClassVar[str] = "append"
    GRANTS_UPDATE_COLUMNS: ClassVar[tuple[str, ...]] = ()

    id = models.BigAutoField(primary_key=True)
    actor_id = models.UUIDField(null=True, help_text="user; empty for the system")
    action = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60, help_text="app_label.model")
    object_id = models.UUIDField(null=True)
    # {"field": [before, after]}, or {"field": null} where the values are personal.
    changes = models.JSONField(default=dict)
    at = models.DateTimeField(help_text="business time")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "audit entry"
        verbose_name_plural = "audit entries"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["object_id", "id"], name="audit_of_object"),
            models.Index(fields=["actor_id", "id"], name="audit_of_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_type} {self.object_id}"


class LookEntry(models.Model):
    """One look of somebody else at a person's data (NFR-4); the person sees the list (ILA-13)."""

    GRANTS: ClassVar[str] = "append"
    GRANTS_UPDATE_COLUMNS: ClassVar[tuple[str, ...]] = ()

    id = models.BigAutoField(primary_key=True)
    actor_id = models.UUIDField(null=True, help_text="user; empty for the system")
    person_id = models.UUIDField()
    what = models.CharField(max_length=60, help_text="code word of what was shown")
    purpose = models.CharField(max_length=60, help_text="code word of why")
    at = models.DateTimeField()

    class Meta:
        verbose_name = "look"
        verbose_name_plural = "looks"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["person_id", "-at"], name="look_at_person"),
            models.Index(fields=["actor_id", "-at"], name="look_of_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.what} for {self.purpose}"
