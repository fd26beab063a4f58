"""The provider as the catalogue shows it."""

from __future__ import annotations

from django.db import models

from accounts.models import Organisation
from catalogue.enums import ProviderState
from stars.common.models import TimeStamped, UUIDModel, in_language


class Provider(UUIDModel, TimeStamped):
    """An organisation that offers programmes (PRO-1)."""

    organisation = models.OneToOneField(
        Organisation, on_delete=models.PROTECT, related_name="provider"
    )
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    city = models.CharField(max_length=80, blank=True, default="")
    # How one asks them, as they want it said; no person's own.
    email = models.EmailField(blank=True, default="")
    phone = models.CharField(max_length=20, blank=True, default="")
    about_lv = models.TextField(blank=True, default="")
    about_en = models.TextField(blank=True, default="")
    state = models.CharField(max_length=10, choices=ProviderState, default=ProviderState.ACTIVE)
    # What it is accredited for, and the last day of it; empty where nobody has told the agency.
    accreditation_lv = models.CharField(max_length=300, blank=True, default="")
    accreditation_en = models.CharField(max_length=300, blank=True, default="")
    accredited_until = models.DateField(null=True, blank=True, help_text="last day, inclusive")

    def __str__(self) -> str:
        return self.name

    @property
    def about(self) -> str:
        """Who they are, in the language of the page."""
        return in_language(self, "about")

    @property
    def accreditation(self) -> str:
        """What it is accredited for, in the language of the page."""
        return in_language(self, "accreditation")
