"""What the search reads: rows made from the offer by `catalogue.services.search_index`."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalogue.models.group import Group
from catalogue.models.programme import Programme, ProgrammeVersion
from catalogue.models.provider import Provider
from stars.common.models import TimeStamped, UUIDModel
from stars.common.money import MoneyField
from stars.vocabularies.models import Term

LONGEST_QUERY = 100


class SearchRow(models.Model):
    """A programme as the search sees it: the lexemes of its texts and the values of the filters.

    Written with the version that is shown, in the same transaction. `listed` is kept by triggers
    (migration 0008), so that nobody can suspend a version or a provider and leave it in the list;
    the offer too (migration 0016). From the day on which it opens and the others of its version
    have closed (`others_until`) it is the only one, and the rest need not be read.
    """

    programme = models.OneToOneField(
        Programme, on_delete=models.CASCADE, primary_key=True, related_name="search_row"
    )
    version = models.ForeignKey(ProgrammeVersion, on_delete=models.CASCADE, related_name="+")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="+")
    listed = models.BooleanField(default=False)
    document = SearchVectorField()
    type_code = models.CharField(max_length=60)
    field_code = models.CharField(max_length=60)
    mode = models.CharField(max_length=10)
    city = models.CharField(max_length=80, blank=True, default="")
    language = models.CharField(max_length=2)
    entry_code = models.CharField(max_length=60, blank=True, default="")
    qualification_code = models.CharField(max_length=60, blank=True, default="")
    area_code = models.CharField(max_length=60, blank=True, default="")
    level = models.PositiveSmallIntegerField(default=0)
    hours = models.PositiveSmallIntegerField(default=0)
    # The offer that closes last.
    offer_source = models.ForeignKey(
        Term, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    offer_price = MoneyField(null=True, help_text="EUR for one person")
    offer_from = models.DateField(null=True)
    offer_until = models.DateField(null=True)
    others_until = models.DateField(null=True)
    # Keys of alphabetical order, by both titles.
    key_lv = models.TextField()
    key_en = models.TextField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            GinIndex(fields=["document"], name="search_document"),
            models.Index(fields=["city"], name="search_city"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class SearchGroup(models.Model):
    """An open group as the search sees it: a hundredth of the group, under its programme.

    Kept by triggers (migration 0011), which write when a group opens or closes, moves to other
    days, when its last place is taken or given back (not with every place), and when the programme
    shows another version.
    """

    group = models.OneToOneField(
        Group, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey(
        ProgrammeVersion, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    starts_on = models.DateField()
    apply_until = models.DateField()
    weekdays = models.PositiveSmallIntegerField()
    after_work = models.BooleanField()
    free = models.BooleanField()
    # Its version is not the one that is shown.
    earlier = models.BooleanField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["programme"], condition=Q(earlier=True), name="search_earlier"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class SearchWord(models.Model):
    """A lexeme that stands in some programme, with a word as it is written there."""

    lexeme = models.CharField(max_length=100, primary_key=True)
    sample = models.CharField(max_length=100)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            GinIndex(OpClass("lexeme", name="gin_trgm_ops"), name="search_word_similar"),
        ]

    def __str__(self) -> str:
        return self.sample


class Suggestion(models.Model):
    """A text that is offered while somebody types, once for each word with which it may begin.

    Topics belong to no programme: a search for them may find many.
    """

    class Kind(models.TextChoices):
        """What is suggested."""

        PROGRAMME = "programme", _("Programme")
        PROVIDER = "provider", _("Provider")
        TOPIC = "topic", _("Topic")

    kind = models.CharField(max_length=10, choices=Kind)
    language = models.CharField(max_length=2)
    # In the order of the letters' numbers, so that one index finds and orders beginnings.
    key = models.CharField(max_length=80, db_collation="C")
    text = models.CharField(max_length=200)
    # The key is the beginning of the text, not a later word.
    first = models.BooleanField()
    programme = models.ForeignKey(
        Programme, on_delete=models.CASCADE, null=True, related_name="suggestions"
    )
    provider = models.ForeignKey(
        Provider, on_delete=models.CASCADE, null=True, related_name="suggestions"
    )

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["language", "key"], name="suggest_key"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["kind", "language", "key", "text", "programme", "provider"],
                name="suggestion_once",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return self.text


def _two_words(value: str) -> None:
    if len([line for line in value.splitlines() if line.strip()]) < 2:
        raise ValidationError(_("Write at least two words or phrases, one on each line."))


class Synonyms(UUIDModel, TimeStamped):
    """Words and phrases that mean the same to somebody who searches (CAT-3); kept by editors.

    They are read when somebody asks, so a change holds at once and nothing is indexed again.
    """

    words = models.TextField(
        "Words",
        unique=True,
        validators=[_two_words, MaxLengthValidator(1000)],
        help_text="One word or phrase on each line, in any language.",
    )

    class Meta:
        verbose_name = "group of synonyms"
        verbose_name_plural = "synonyms"

    def __str__(self) -> str:
        return ", ".join(self.phrases)

    @property
    def phrases(self) -> list[str]:
        """The lines."""
        return [line.strip() for line in self.words.splitlines() if line.strip()]


class UnmetSearch(models.Model):
    """What was looked for on a day and not found, and how often; nobody knows by whom."""

    day = models.DateField("Day")
    query = models.CharField("Words", max_length=LONGEST_QUERY)
    filters = models.CharField("Filters", max_length=300, default="")
    times = models.PositiveIntegerField("Times", default=1)

    class Meta:
        verbose_name = "search that found nothing"
        verbose_name_plural = "searches that found nothing"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["day", "query", "filters"], name="unmet_once_a_day"),
        ]

    def __str__(self) -> str:
        return self.query
