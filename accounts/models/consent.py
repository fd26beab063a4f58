"""Versioned texts and who accepted which, when (ILA-1)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from accounts.enums import TextKind
from accounts.models.person import Person
from stars.common.models import UUIDModel, in_language


class LegalText(UUIDModel):
    """One version of the terms or of the privacy notice, in both languages; never edited."""

    GRANTS = "append"

    kind = models.CharField(max_length=10, choices=TextKind)
    version = models.PositiveSmallIntegerField()
    body_lv = models.TextField()
    body_en = models.TextField()
    published_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind", "version"], name="legal_text_version_once"),
        ]

    @property
    def body(self) -> str:
        """In the language of the page; paragraphs are divided by empty lines."""
        return in_language(self, "body")


class Acceptance(UUIDModel):
    """A person's acceptance of one version."""

    GRANTS = "append"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="acceptances")
    text = models.ForeignKey(LegalText, on_delete=models.PROTECT, related_name="acceptances")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["person", "text"], name="acceptance_once"),
        ]
