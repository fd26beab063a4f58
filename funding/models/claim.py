"""Costs paid back: certificates and assessments of professional competence (FUN-10, rule 13)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from funding.enums import ClaimState, RefundKind
from funding.models.commitment import Commitment
from funding.models.log import FundingLog
from funding.models.payment import BankAccount
from funding.models.policy import PolicyVersion, Scheme
from funding.workflow import CLAIM
from learning_accounts.models import LearningAccount
from stars.common.models import TimeStamped, UUIDModel, in_language
from stars.common.money import MoneyField
from stars.common.workflow import Stateful
from stars.vocabularies.models import Term


class Refundable(UUIDModel, TimeStamped):
    """A certificate of the agreed list, or a qualification whose assessment is paid back."""

    kind = models.CharField(max_length=12, choices=RefundKind)
    code = models.SlugField(max_length=60, unique=True)
    name_lv = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    issuer = models.CharField(max_length=200, blank=True, default="")
    qualification = models.ForeignKey(Term, on_delete=models.PROTECT, null=True, related_name="+")
    ceiling = MoneyField(null=True, help_text="EUR at most for one claim")
    valid_from = models.DateField(help_text="earned on this day at the earliest")
    valid_to = models.DateField(null=True, help_text="earned on this day at the latest")

    class Meta:
        ordering: ClassVar[list[str]] = ["kind", "name_lv"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="refundable_dates_ordered",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """In the language of the page."""
        return in_language(self, "name")


class Claim(UUIDModel, TimeStamped, Stateful):
    """One person asks for the cost of one certificate or assessment back."""

    WORKFLOW = CLAIM
    LOG = FundingLog

    account = models.ForeignKey(LearningAccount, on_delete=models.PROTECT, related_name="claims")
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="claims")
    policy = models.ForeignKey(
        PolicyVersion, on_delete=models.PROTECT, null=True, related_name="claims"
    )
    what = models.ForeignKey(Refundable, on_delete=models.PROTECT, null=True, related_name="claims")
    state = models.CharField(max_length=12, choices=ClaimState, default=ClaimState.DRAFT)
    earned_on = models.DateField(null=True)
    document_number = models.CharField(max_length=60, blank=True, default="")
    amount = MoneyField(null=True, help_text="EUR of the invoice")
    invoice_number = models.CharField(max_length=60, blank=True, default="")
    # Registration number where there is one, otherwise the name, in capital letters.
    invoice_issuer = models.CharField(max_length=120, blank=True, default="")
    invoiced_on = models.DateField(null=True)
    bank_account = models.ForeignKey(
        BankAccount, on_delete=models.PROTECT, null=True, related_name="+"
    )
    commitment = models.OneToOneField(
        Commitment, on_delete=models.PROTECT, null=True, related_name="claim"
    )
    submitted_at = models.DateTimeField(null=True, help_text="its place in the line")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    # Shown to the person.
    reason = models.TextField(blank=True, default="")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["scheme", "submitted_at"],
                condition=Q(state__in=["waiting", "submitted"]),
                name="claim_in_line",
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # One invoice is paid once, whoever brings it.
            models.UniqueConstraint(
                fields=["invoice_issuer", "invoice_number"],
                condition=Q(state__in=["waiting", "submitted", "approved", "paid"]),
                name="claim_invoice_once",
            ),
            models.CheckConstraint(
                condition=Q(state="draft")
                | Q(
                    what__isnull=False,
                    policy__isnull=False,
                    earned_on__isnull=False,
                    amount__gt=0,
                    invoiced_on__isnull=False,
                    submitted_at__isnull=False,
                ),
                name="claim_sent_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "rejected", "paid"])
                | Q(decided_at__isnull=False),
                name="claim_decided_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["submitted", "approved", "paid"])
                | Q(commitment__isnull=False),
                name="claim_in_work_has_money",
            ),
        ]
        triggers: ClassVar[list[Any]] = [CLAIM.trigger()]

    def __str__(self) -> str:
        return self.title or super().__str__()

    @property
    def title(self) -> str:
        """What is to be paid back, in the language of the page."""
        return self.what.name if self.what else ""
