"""Organisations and who acts for them."""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Func, Q

from accounts.enums import OrganisationKind, Role
from stars.common.models import TimeStamped, UUIDModel


class DateRange(Func):
    """`daterange(from, to)`: from inclusive, to exclusive or open."""

    function = "daterange"
    output_field = DateRangeField()


class Organisation(UUIDModel, TimeStamped):
    """A provider, a municipality, an employer or the agency."""

    kind = models.CharField(max_length=20, choices=OrganisationKind)
    name = models.CharField(max_length=200)
    registration_number = models.CharField(max_length=20, blank=True, default="")
    # Demo data puts unflattering things only on organisations that do not exist.
    invented = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["name"], name="organisation_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Membership(UUIDModel):
    """A user's role in an organisation for a time; nothing is ever deleted, only ended."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="memberships"
    )
    role = models.CharField(max_length=20, choices=Role)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=models.F("valid_from")),
                name="membership_dates_ordered",
            ),
            ExclusionConstraint(
                name="membership_no_overlap",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("organisation", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    (DateRange("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
            ),
        ]
