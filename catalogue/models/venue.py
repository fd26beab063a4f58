"""Where a provider teaches and who teaches there (PRO-1)."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from catalogue.models.provider import Provider
from stars.common.models import TimeStamped, UUIDModel, in_language


class Venue(UUIDModel, TimeStamped):
    """A house in which a provider teaches."""

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="venues")
    name = models.CharField(max_length=120)
    street = models.CharField(max_length=200)
    city = models.CharField(max_length=80)
    # Nobody said: None. What people who use a wheelchair ask first.
    step_free = models.BooleanField(null=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["provider", "name"], name="venue_name_once"),
        ]


class Room(UUIDModel):
    """A room of a venue; two sessions never meet in it unnoticed (PRO-4)."""

    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="rooms")
    name = models.CharField(max_length=60)
    seats = models.PositiveSmallIntegerField(null=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["venue", "name"], name="room_name_once"),
        ]


class Teacher(UUIDModel, TimeStamped):
    """Somebody who teaches for a provider; `user` where the person marks attendance here."""

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="teachers")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    name = models.CharField(max_length=120)
    about_lv = models.CharField(max_length=300, blank=True, default="")
    about_en = models.CharField(max_length=300, blank=True, default="")
    active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["provider", "name"], name="teacher_name_once"),
        ]

    @property
    def about(self) -> str:
        """What they know about, in the language of the page."""
        return in_language(self, "about")
