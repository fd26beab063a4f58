"""The learning path."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from catalogue.models import Programme
from learning_accounts.enums import StepState
from learning_accounts.models import LearningAccount, LearningPath, PathStep
from stars.common.errors import Invalid
from stars.common.permissions import require
from stars.common.transactions import service


@service
def create_path(
    *, account_id: UUID, goal: str, programme_id: UUID, actor: Any, at: datetime
) -> LearningPath:
    """A path with a goal in the person's own words and a programme as its first step (ILA-8).

    Raises `Invalid` without a goal. The same goal again is the same path.
    """
    account = (
        LearningAccount.objects.select_for_update(of=("self",), no_key=True)
        .select_related("person")
        .get(pk=account_id)
    )
    require(actor, "learning_accounts.use", account)
    goal = goal.strip()
    if not goal:
        raise Invalid(_("Write what you want to become or learn to do."), code="goal", field="goal")
    programme = Programme.objects.select_related("current").get(pk=programme_id)
    path = LearningPath.objects.filter(account=account, goal=goal).first()
    if path is None:
        path = LearningPath.objects.create(account=account, goal=goal, begun_at=at)
    if not path.steps.filter(programme=programme).exists():
        title = programme.current.title if programme.current else programme.code
        PathStep.objects.create(
            path=path, order=path.steps.count() + 1, title=title, programme=programme
        )
    return path


def has_path(account_id: UUID) -> bool:
    """Whether the account has a learning path (money-rules.md 12)."""
    return LearningPath.objects.filter(account=account_id).exists()


def mark_programme_done(*, account_id: UUID, programme_id: UUID) -> int:
    """Mark the steps with this programme as done; returns how many steps that were."""
    steps = PathStep.objects.filter(path__account=account_id, programme=programme_id)
    return steps.exclude(state=StepState.DONE).update(state=StepState.DONE)
