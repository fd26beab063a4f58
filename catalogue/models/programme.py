"""Programmes, their versions and the offers under which people can take part."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import get_language

from accounts.enums import AGENCY_ROLES, PROVIDER_ROLES
from accounts.selectors import active_roles
from catalogue.enums import IN_WORK, SHOWN, Mode, VersionState
from catalogue.models.call import Call
from catalogue.models.log import CatalogueLog
from catalogue.models.provider import Provider
from catalogue.workflow import VERSION
from stars.common.models import TimeStamped, UUIDModel, in_language
from stars.common.money import MoneyField
from stars.common.workflow import Stateful
from stars.vocabularies.models import ProgrammeType, Term


class Programme(UUIDModel, TimeStamped):
    """What a person looks for; everything that may change is in its versions."""

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="programmes")
    code = models.SlugField(max_length=60, unique=True)
    slug = models.SlugField(max_length=140, unique=True)
    current = models.ForeignKey(
        "ProgrammeVersion", on_delete=models.PROTECT, null=True, related_name="+"
    )
    # Marked projections, written by `quality` through catalogue.services only.
    rating_average = models.DecimalField(max_digits=3, decimal_places=2, null=True)
    rating_count = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.code


class VersionQuerySet(models.QuerySet["ProgrammeVersion"]):
    """Ways to ask for versions."""

    def ever_shown(self) -> VersionQuerySet:
        """Those that visitors could see at some time; a draft that was put away is not one."""
        published = CatalogueLog.objects.filter(
            object_id=OuterRef("pk"), object_type="programmeversion", transition="publish"
        )
        return self.filter(Exists(published))

    def visible_to(self, actor: Any) -> VersionQuerySet:
        """Those of the actor's provider; for the agency all that were sent; else what is shown."""
        roles = active_roles(actor)
        shown = Q(state__in=SHOWN)
        if any(role in AGENCY_ROLES for _organisation, role in roles):
            return self.filter(shown | Q(submissions__isnull=False)).distinct()
        mine = [organisation for organisation, role in roles if role in PROVIDER_ROLES]
        return self.filter(shown | Q(programme__provider__organisation__in=mine))


class ProgrammeVersion(UUIDModel, TimeStamped, Stateful):
    """One text of a programme; a group belongs to the version it was announced with."""

    WORKFLOW = VERSION
    LOG = CatalogueLog

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=VersionState, default=VersionState.DRAFT)
    call = models.ForeignKey(Call, on_delete=models.PROTECT, null=True, related_name="+")
    type = models.ForeignKey(ProgrammeType, on_delete=models.PROTECT, related_name="+")
    field = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="+")
    digcomp_area = models.ForeignKey(Term, on_delete=models.PROTECT, null=True, related_name="+")
    digcomp_level = models.PositiveSmallIntegerField(null=True)
    title_lv = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    summary_lv = models.TextField()
    summary_en = models.TextField()
    about_lv = models.TextField(blank=True, default="")
    about_en = models.TextField(blank=True, default="")
    topics = models.JSONField(default=list, blank=True, help_text='[{"lv": "…", "en": "…"}]')
    outcomes = models.JSONField(default=list, help_text='[{"lv": "…", "en": "…"}]')
    audience_lv = models.TextField(blank=True, default="")
    audience_en = models.TextField(blank=True, default="")
    prior_knowledge_lv = models.TextField(blank=True, default="")
    prior_knowledge_en = models.TextField(blank=True, default="")
    equipment_lv = models.TextField(blank=True, default="")
    equipment_en = models.TextField(blank=True, default="")
    final_test_lv = models.CharField(max_length=300, blank=True, default="")
    final_test_en = models.CharField(max_length=300, blank=True, default="")
    # How much one has to know (vocabulary "entry_level"), which education one has to have at least
    # ("education_level"; none: everybody), and what one becomes ("qualification").
    entry_level = models.ForeignKey(Term, on_delete=models.PROTECT, null=True, related_name="+")
    education = models.ForeignKey(Term, on_delete=models.PROTECT, null=True, related_name="+")
    qualification = models.ForeignKey(Term, on_delete=models.PROTECT, null=True, related_name="+")
    hours = models.PositiveSmallIntegerField(help_text="academic hours")
    practice_hours = models.PositiveSmallIntegerField(default=0)
    # The rest is in the sessions of each group; practice is, too.
    self_study_hours = models.PositiveSmallIntegerField(
        default=0, help_text="academic hours learned alone, outside the sessions"
    )
    credit_points = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    mode = models.CharField(max_length=10, choices=Mode)
    city = models.CharField(max_length=80, blank=True, default="")
    language = models.CharField(max_length=2, default="lv")
    # Why the price is what it is, where the price watch asks (CAT-16); for the agency only.
    price_reason = models.TextField(blank=True, default="")

    objects = VersionQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            # A search finds the versions of many programmes without reading their long texts.
            models.Index(fields=["programme"], include=["id", "type"], name="version_in_short"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["programme", "number"], name="version_number_once"),
            models.UniqueConstraint(
                fields=["programme"], condition=Q(state__in=SHOWN), name="version_one_shown"
            ),
            models.UniqueConstraint(
                fields=["programme"], condition=Q(state__in=IN_WORK), name="version_one_in_work"
            ),
            models.CheckConstraint(
                condition=Q(practice_hours__lte=F("hours")), name="version_practice_within_hours"
            ),
            models.CheckConstraint(
                condition=Q(hours__gte=F("practice_hours") + F("self_study_hours")),
                name="version_self_study_within_hours",
            ),
            models.CheckConstraint(
                condition=Q(digcomp_level__isnull=True) | Q(digcomp_level__range=(1, 8)),
                name="version_digcomp_level",
            ),
        ]
        triggers: ClassVar[list[Any]] = [VERSION.trigger()]

    @property
    def taught_hours(self) -> int:
        """Academic hours that the timetable of a group holds."""
        return self.hours - self.self_study_hours

    @property
    def title(self) -> str:
        """In the language of the page, like every text below."""
        return in_language(self, "title")

    @property
    def summary(self) -> str:
        """One or two plain sentences."""
        return in_language(self, "summary")

    @property
    def audience(self) -> str:
        """Whom it suits."""
        return in_language(self, "audience")

    @property
    def prior_knowledge(self) -> str:
        """What one has to know before."""
        return in_language(self, "prior_knowledge")

    @property
    def equipment(self) -> str:
        """What one needs at hand."""
        return in_language(self, "equipment")

    @property
    def about(self) -> str:
        """What happens in the training, in paragraphs."""
        return in_language(self, "about")

    @property
    def final_test(self) -> str:
        """How it is found out what one has learned."""
        return in_language(self, "final_test")

    @property
    def outcome_list(self) -> list[str]:
        """What one will be able to do."""
        return _in_language(self.outcomes)

    @property
    def topic_list(self) -> list[str]:
        """What it is about, in short."""
        return _in_language(self.topics)


def _in_language(items: list[dict[str, str]]) -> list[str]:
    """A draft may hold half a line; what is there is better than nothing."""
    key, other = ("en", "lv") if get_language() == "en" else ("lv", "en")
    return [str(item.get(key) or item.get(other, "")) for item in items]


class Offer(UUIDModel, TimeStamped):
    """A programme version under one funding source at one price (money-rules.md, Lifecycles).

    The source is a term, since money lives above the catalogue; without one the person or the
    employer pays everything (CAT-13).
    """

    version = models.ForeignKey(ProgrammeVersion, on_delete=models.PROTECT, related_name="offers")
    source = models.ForeignKey(Term, on_delete=models.PROTECT, null=True, related_name="+")
    price = MoneyField(help_text="EUR for one person")
    open_from = models.DateField()
    open_until = models.DateField(help_text="last day on which one may apply, inclusive")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["version", "source"], name="offer_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(open_from__lte=F("open_until")), name="offer_dates_ordered"
            ),
        ]
