"""Money held for an application, and the own part beside it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from catalogue.models import Offer
from funding.enums import CommitmentState, PayerKind, ReleaseCause
from funding.exceptions import Frozen
from funding.models.grant import Grant
from funding.models.ledger import LedgerAccount
from funding.models.log import FundingLog
from funding.models.pledge import Pledge
from funding.models.policy import FundingSource, PolicyVersion
from funding.workflow import COMMITMENT
from learning_accounts.models import LearningAccount
from stars.common import formats
from stars.common.models import TimeStamped, UUIDModel
from stars.common.money import MoneyField
from stars.common.workflow import Stateful


class Commitment(UUIDModel, TimeStamped, Stateful):
    """Support promised to one application or claim, frozen with the rules it came under (I3)."""

    WORKFLOW = COMMITMENT
    LOG = FundingLog

    account = models.ForeignKey(
        LearningAccount, on_delete=models.PROTECT, related_name="commitments"
    )
    # Empty for a claim: nobody offered what is paid back.
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, null=True, related_name="+")
    source = models.ForeignKey(FundingSource, on_delete=models.PROTECT, related_name="+")
    policy = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="+")
    ledger_account = models.OneToOneField(
        LedgerAccount, on_delete=models.PROTECT, related_name="commitment"
    )
    # The application; enrolments live above, so the key alone (architecture, FK direction).
    application_id = models.UUIDField(unique=True, null=True)
    state = models.CharField(max_length=12, choices=CommitmentState, default=CommitmentState.HELD)
    price = MoneyField(help_text="EUR, frozen")
    support = MoneyField(help_text="EUR from the source")
    own_part = MoneyField(help_text="EUR for the person, family or employer")
    held_at = models.DateTimeField()
    captured_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True, help_text="released or forfeited")
    # "This was not me": nothing of it is owed or freed until the agency has looked.
    frozen_at = models.DateTimeField(null=True)
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
                condition=Q(offer__isnull=True, application_id__isnull=True)
                | Q(offer__isnull=False, application_id__isnull=False),
                name="commitment_of_application_or_claim",
            ),
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
            models.CheckConstraint(
                condition=Q(frozen_at__isnull=True) | Q(state="held"),
                name="commitment_frozen_is_held",
            ),
        ]
        triggers: ClassVar[list[Any]] = [COMMITMENT.trigger()]

    def move(
        self, transition: str, *, by: Any, at: datetime, note: str = "", also: Any = ()
    ) -> None:
        """As `Stateful.move`; raises `Frozen` while the agency looks into it."""
        if self.frozen_at is not None:
            raise Frozen()
        super().move(transition, by=by, at=at, note=note, also=also)

    @property
    def title(self) -> str:
        """What it pays for, in the language of the page."""
        if self.offer is not None:
            return self.offer.version.title
        # A claim that was decided anew has another commitment; this one remembers what it was for.
        claim = getattr(self, "claim", None)
        if claim is None or claim.what is None:
            return str(self.evidence.get(f"name_{formats.language()}", ""))
        return claim.what.name


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


class StagePayment(UUIDModel):
    """A part owed to the provider before the end, where the policy has stages (rule 8)."""

    GRANTS = "append"

    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="stages")
    number = models.PositiveSmallIntegerField()
    amount = MoneyField()
    at = models.DateTimeField()
    # What enrolments proved: hours held and attended so far.
    evidence = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["commitment", "number"], name="stage_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="stage_positive"),
        ]


class CoPayment(UUIDModel, TimeStamped):
    """A share of the own part: goes straight to the provider, so it is no posting (FUN-9)."""

    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="co_payments")
    payer = models.CharField(max_length=10, choices=PayerKind)
    amount = MoneyField()
    pledge = models.ForeignKey(
        Pledge, on_delete=models.PROTECT, null=True, related_name="co_payments"
    )
    paid_on = models.DateField(null=True)
    # The payment order or invoice number by which it can be found; the paper is a stored file.
    proof = models.CharField(max_length=60, blank=True, default="")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    recorded_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["commitment", "payer"], name="co_payment_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="co_payment_positive"),
            models.CheckConstraint(
                condition=Q(paid_on__isnull=True) | Q(recorded_at__isnull=False),
                name="co_payment_paid_is_recorded",
            ),
            models.CheckConstraint(
                condition=Q(pledge__isnull=True) | Q(payer="employer"),
                name="co_payment_pledged_by_employer",
            ),
        ]
