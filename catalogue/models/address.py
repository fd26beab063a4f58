"""Addresses that programmes and providers had before; what was once linked is found for ever."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from catalogue.models.programme import Programme
from catalogue.models.provider import Provider


class FormerSlug(models.Model):
    """A slug that was given up, written by services.addresses; its page redirects for good."""

    GRANTS = "full"

    slug = models.SlugField(max_length=140)
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, null=True, related_name="former_slugs"
    )
    provider = models.ForeignKey(
        Provider, on_delete=models.PROTECT, null=True, related_name="former_slugs"
    )
    given_up_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["slug"],
                condition=Q(programme__isnull=False),
                name="former_programme_slug_once",
            ),
            models.UniqueConstraint(
                fields=["slug"],
                condition=Q(provider__isnull=False),
                name="former_provider_slug_once",
            ),
            models.CheckConstraint(
                condition=Q(programme__isnull=True) ^ Q(provider__isnull=True),
                name="former_slug_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return self.slug
