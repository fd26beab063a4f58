"""Classifications as data: adding a word is no release."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from stars.common.models import UUIDModel, in_language


class Named(models.Model):
    """A code with an official and a plain name in both languages."""

    code = models.SlugField(max_length=60)
    name_lv = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    plain_lv = models.CharField(max_length=300, blank=True, default="")
    plain_en = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        # Words of a public list, unlike the names that UUIDModel keeps out of logs.
        return self.name

    @property
    def name(self) -> str:
        """The official name in the language of the page."""
        return in_language(self, "name")

    @property
    def plain(self) -> str:
        """The everyday words for it; the official name where there are none."""
        plain = in_language(self, "plain")
        return plain or self.name


class Vocabulary(UUIDModel):
    """One version of one classification, with where it was taken from."""

    code = models.SlugField(max_length=60)
    version = models.CharField(max_length=30)
    source = models.CharField(max_length=300, blank=True, default="")
    current = models.BooleanField(default=True)

    class Meta:
        verbose_name = "vocabulary"
        verbose_name_plural = "vocabularies"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code", "version"], name="vocabulary_version_once"),
            models.UniqueConstraint(
                fields=["code"], condition=models.Q(current=True), name="vocabulary_one_current"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"


class Term(Named, UUIDModel):
    """One entry of a vocabulary version."""

    vocabulary = models.ForeignKey(Vocabulary, on_delete=models.PROTECT, related_name="terms")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True)
    order = models.PositiveSmallIntegerField(default=0)
    extra = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["vocabulary", "order", "code"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["vocabulary", "code"], name="term_once"),
        ]


class ProgrammeType(Named, UUIDModel):
    """One of the seven kinds of Annex 2 with its hour rules as data (CAT-9, L3001)."""

    hours_min = models.PositiveSmallIntegerField()
    hours_max = models.PositiveSmallIntegerField()
    practice_hours = models.PositiveSmallIntegerField(default=0)
    has_credit_points = models.BooleanField(default=False)
    # Whether the outcome has a grade of one to ten points (ENR-7).
    has_grade = models.BooleanField(default=False, db_default=False)
    document_lv = models.CharField(max_length=200)
    document_en = models.CharField(max_length=200)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["order"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="programme_type_once"),
            models.CheckConstraint(
                condition=models.Q(hours_min__lte=models.F("hours_max")),
                name="programme_type_hours_ordered",
            ),
        ]

    @property
    def document(self) -> str:
        """What the learner gets at the end, in the language of the page."""
        return in_language(self, "document")
