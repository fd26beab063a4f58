"""Rounds and the lots they put on learning accounts."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from funding.enums import GrantState, RoundState
from funding.models.ledger import LedgerAccount
from funding.models.log import FundingLog
from funding.models.policy import PolicyVersion
from funding.workflow import GRANT, ROUND
from learning_accounts.models import LearningAccount
from stars.common.models import Approval, TimeStamped, UUIDModel
from stars.common.money import MoneyField
from stars.common.workflow import Stateful


class StandingRequest(UUIDModel):
    """ "Give me the money now and in later periods": one button, one row (money-rules.md 1)."""

    account = models.ForeignKey(
        LearningAccount, on_delete=models.PROTECT, related_name="standing_requests"
    )
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(ended_at__isnull=True), name="one_standing_request"
            ),
        ]


class AllocationRound(UUIDModel, TimeStamped, Stateful):
    """One due date of a periodic policy and the window behind it (rule 2)."""

    WORKFLOW = ROUND
    LOG = FundingLog

    code = models.SlugField(max_length=40, unique=True)
    policy = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="rounds")
    previous = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="following"
    )
    state = models.CharField(max_length=10, choices=RoundState, default=RoundState.PLANNED)
    due_on = models.DateField()
    ends_at = models.DateTimeField(help_text="00:00 in Riga of the first day after the window")
    cap = MoneyField(null=True, help_text="EUR this round may promise; empty means no cap")

    class Meta:
        ordering: ClassVar[list[str]] = ["due_on"]
        triggers: ClassVar[list[Any]] = [ROUND.trigger()]

    def __str__(self) -> str:
        return self.code


class RoundRun(UUIDModel):
    """One run of a round: dry or real, with its counts; a run that was killed has no end.

    `content` is the hash of what was looked at in a dry run: only the same may be put forward.
    """

    round = models.ForeignKey(AllocationRound, on_delete=models.PROTECT, related_name="runs")
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField(help_text="business time of the run")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    dry = models.BooleanField(default=False)
    content = models.CharField(max_length=64, blank=True, default="")
    expected = models.PositiveIntegerField(default=0)
    granted = models.PositiveIntegerField(default=0)
    waiting = models.PositiveIntegerField(default=0)
    amount = MoneyField(default=0, help_text="EUR granted")
    cut = MoneyField(default=0, help_text="EUR not granted because of the ceiling (rule 5)")
    # {"under_age": 3, "no_request": 20}: refusals are counted, not stored one by one.
    refusals = models.JSONField(default=dict)


class RoundApproval(Approval):
    """Starting a round by hand takes two people; the scheduler needs none (STA-5)."""

    round = models.ForeignKey(AllocationRound, on_delete=models.PROTECT, related_name="approvals")

    class Meta(Approval.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Approval.Meta.constraints,
            models.UniqueConstraint(
                fields=["round"],
                condition=Q(decided_at__isnull=True),
                name="one_open_approval_per_round",
            ),
        ]


class RoundRank(models.Model):
    """The frozen order of a capped round; a rank without a grant waits (rule 10, FUN-14)."""

    GRANTS: ClassVar[str] = "append"
    GRANTS_UPDATE_COLUMNS: ClassVar[tuple[str, ...]] = ()

    id = models.BigAutoField(primary_key=True)
    round = models.ForeignKey(AllocationRound, on_delete=models.PROTECT, related_name="ranks")
    account = models.ForeignKey(LearningAccount, on_delete=models.PROTECT, related_name="+")
    rank = models.PositiveIntegerField()
    # Why it stands here, as it was on the day: 0 is the first group of the policy.
    priority = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["round", "account"], name="rank_once"),
            models.UniqueConstraint(fields=["round", "rank"], name="rank_unique"),
        ]

    def __str__(self) -> str:
        return f"RoundRank {self.pk}"


class Grant(UUIDModel, TimeStamped, Stateful):
    """A lot: money on one account with a term of its own."""

    WORKFLOW = GRANT
    LOG = FundingLog

    account = models.ForeignKey(LearningAccount, on_delete=models.PROTECT, related_name="grants")
    round = models.ForeignKey(AllocationRound, on_delete=models.PROTECT, related_name="grants")
    policy = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="grants")
    ledger_account = models.OneToOneField(
        LedgerAccount, on_delete=models.PROTECT, related_name="grant"
    )
    state = models.CharField(max_length=12, choices=GrantState, default=GrantState.ACTIVE)
    amount = MoneyField(help_text="EUR granted")
    cut = MoneyField(default=0, help_text="EUR not granted because of the ceiling (rule 5)")
    granted_at = models.DateTimeField()
    ends_at = models.DateTimeField(help_text="exclusive; pages show the day before")
    accumulated_at = models.DateTimeField(null=True)
    # A lot that gives back what was released after the term ended (rule 7).
    # No index of its own: a constraint has one of those that replace something. An index of all
    # the others is a trap, since a planner without statistics takes "IS NULL" for rare.
    replaces = models.ForeignKey(
        "Commitment",
        on_delete=models.PROTECT,
        null=True,
        related_name="replacements",
        db_index=False,
    )

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["account", "ends_at"], name="grant_of_account"),
            models.Index(
                fields=["ends_at"],
                condition=Q(state__in=["active", "accumulated"]),
                name="grant_ending",
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["round", "account"],
                condition=Q(replaces__isnull=True),
                name="one_grant_per_round",
            ),
            models.UniqueConstraint(
                fields=["replaces", "account"],
                condition=Q(replaces__isnull=False),
                name="one_replacement_per_commitment",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="grant_positive"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("granted_at")), name="grant_term_ordered"
            ),
            models.CheckConstraint(
                condition=~Q(state=GrantState.ACCUMULATED) | Q(accumulated_at__isnull=False),
                name="grant_accumulated_has_time",
            ),
        ]
        triggers: ClassVar[list[Any]] = [GRANT.trigger()]
