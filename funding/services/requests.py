"""Asking for the periodic money, once for all periods (rule 1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from funding.models import StandingRequest
from learning_accounts.models import LearningAccount
from stars.common.permissions import require
from stars.common.transactions import service


@service
def ask(*, account_id: UUID, actor: Any, at: datetime) -> StandingRequest:
    """Stand in line for money now and in later periods; asking twice changes nothing."""
    account = LearningAccount.objects.select_for_update(no_key=True).get(pk=account_id)
    require(actor, "funding.use_own_money", account)
    standing = StandingRequest.objects.filter(account=account, ended_at__isnull=True).first()
    return standing or StandingRequest.objects.create(account=account, asked_at=at)


@service
def end(*, account_id: UUID, actor: Any, at: datetime) -> None:
    """Stop asking; what was granted stays."""
    account = LearningAccount.objects.select_for_update(no_key=True).get(pk=account_id)
    require(actor, "funding.use_own_money", account)
    StandingRequest.objects.filter(account=account, ended_at__isnull=True).update(ended_at=at)
