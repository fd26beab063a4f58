"""The provider as the catalogue shows it."""

from __future__ import annotations

from django.db import models

from accounts.models import Organisation
from catalogue.enums import ProviderState
from stars.common.models import TimeStamped, UUIDModel


class Provider(UUIDModel, TimeStamped):
    """An organisation that offers programmes (PRO-1)."""

    organisation = models.OneToOneField(
        Organisation, on_delete=models.PROTECT, related_name="provider"
    )
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    city = models.CharField(max_length=80, blank=True, default="")
    about_lv = models.TextField(blank=True, default="")
    about_en = models.TextField(blank=True, default="")
    state = models.CharField(max_length=10, choices=ProviderState, default=ProviderState.ACTIVE)

    def __str__(self) -> str:
        return self.name
