"""Limits of the offer as data, and programmes that come outside the calls (CAT-12, CAT-16)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from catalogue.enums import Recommender, TemporaryState
from catalogue.models.log import CatalogueLog
from catalogue.models.programme import Programme
from catalogue.workflow import TEMPORARY
from stars.common.models import TimeStamped, UUIDModel
from stars.common.workflow import Stateful


def grants() -> list[str]:
    """Amounts in EUR that one person gets (money-rules.md 1 and 5)."""
    return ["500.00", "1000.00"]


class OfferRules(UUIDModel):
    """From which price on a reason is asked, and how much may be experimental.

    The rules of a day are those written last among the ones that hold by then. They are never
    edited: new ones are written. The defaults are assumptions (docs/assumptions.md).
    """

    GRANTS: ClassVar[str] = "append"

    valid_from = models.DateField()
    price_spread = models.DecimalField(
        max_digits=4,
        decimal_places=2,
        default=Decimal("3"),
        help_text="deviations (scaled MAD) above the median of the type",
    )
    least_spread = models.DecimalField(
        max_digits=4,
        decimal_places=3,
        default=Decimal("0.1"),
        help_text="least deviation, as a share of the median",
    )
    price_rise = models.DecimalField(
        max_digits=4,
        decimal_places=3,
        default=Decimal("0.15"),
        help_text="share by which the own earlier price may be exceeded",
    )
    least_compared = models.PositiveSmallIntegerField(
        default=5, help_text="programmes of the type that make a median"
    )
    grant_amounts = models.JSONField(default=grants, help_text='EUR: ["500.00"]')
    grant_tolerance = models.DecimalField(
        max_digits=4,
        decimal_places=3,
        default=Decimal("0.02"),
        help_text="how near below a grant a price follows it, as a share",
    )
    temporary_share = models.DecimalField(
        max_digits=4,
        decimal_places=3,
        default=Decimal("0.1"),
        help_text="programmes with temporary status, as a share of the published ones",
    )
    review_months = models.PositiveSmallIntegerField(
        default=12, help_text="months until temporary status is reviewed"
    )
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    written_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "offer rules"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(
                    price_spread__gt=0,
                    least_spread__gte=0,
                    price_rise__gte=0,
                    grant_tolerance__range=(0, 1),
                    temporary_share__range=(0, 1),
                    review_months__gte=1,
                ),
                name="offer_rules_sensible",
            ),
        ]


class TemporaryStatus(UUIDModel, TimeStamped, Stateful):
    """An experimental programme that an employer or an expert of the industry recommends."""

    WORKFLOW = TEMPORARY
    LOG = CatalogueLog

    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="temporary_statuses"
    )
    state = models.CharField(max_length=10, choices=TemporaryState, default=TemporaryState.ACTIVE)
    recommender = models.CharField(max_length=10, choices=Recommender)
    recommended_by = models.CharField(max_length=200)
    recommendation = models.TextField()
    starts_on = models.DateField()
    review_on = models.DateField()
    ended_on = models.DateField(null=True)

    class Meta:
        verbose_name_plural = "temporary statuses"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["programme"], condition=Q(state="active"), name="temporary_status_once"
            ),
            models.CheckConstraint(
                condition=Q(starts_on__lt=F("review_on")), name="temporary_status_days_ordered"
            ),
            models.CheckConstraint(
                condition=Q(state="active", ended_on__isnull=True)
                | Q(state="ended", ended_on__isnull=False),
                name="temporary_status_ended_has_day",
            ),
        ]
        triggers: ClassVar[list[Any]] = [TEMPORARY.trigger()]

    def is_due(self, day: date) -> bool:
        """Whether it has to be reviewed by `day` (Riga)."""
        return self.state == TemporaryState.ACTIVE and self.review_on <= day
