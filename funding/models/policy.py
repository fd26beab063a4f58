"""Where money comes from and by which rules it is given; rules are versions, never edited."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

import pghistory
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext

from accounts.models import Organisation
from accounts.models.organisation import DateRange
from funding.enums import Origin, SchemeKind
from stars.common.models import TimeStamped, UUIDModel, in_language
from stars.common.money import MoneyField
from stars.vocabularies.models import Term


@pghistory.track()
class FundingSource(UUIDModel, TimeStamped):
    """An EU or state project whose rules and money apply (FUN-1, L2984)."""

    NAMED_BY: ClassVar[tuple[str, ...]] = ("term",)  # what to select for a list of names

    term = models.OneToOneField(Term, on_delete=models.PROTECT, related_name="funding_source")
    code = models.SlugField(max_length=40, unique=True)
    project_code = models.CharField(max_length=40, blank=True, default="")
    full_name_lv = models.CharField(max_length=300)
    full_name_en = models.CharField(max_length=300)
    goal_lv = models.TextField(blank=True, default="")
    goal_en = models.TextField(blank=True, default="")
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="last day, inclusive")
    invented = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(starts_on__lte=F("ends_on")), name="source_dates_ordered"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """What people call it, in the language of the page; reads the term (`NAMED_BY`)."""
        return self.term.plain


class Budget(UUIDModel, TimeStamped):
    """Cash of a source by origin; not the same number as what a round may promise (rule 10)."""

    source = models.ForeignKey(FundingSource, on_delete=models.PROTECT, related_name="budgets")
    origin = models.CharField(max_length=10, choices=Origin)
    amount = MoneyField(help_text="EUR of cash, whole life of the source")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["source", "origin"], name="budget_once"),
        ]


class BudgetWarning(UUIDModel):
    """A budget of which more than a share is held or paid: said once for each level (FUN-13)."""

    GRANTS = "append"

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="warnings")
    percent = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["budget", "percent"], name="budget_warning_once"),
        ]


class Scheme(UUIDModel, TimeStamped):
    """One way in which a source supports (FUN-2)."""

    NAMED_BY: ClassVar[tuple[str, ...]] = ("source__term",)

    source = models.ForeignKey(FundingSource, on_delete=models.PROTECT, related_name="schemes")
    kind = models.CharField(max_length=20, choices=SchemeKind)
    code = models.SlugField(max_length=60, unique=True)
    name_lv = models.CharField(max_length=120, blank=True, default="")
    name_en = models.CharField(max_length=120, blank=True, default="")
    # Programme types it pays for; empty means all that the source offers.
    programme_types = models.JSONField(default=list, blank=True)
    # The first scheme that applies is used; full cover comes before the 500 € (rule 12).
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["source", "order"]

    def __str__(self) -> str:
        # Several sources pay a share or everything: the name alone would not tell which.
        return f"{self.name} ({self.source})"

    @property
    def name(self) -> str:
        """What people call it, in the language of the page."""
        return in_language(self, "name") or str(self.get_kind_display())


class PolicyVersionQuerySet(models.QuerySet["PolicyVersion"]):
    """Versions by the days on which they hold."""

    def not_over(self, day: date) -> Self:
        """Those that hold on `day` or later."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))

    def holding(self, day: date) -> Self:
        """Those that hold on `day`."""
        return self.not_over(day).filter(valid_from__lte=day)


class PolicyVersion(UUIDModel):
    """The rules of a scheme for a time (FUN-3). A grant keeps its version for life (rule 11)."""

    GRANTS: ClassVar[str] = "append"
    NAMED_BY: ClassVar[tuple[str, ...]] = ("scheme__source__term",)
    # A new version ends the one before; nothing else of a version ever changes.
    GRANTS_UPDATE_COLUMNS: ClassVar[tuple[str, ...]] = ("valid_to",)

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, help_text="first day on which it no longer holds")
    # Read by funding.rules.terms.Terms; unknown keys are refused there.
    terms = models.JSONField()
    # [{"name": "min_age", "params": {"years": 18}}]; read by funding.criteria.
    criteria = models.JSONField(default=list)
    # Which of its figures the sources do not state (docs/assumptions.md).
    assumptions = models.JSONField(default=list)
    why = models.TextField(blank=True, default="", help_text="what the new version is for")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = PolicyVersionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["scheme", "number"], name="policy_version_once"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="policy_dates_ordered",
            ),
            ExclusionConstraint(
                name="policy_no_overlap",
                expressions=[
                    ("scheme", RangeOperators.EQUAL),
                    (DateRange("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        scheme = self.scheme
        words = {"name": scheme.name, "number": self.number, "source": scheme.source}
        return gettext("%(name)s, version %(number)s (%(source)s)") % words
