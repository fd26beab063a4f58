"""What is published: news, pages, steps, terms, contacts; and who wants news by e-mail.

Every version of a text is kept by the database itself (pghistory), with who wrote it: the row's
`edited_by` is part of each version. A row that no editor has touched has none; only such rows
may be brought up to date by `load_content`.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import get_language

from stars.common.models import TimeStamped, UUIDModel, in_language
from stars.content.enums import PageKind, StepIcon
from stars.files.models import StoredFile

NOT_BLANK = r"\S"  # a text that is not only spaces


def _said(*names: str) -> Q:
    """All of these hold words."""
    said = Q()
    for name in names:
        said &= Q(**{f"{name}__regex": NOT_BLANK})
    return said


class Edited(UUIDModel, TimeStamped):
    """A row that editors write."""

    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False
    )
    edited_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True


class Picture(UUIDModel):
    """A picture anybody may see, with words for those who do not see it (WCAG 1.1.1)."""

    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="+")
    alt_lv = models.CharField(max_length=200, help_text="what the picture shows, in Latvian")
    alt_en = models.CharField(max_length=200, help_text="what the picture shows, in English")
    width = models.PositiveIntegerField(help_text="pixels")
    height = models.PositiveIntegerField(help_text="pixels")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=_said("alt_lv", "alt_en"), name="picture_in_words"),
            models.CheckConstraint(
                condition=Q(width__gt=0, height__gt=0), name="picture_has_a_size"
            ),
        ]

    def __str__(self) -> str:
        return self.alt_lv

    @property
    def alt(self) -> str:
        """What it shows, in the language of the page."""
        return in_language(self, "alt")

    @property
    def url(self) -> str:
        """Where everybody finds it."""
        return reverse("content:picture", args=[self.pk])


class Published(Edited):
    """A text with an address; seen from `published_from` on, by editors before."""

    slug = models.SlugField(max_length=80, unique=True, help_text="the end of its address")
    title_lv = models.CharField(max_length=160)
    title_en = models.CharField(max_length=160)
    lead_lv = models.TextField(max_length=400, help_text="one or two sentences")
    lead_en = models.TextField(max_length=400, help_text="one or two sentences")
    body_lv = models.TextField(blank=True, default="")
    body_en = models.TextField(blank=True, default="")
    picture = models.ForeignKey(
        Picture, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    published_from = models.DateTimeField(
        null=True, blank=True, help_text="empty: a draft; in the future: appears by itself then"
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title_lv

    @property
    def title(self) -> str:
        """In the language of the page."""
        return in_language(self, "title")

    @property
    def lead(self) -> str:
        """In the language of the page."""
        return in_language(self, "lead")

    @property
    def body(self) -> str:
        """HTML in the language of the page; shown through `{% body %}` only."""
        return in_language(self, "body")

    def is_published(self, at: datetime) -> bool:
        """Whether everybody may see it at `at`."""
        return self.published_from is not None and self.published_from <= at


@pghistory.track()
class News(Published):
    """A piece of news (PUB-2), which can be mailed to subscribers once (PUB-5)."""

    mailed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name_plural = "news"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-published_from"], name="news_latest"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=_said("title_lv", "title_en", "lead_lv", "lead_en"), name="news_in_words"
            ),
            models.CheckConstraint(
                condition=Q(mailed_at__isnull=True) | Q(published_from__isnull=False),
                name="news_mailed_is_published",
            ),
        ]

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("content:news", args=[self.slug])


@pghistory.track()
class Page(Published):
    """A page of the help part: contacts, accessibility, career support, steps to follow …"""

    kind = models.CharField(max_length=10, choices=PageKind, default=PageKind.PAGE)
    order = models.PositiveSmallIntegerField(default=100, help_text="place in the list of pages")
    in_list = models.BooleanField(default=True, help_text="shown in the list of help pages")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=_said("title_lv", "title_en", "lead_lv", "lead_en"), name="page_in_words"
            ),
        ]

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("content:page", args=[self.slug])


@pghistory.track()
class Step(Edited):
    """One step of a how-to: a drawing, what to do, what one will see."""

    page = models.ForeignKey(Page, on_delete=models.PROTECT, related_name="steps")
    number = models.PositiveSmallIntegerField(help_text="from 1")
    icon = models.CharField(max_length=20, choices=StepIcon)
    title_lv = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120)
    text_lv = models.TextField(max_length=500)
    text_en = models.TextField(max_length=500)

    class Meta:
        ordering: ClassVar[list[str]] = ["number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["page", "number"],
                name="step_number_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=_said("title_lv", "title_en", "text_lv", "text_en") & Q(number__gte=1),
                name="step_in_words",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title_lv}"

    @property
    def title(self) -> str:
        """In the language of the page."""
        return in_language(self, "title")

    @property
    def text(self) -> str:
        """In the language of the page."""
        return in_language(self, "text")


@pghistory.track()
class Illustration(Edited):
    """A further picture of a piece of news or of a page, shown below its text in order."""

    news = models.ForeignKey(
        News, on_delete=models.PROTECT, null=True, editable=False, related_name="illustrations"
    )
    page = models.ForeignKey(
        Page, on_delete=models.PROTECT, null=True, editable=False, related_name="illustrations"
    )
    picture = models.ForeignKey(Picture, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField(default=1, help_text="from 1")

    class Meta:
        ordering: ClassVar[list[str]] = ["number", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(news__isnull=False, page__isnull=True)
                | Q(news__isnull=True, page__isnull=False),
                name="illustration_of_one_text",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.picture}"


@pghistory.track()
class GlossaryTerm(Edited):
    """A word of the trade and what it means in plain words (PUB-3)."""

    slug = models.SlugField(max_length=80, unique=True)
    term_lv = models.CharField(max_length=120)
    term_en = models.CharField(max_length=120)
    plain_lv = models.TextField(max_length=400, help_text="what it means, in one or two sentences")
    plain_en = models.TextField(max_length=400, help_text="what it means, in one or two sentences")
    also_lv = ArrayField(
        models.CharField(max_length=120),
        default=list,
        blank=True,
        help_text="other words and abbreviations for it, with commas between",
    )
    also_en = ArrayField(
        models.CharField(max_length=120),
        default=list,
        blank=True,
        help_text="other words and abbreviations for it, with commas between",
    )
    found_in_texts = models.BooleanField(
        default=True, help_text="explained wherever it first stands on a page"
    )
    shown = models.BooleanField(default=True, help_text="stands in the glossary")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=_said("term_lv", "term_en", "plain_lv", "plain_en"), name="term_in_words"
            ),
        ]

    def __str__(self) -> str:
        return self.term_lv

    @property
    def term(self) -> str:
        """In the language of the page."""
        return in_language(self, "term")

    @property
    def plain(self) -> str:
        """In the language of the page."""
        return in_language(self, "plain")

    @property
    def also(self) -> list[str]:
        """Other words for it in the language of the page."""
        return list(self.also_en if get_language() == "en" else self.also_lv)

    def get_absolute_url(self) -> str:
        """Its place in the glossary."""
        return f"{reverse('content:glossary')}#{self.slug}"


@pghistory.track()
class Contact(Edited):
    """Where to turn with what: a role of the agency, no person's name."""

    key = models.SlugField(max_length=40, unique=True)
    order = models.PositiveSmallIntegerField(default=100)
    title_lv = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120)
    text_lv = models.CharField(max_length=300, help_text="with what questions to come here")
    text_en = models.CharField(max_length=300, help_text="with what questions to come here")
    phone = models.CharField(max_length=20, blank=True, default="")
    email = models.EmailField(blank=True, default="")
    hours_lv = models.CharField(max_length=120, blank=True, default="")
    hours_en = models.CharField(max_length=120, blank=True, default="")
    address = models.CharField(max_length=200, blank=True, default="")
    shown = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(shown=False)
                | Q(phone__regex=NOT_BLANK)
                | Q(email__regex=NOT_BLANK)
                | Q(address__regex=NOT_BLANK),
                name="contact_can_be_reached",
            ),
        ]

    def __str__(self) -> str:
        return self.title_lv

    @property
    def title(self) -> str:
        """In the language of the page."""
        return in_language(self, "title")

    @property
    def text(self) -> str:
        """In the language of the page."""
        return in_language(self, "text")

    @property
    def hours(self) -> str:
        """In the language of the page."""
        return in_language(self, "hours")


class Subscriber(UUIDModel):
    """An address that asked for news; it gets them once it has said so from its own mailbox."""

    email = models.EmailField()
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    asked_at = models.DateTimeField(help_text="of the last request")
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(Lower("email"), name="subscriber_once"),
            models.CheckConstraint(condition=_said("email"), name="subscriber_has_an_address"),
        ]


class AccessibilityReport(UUIDModel):
    """What somebody says does not work for them; a name and an address only for the answer."""

    text = models.TextField(max_length=4000)
    page = models.CharField(max_length=500, blank=True, default="", help_text="where it happened")
    name = models.CharField(max_length=120, blank=True, default="")
    email = models.EmailField(blank=True, default="")
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    sent_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True, default="", help_text="what was done and answered")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=_said("text"), name="report_says_something"),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True) | _said("note"), name="report_settled_in_words"
            ),
        ]
