"""The account itself. Its row is the lock that serialises one person's money (docs/locking.md)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from accounts.models import Person
from learning_accounts.enums import AccountState
from learning_accounts.workflow import ACCOUNT
from stars.common.models import TimeStamped, TransitionLog, UUIDModel
from stars.common.workflow import Stateful


class AccountLog(TransitionLog):
    """Moves of learning accounts."""

    class Meta(TransitionLog.Meta):
        verbose_name = "transition"


class LearningAccount(UUIDModel, TimeStamped, Stateful):
    """A person's learning account (ILA-1)."""

    WORKFLOW = ACCOUNT
    LOG = AccountLog

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="learning_account")
    state = models.CharField(max_length=10, choices=AccountState, default=AccountState.ACTIVE)
    opened_at = models.DateTimeField()
    profile_completed_at = models.DateTimeField(null=True)
    wish = models.CharField(max_length=300, blank=True, default="")
    reasons = models.JSONField(default=list, blank=True)
    heard_from = models.JSONField(default=list, blank=True)
    # Training is suggested from the profile and from what was learned; the person can switch it
    # off, and is then not counted in what others are suggested either (CAT-8).
    suggestions = models.BooleanField(default=True, db_default=True)

    class Meta:
        triggers: ClassVar[list[Any]] = [ACCOUNT.trigger()]
