"""What a provider is owed for a month, said in a statement that two people approve (FUN-12)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from catalogue.models import Provider
from funding.enums import LineKind, ListState
from funding.models.commitment import Commitment, StagePayment
from funding.models.log import FundingLog
from funding.models.policy import FundingSource
from funding.workflow import STATEMENT
from stars.common.models import Approval, TimeStamped, UUIDModel
from stars.common.money import MoneyField
from stars.common.workflow import Stateful


class Statement(UUIDModel, TimeStamped, Stateful):
    """A month of one provider under one source. Never edited: corrections stand in a later one."""

    WORKFLOW = STATEMENT
    LOG = FundingLog

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="statements")
    source = models.ForeignKey(FundingSource, on_delete=models.PROTECT, related_name="statements")
    month = models.DateField(help_text="its first day")
    # A month may need a second one, for what was late.
    version = models.PositiveSmallIntegerField(default=1)
    number = models.CharField(max_length=60, unique=True)
    state = models.CharField(max_length=10, choices=ListState, default=ListState.DRAFT)
    total = MoneyField(help_text="EUR")
    # Everything the paper says, frozen when it was made; the paper is a stored file.
    content = models.JSONField(default=dict)
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["provider", "source", "month", "version"], name="statement_once"
            ),
            # Two at once would count the same people.
            models.UniqueConstraint(
                fields=["provider", "source"],
                condition=Q(state__in=["draft", "waiting"]),
                name="one_open_statement",
            ),
        ]
        triggers: ClassVar[list[Any]] = [STATEMENT.trigger()]

    def __str__(self) -> str:
        return self.number


class StatementApproval(Approval):
    """A statement is approved by two people."""

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="approvals")

    class Meta(Approval.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Approval.Meta.constraints,
            models.UniqueConstraint(
                fields=["statement"],
                condition=Q(decided_at__isnull=True),
                name="one_open_approval_per_statement",
            ),
        ]


class Correction(UUIDModel):
    """What turned out to be different after a statement: a difference line of a later one."""

    GRANTS = "append"

    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="corrections")
    amount = MoneyField(signed=True, help_text="EUR, negative where too much was owed")
    reason = models.TextField()
    # Hours before and after, or whatever shows it.
    evidence = models.JSONField(default=dict)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(amount=0), name="correction_not_zero"),
        ]


class StatementLine(models.Model):
    """One amount of a statement. A cancelled statement's lines no longer count."""

    GRANTS: ClassVar[str] = "append"
    GRANTS_UPDATE_COLUMNS: ClassVar[tuple[str, ...]] = ("counts",)

    id = models.BigAutoField(primary_key=True)
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="lines")
    kind = models.CharField(max_length=10, choices=LineKind)
    commitment = models.ForeignKey(
        Commitment, on_delete=models.PROTECT, related_name="statement_lines"
    )
    stage = models.ForeignKey(
        StagePayment, on_delete=models.PROTECT, null=True, related_name="statement_lines"
    )
    correction = models.ForeignKey(
        Correction, on_delete=models.PROTECT, null=True, related_name="statement_lines"
    )
    amount = MoneyField(signed=True, help_text="EUR")
    counts = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["commitment"],
                condition=Q(kind="completed", counts=True),
                name="completed_settled_once",
            ),
            models.UniqueConstraint(
                fields=["stage"], condition=Q(counts=True), name="stage_settled_once"
            ),
            models.UniqueConstraint(
                fields=["correction"], condition=Q(counts=True), name="correction_settled_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="completed", stage__isnull=True, correction__isnull=True)
                | Q(kind="stage", stage__isnull=False, correction__isnull=True)
                | Q(kind="difference", stage__isnull=True, correction__isnull=False),
                name="statement_line_of_one_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"StatementLine {self.pk}"
