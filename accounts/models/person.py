"""A natural person, the codes that name them and the facts known about them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import CodeKind, FactKind, FactSource
from stars.common.models import TimeStamped, UUIDModel


class Person(UUIDModel, TimeStamped):
    """The natural person; known only through the identity provider or an official."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="person"
    )
    given_name = models.CharField(max_length=100)
    family_name = models.CharField(max_length=100)
    birth_date = models.DateField()
    email = models.EmailField(blank=True, default="")
    phone = models.CharField(max_length=20, blank=True, default="")
    deceased = models.BooleanField(default=False)

    @property
    def initials(self) -> str:
        """Two letters for the signed-in corner."""
        return (self.given_name[:1] + self.family_name[:1]).upper()

    @property
    def full_name(self) -> str:
        """For pages only, never for logs; who was erased has none."""
        return f"{self.given_name} {self.family_name}".strip() or str(_("Erased person"))


class PersonCode(UUIDModel):
    """A personal code: encrypted, and found again only by a keyed hash (NFR-5)."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="codes")
    kind = models.CharField(max_length=10, choices=CodeKind)
    encrypted = models.BinaryField()
    lookup = models.CharField(max_length=64, unique=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(kind=CodeKind.CURRENT),
                name="person_one_current_code",
            ),
        ]


class PersonFact(UUIDModel):
    """One thing known about a person, with where it came from and when (FUN-8).

    Facts are never edited: a newer one replaces an older one of the same kind.
    """

    GRANTS = "append"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="facts")
    kind = models.CharField(max_length=20, choices=FactKind)
    value = models.CharField(max_length=60)
    source = models.CharField(max_length=20, choices=FactSource)
    observed_at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["person", "kind", "-observed_at"], name="fact_latest"),
        ]
