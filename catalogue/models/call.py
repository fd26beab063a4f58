"""Calls: when the agency takes which programmes (CAT-11, L471–498)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from stars.common.models import TimeStamped, UUIDModel, in_language
from stars.vocabularies.models import Term


class Call(UUIDModel, TimeStamped):
    """A window in which providers send programmes of some kinds for one source.

    Lists hold codes (of programme types and qualifications) or modes; an empty one allows all.
    """

    code = models.SlugField(max_length=60, unique=True)
    title_lv = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    about_lv = models.TextField(blank=True, default="")
    about_en = models.TextField(blank=True, default="")
    source = models.ForeignKey(Term, on_delete=models.PROTECT, null=True, related_name="+")
    opens_on = models.DateField()
    closes_on = models.DateField(help_text="last day for sending programmes, inclusive")
    types = models.JSONField(default=list, blank=True)
    qualifications = models.JSONField(default=list, blank=True)
    modes = models.JSONField(default=list, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(opens_on__lte=F("closes_on")), name="call_days_ordered"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """In the language of the page, like the text below."""
        return in_language(self, "title")

    @property
    def about(self) -> str:
        """What it is for, in paragraphs."""
        return in_language(self, "about")


class Seminar(UUIDModel):
    """A meeting at which a call is explained to providers."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="seminars")
    starts_at = models.DateTimeField()
    place = models.CharField(max_length=200, blank=True, default="")
    link = models.URLField(blank=True, default="")

    class Meta:
        ordering: ClassVar[list[str]] = ["starts_at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["call", "starts_at"], name="seminar_once"),
        ]
