"""The ledger: append-only by database role, balanced by structure, never negative.

`balance` is written by one trigger only (migration 0002); the application's role cannot.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from funding.enums import AccountKind, PostingKind
from funding.models.policy import FundingSource
from stars.common.models import UUIDModel
from stars.common.money import MoneyField


class LedgerAccount(models.Model):
    """A place where money is. What it belongs to is named by a key without personal data."""

    GRANTS: ClassVar[str] = "append"
    # Row locks need UPDATE on one column; this one means nothing.
    GRANTS_UPDATE_COLUMNS: ClassVar[tuple[str, ...]] = ("lock_column",)

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=15, choices=AccountKind)
    source = models.ForeignKey(FundingSource, on_delete=models.PROTECT, related_name="+")
    # Grant, commitment or provider; the origin's word for an appropriation; empty for the pool.
    owner_key = models.CharField(max_length=60, blank=True, default="")
    balance = MoneyField(signed=True, default=0)
    lock_column = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["kind", "owner_key", "source"], name="ledger_account_once"
            ),
            models.CheckConstraint(
                condition=Q(balance__gte=0) | Q(kind=AccountKind.APPROPRIATION),
                name="ledger_never_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.owner_key or self.source_id}"


class Posting(UUIDModel):
    """One business event of money, said once: its key makes a repetition harmless."""

    GRANTS = "append"

    kind = models.CharField(max_length=12, choices=PostingKind)
    idempotency_key = models.CharField(max_length=120, unique=True)
    fingerprint = models.CharField(max_length=64)
    booked_at = models.DateTimeField(help_text="when it was written")
    effective_at = models.DateTimeField(help_text="when it counts in business time")
    reference = models.CharField(
        max_length=120, help_text="what it is about, without personal data"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="user; empty for the system",
    )
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="reversed_by"
    )


class Transfer(models.Model):
    """Money from one account to another. Debit gives, credit receives; balances follow."""

    GRANTS: ClassVar[str] = "append"
    GRANTS_UPDATE_COLUMNS: ClassVar[tuple[str, ...]] = ()

    id = models.BigAutoField(primary_key=True)
    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="transfers")
    debit = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="debits")
    credit = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="credits")
    amount = MoneyField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="transfer_positive"),
            models.CheckConstraint(
                condition=~Q(debit=F("credit")), name="transfer_between_two_accounts"
            ),
        ]

    def __str__(self) -> str:
        return f"Transfer {self.pk}"
