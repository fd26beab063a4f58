"""Stipends, travel and housing costs: monthly, from attendance (FUN-11, rule 14)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from funding.enums import AidKind, AidState, ListState
from funding.models.commitment import Commitment
from funding.models.ledger import LedgerAccount
from funding.models.log import FundingLog
from funding.models.payment import BankAccount
from funding.models.policy import FundingSource, PolicyVersion
from funding.workflow import AID, AID_LIST
from stars.common.models import Approval, TimeStamped, UUIDModel
from stars.common.money import MoneyField
from stars.common.workflow import Stateful


class AidRequest(UUIDModel, TimeStamped, Stateful):
    """A person in a training asks for a stipend, or for travel or housing costs."""

    WORKFLOW = AID
    LOG = FundingLog

    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="aid")
    policy = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=AidKind)
    state = models.CharField(max_length=10, choices=AidState, default=AidState.ASKED)
    monthly = MoneyField(help_text="EUR a month at most")
    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    # Shown to the person.
    reason = models.TextField(blank=True, default="")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["commitment", "kind"],
                condition=Q(state__in=["asked", "approved"]),
                name="one_living_aid_of_a_kind",
            ),
            models.CheckConstraint(condition=Q(monthly__gt=0), name="aid_positive"),
        ]
        triggers: ClassVar[list[Any]] = [AID.trigger()]


class AidList(UUIDModel, TimeStamped, Stateful):
    """The payment list of a source and a month; two people approve it."""

    WORKFLOW = AID_LIST
    LOG = FundingLog

    source = models.ForeignKey(FundingSource, on_delete=models.PROTECT, related_name="aid_lists")
    month = models.DateField(help_text="its first day")
    number = models.CharField(max_length=60, unique=True)
    state = models.CharField(max_length=10, choices=ListState, default=ListState.DRAFT)
    total = MoneyField(default=0)

    class Meta:
        triggers: ClassVar[list[Any]] = [AID_LIST.trigger()]

    def __str__(self) -> str:
        return self.number


class AidListApproval(Approval):
    """A list of stipends is approved by two people."""

    aid_list = models.ForeignKey(AidList, on_delete=models.PROTECT, related_name="approvals")

    class Meta(Approval.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Approval.Meta.constraints,
            models.UniqueConstraint(
                fields=["aid_list"],
                condition=Q(decided_at__isnull=True),
                name="one_open_approval_per_aid_list",
            ),
        ]


class AidMonth(UUIDModel, TimeStamped):
    """One month of one request: the hours and what they give; nothing where they are too few."""

    request = models.ForeignKey(AidRequest, on_delete=models.PROTECT, related_name="months")
    month = models.DateField(help_text="its first day")
    hours_held = models.DecimalField(max_digits=7, decimal_places=2, help_text="academic hours")
    hours_attended = models.DecimalField(max_digits=7, decimal_places=2, help_text="academic hours")
    amount = MoneyField(signed=True, help_text="EUR, zero where attendance was too low")
    # Hours were put right after the month had been listed: this row is the difference.
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="corrections"
    )
    aid_list = models.ForeignKey(
        AidList, on_delete=models.PROTECT, null=True, related_name="months"
    )
    payable = models.OneToOneField(
        LedgerAccount, on_delete=models.PROTECT, null=True, related_name="aid_month"
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["request", "month"],
                condition=Q(corrects__isnull=True),
                name="aid_month_once",
            ),
            models.UniqueConstraint(
                fields=["corrects"],
                condition=Q(aid_list__isnull=True),
                name="one_open_aid_correction",
            ),
            models.CheckConstraint(
                condition=Q(corrects__isnull=False) | Q(amount__gte=0),
                name="aid_month_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(hours_attended__lte=F("hours_held")), name="aid_hours_ordered"
            ),
        ]
