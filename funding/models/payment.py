"""Money that leaves through the bank: to whom, how much, in which file (FUN-12)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Organisation
from funding.enums import FileState, PaymentState
from funding.models.ledger import LedgerAccount, Posting
from funding.models.log import FundingLog
from funding.models.policy import FundingSource
from funding.workflow import PAYMENT, PAYMENT_FILE
from learning_accounts.models import LearningAccount
from stars.common.models import Approval, TimeStamped, UUIDModel
from stars.common.money import MoneyField
from stars.common.workflow import Stateful


class BankAccount(UUIDModel):
    """An account number of a provider or a person. A new number is a new row; the newest holds."""

    GRANTS = "append"

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="bank_accounts"
    )
    account = models.ForeignKey(
        LearningAccount, on_delete=models.PROTECT, null=True, related_name="bank_accounts"
    )
    iban = models.CharField(max_length=34)
    holder = models.CharField(max_length=140)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    recorded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(organisation__isnull=True, account__isnull=False)
                | Q(organisation__isnull=False, account__isnull=True),
                name="bank_account_has_one_owner",
            ),
        ]


class PaymentFile(UUIDModel, TimeStamped, Stateful):
    """One pain.001 file; its bytes are a stored file of the kind `payment_file`."""

    WORKFLOW = PAYMENT_FILE
    LOG = FundingLog

    message_id = models.CharField(max_length=35, unique=True)
    state = models.CharField(max_length=10, choices=FileState, default=FileState.WAITING)
    execute_on = models.DateField()
    count = models.PositiveIntegerField()
    total = MoneyField()

    class Meta:
        triggers: ClassVar[list[Any]] = [PAYMENT_FILE.trigger()]

    def __str__(self) -> str:
        return self.message_id


class PaymentFileApproval(Approval):
    """A payment file leaves when a second person agrees."""

    file = models.ForeignKey(PaymentFile, on_delete=models.PROTECT, related_name="approvals")

    class Meta(Approval.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Approval.Meta.constraints,
            models.UniqueConstraint(
                fields=["file"],
                condition=Q(decided_at__isnull=True),
                name="one_open_approval_per_payment_file",
            ),
        ]


class Payment(UUIDModel, TimeStamped, Stateful):
    """One payment. What the bank rejects is replaced by one new payment, once."""

    WORKFLOW = PAYMENT
    LOG = FundingLog

    source = models.ForeignKey(FundingSource, on_delete=models.PROTECT, related_name="payments")
    # "statement:<id>", "claim:<id>" or "aid_month:<id>"
    reference = models.CharField(max_length=60)
    payable = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="payments")
    amount = MoneyField()
    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="payments")
    end_to_end_id = models.CharField(max_length=35, unique=True)
    state = models.CharField(max_length=10, choices=PaymentState, default=PaymentState.READY)
    file = models.ForeignKey(
        PaymentFile, on_delete=models.PROTECT, null=True, related_name="payments"
    )
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="replaced_by"
    )
    posting = models.OneToOneField(
        Posting, on_delete=models.PROTECT, null=True, related_name="payment"
    )
    settled_on = models.DateField(null=True, help_text="the bank's day")
    bank_note = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["reference"], name="payment_of"),
            models.Index(
                fields=["state"], condition=Q(state__in=["ready", "sent"]), name="payment_waiting"
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_positive"),
            # One living payment for each thing that is paid.
            models.UniqueConstraint(
                fields=["reference"],
                condition=Q(state__in=["ready", "held", "sent", "paid"]),
                name="one_living_payment",
            ),
            models.CheckConstraint(
                condition=~Q(state="paid") | Q(settled_on__isnull=False, posting__isnull=False),
                name="payment_paid_is_posted",
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(file__isnull=False), name="payment_sent_in_file"
            ),
        ]
        triggers: ClassVar[list[Any]] = [PAYMENT.trigger()]
