"""Money held for an application, and the own part beside it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from catalogue.models import Offer
from funding.enums import CommitmentState, PayerKind, ReleaseCause
from funding.models.grant import Grant
from funding.models.ledger import LedgerAccount
from funding.models.log import FundingLog
from funding.models.policy import FundingSource, PolicyVersion
from funding.workflow import COMMITMENT
from learning_accounts.models import LearningAccount
from stars.common.models import TimeStamped, UUIDModel
from stars.common.money import MoneyField
from stars.common.workflow import Stateful


class Commitment(UUIDModel, TimeStamped, Stateful):
    """Support promised to one application, frozen with the rules it was promised under (I3)."""

    WORKFLOW = COMMITMENT
    LOG = FundingLog

    account = models.ForeignKey(
        LearningAccount, on_delete=models.PROTECT, related_name="commitments"
    )
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(FundingSource, on_delete=models.PROTECT, related_name="+")
    policy = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="+")
    ledger_account = models.OneToOneField(
        LedgerAccount, on_delete=models.PROTECT, related_name="commitment"
    )
    # The application; enrolments live above, so the key alone (architecture, FK direction).
    application_id = models.UUIDField(unique=True)
    state = models.CharField(max_length=12, choices=CommitmentState, default=CommitmentState.HELD)
    price = MoneyField(help_text="EUR, frozen")
    support = MoneyField(help_text="EUR from the source")
    own_part = MoneyField(help_text="EUR for the person, family or employer")
    held_at = models.DateTimeField()
    captured_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True, help_text="released or forfeited")
    release_cause = models.CharField(max_length=10, choices=ReleaseCause, blank=True, default="")
    # Hours, attendance share, dates, document: what enrolments proved at capture.
    evidence = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(price=F("support") + F("own_part")), name="commitment_parts_add_up"
            ),
            models.CheckConstraint(condition=Q(support__gt=0), name="commitment_supports"),
            models.CheckConstraint(
                condition=Q(
                    state__in=["captured", "payable", "payable_held", "paid"],
                    captured_at__isnull=False,
                    ended_at__isnull=True,
                )
                | Q(state="held", captured_at__isnull=True, ended_at__isnull=True)
                | Q(
                    state__in=["released", "forfeited"],
                    captured_at__isnull=True,
                    ended_at__isnull=False,
                ),
                name="commitment_state_matches_facts",
            ),
        ]
        triggers: ClassVar[list[Any]] = [COMMITMENT.trigger()]


class CommitmentLine(models.Model):
    """How much came from which lot, in the order of use; a release restores exactly these."""

    GRANTS: ClassVar[str] = "append"
    GRANTS_UPDATE_COLUMNS: ClassVar[tuple[str, ...]] = ()

    id = models.BigAutoField(primary_key=True)
    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="lines")
    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="lines")
    order = models.PositiveSmallIntegerField()
    amount = MoneyField()

    class Meta:
        ordering: ClassVar[list[str]] = ["commitment", "order"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["commitment", "grant"], name="line_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="line_positive"),
        ]

    def __str__(self) -> str:
        return f"CommitmentLine {self.pk}"


class CoPayment(UUIDModel, TimeStamped):
    """The own part: goes straight to the provider, so it is no posting (FUN-9)."""

    commitment = models.OneToOneField(
        Commitment, on_delete=models.PROTECT, related_name="co_payment"
    )
    payer = models.CharField(max_length=10, choices=PayerKind)
    amount = MoneyField()
    paid_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="co_payment_positive"),
        ]
