"""What a person wants to come back to: saved programmes, and searches that wait for an answer."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from catalogue.models import Programme
from learning_accounts.models.account import LearningAccount
from stars.common.models import UUIDModel


class Favourite(UUIDModel):
    """A saved programme (CAT-7)."""

    account = models.ForeignKey(
        LearningAccount, on_delete=models.PROTECT, related_name="favourites"
    )
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["account", "programme"], name="favourite_once"),
        ]


class SearchAlert(UUIDModel):
    """A search whose new answers the person is told of (CAT-3)."""

    account = models.ForeignKey(LearningAccount, on_delete=models.PROTECT, related_name="alerts")
    query = models.CharField(max_length=100, blank=True, default="")
    # The fields of catalogue.selectors_find.Filters that are not empty.
    filters = models.JSONField(default=dict, blank=True)
    # The same search as the catalogue's address holds it, to look again.
    address = models.CharField(max_length=1000)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["account", "query", "filters"],
                condition=Q(ended_at__isnull=True),
                name="one_living_alert_per_search",
            ),
        ]


class AlertMatch(models.Model):
    """A programme that an alert has found; without `told_at` it was there from the beginning."""

    alert = models.ForeignKey(SearchAlert, on_delete=models.PROTECT, related_name="matches")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    told_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "alert matches"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["alert", "programme"], name="alert_match_once"),
        ]

    def __str__(self) -> str:
        return f"{self.alert_id}: {self.programme_id}"
