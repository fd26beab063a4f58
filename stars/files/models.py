"""A stored file: what it is and whose; the bytes lie on the disk under a random key."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from stars.common.models import UUIDModel
from stars.files.enums import FileType


class StoredFile(UUIDModel):
    """One file that belongs to one object of an upper app (`owner_kind`, `owner_id`)."""

    owner_kind = models.CharField(max_length=40)
    owner_id = models.UUIDField()
    name = models.CharField(max_length=120, help_text="as the person called it, cleaned")
    content_type = models.CharField(max_length=20, choices=FileType)
    size = models.PositiveIntegerField(help_text="bytes")
    sha256 = models.CharField(max_length=64)
    key = models.CharField(max_length=40)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    uploaded_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["owner_id", "owner_kind"], name="file_of_owner"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["key"], name="file_key_once"),
            models.CheckConstraint(condition=Q(size__gt=0), name="file_not_empty"),
        ]
