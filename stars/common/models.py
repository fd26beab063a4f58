"""Base classes of models."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.utils.translation import get_language


def in_language(row: models.Model, name: str) -> str:
    """The text `name` of a row that has it in both languages, in the language of the page."""
    return str(getattr(row, f"{name}_{'en' if get_language() == 'en' else 'lv'}"))


class UUIDModel(models.Model):
    """A row whose key may stand in an address: random, so that it says nothing."""

    id = models.UUIDField(
        primary_key=True, default=uuid.uuid4, db_default=RandomUUID(), editable=False
    )

    # What the application's database role may do with the table; see stars.common.grants.
    GRANTS: ClassVar[str] = "full"
    GRANTS_UPDATE_COLUMNS: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        # Names and codes never reach logs by accident (architecture: Banned).
        return f"{type(self).__name__} {self.pk}"


class TimeStamped(models.Model):
    """Technical stamps only; business time is always its own field, set from `at`."""

    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class TransitionLog(models.Model):
    """One row for each move of a state; append-only. Each app has its own table."""

    GRANTS: ClassVar[str] = "append"
    GRANTS_UPDATE_COLUMNS: ClassVar[tuple[str, ...]] = ()

    id = models.BigAutoField(primary_key=True)
    object_type = models.CharField(max_length=40)
    object_id = models.UUIDField()
    transition = models.CharField(max_length=40)
    from_state = models.CharField(max_length=20)
    to_state = models.CharField(max_length=20)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField()
    note = models.TextField(blank=True, default="")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["object_id", "id"], name="%(app_label)s_log_object"),
        ]

    def __str__(self) -> str:
        return f"{self.object_type} {self.object_id}: {self.from_state} → {self.to_state}"


class Approval(UUIDModel):
    """Four eyes: one asks, another decides, over the content that was hashed (STA-5)."""

    subject_hash = models.CharField(max_length=64)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    decided_at = models.DateTimeField(null=True)
    approved = models.BooleanField(null=True)
    note = models.TextField(blank=True, default="")

    class Meta:
        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True)
                | ~models.Q(decided_by=models.F("requested_by")),
                name="%(app_label)s_%(class)s_four_eyes",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    decided_by__isnull=True, decided_at__isnull=True, approved__isnull=True
                )
                | models.Q(
                    decided_by__isnull=False, decided_at__isnull=False, approved__isnull=False
                ),
                name="%(app_label)s_%(class)s_decided_whole",
            ),
        ]


def field_names(model: type[models.Model]) -> list[str]:
    """Concrete field names of a model, for tests and documents."""
    fields: list[Any] = list(model._meta.concrete_fields)
    return [field.name for field in fields]
