"""The learning path."""

from __future__ import annotations

from uuid import UUID

from learning_accounts.enums import StepState
from learning_accounts.models import LearningPath, PathStep


def has_path(account_id: UUID) -> bool:
    """Whether the account has a learning path (money-rules.md 12)."""
    return LearningPath.objects.filter(account=account_id).exists()


def mark_programme_done(*, account_id: UUID, programme_id: UUID) -> int:
    """Mark the steps with this programme as done; returns how many steps that were."""
    steps = PathStep.objects.filter(path__account=account_id, programme=programme_id)
    return steps.exclude(state=StepState.DONE).update(state=StepState.DONE)
