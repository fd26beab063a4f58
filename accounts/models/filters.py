"""Filters of a list that somebody keeps under a name (PRO-7)."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from stars.common.models import UUIDModel


class SavedFilter(UUIDModel):
    """The query string of one list, kept by one user under a name."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="saved_filters"
    )
    # The url name of the list.
    page = models.CharField(max_length=60)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=500)
    saved_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "page", "name"], name="filter_name_once"),
        ]
