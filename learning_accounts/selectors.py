"""Reading the person's own things."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from learning_accounts.enums import StepState
from learning_accounts.models import (
    Favourite,
    LearningAccount,
    LearningPath,
    LearningRecord,
    SearchAlert,
)


@dataclass(frozen=True)
class Progress:
    """How far a path is, in steps."""

    done: int
    all: int


def account_of(user: Any) -> LearningAccount | None:
    """The account of the person who signs in as this user, with the person."""
    return LearningAccount.objects.filter(person__user=user.pk).select_related("person").first()


def records_of(account_id: UUID) -> QuerySet[LearningRecord]:
    """The learning history, the latest first."""
    return LearningRecord.objects.filter(account=account_id).order_by(
        "-completed_on", "-created_at"
    )


def paths_of(account_id: UUID) -> list[LearningPath]:
    """The person's paths, the newest first, with their steps; two queries."""
    paths = LearningPath.objects.filter(account=account_id).prefetch_related("steps__programme")
    return list(paths.order_by("-begun_at"))


def progress(path: LearningPath) -> Progress:
    """How many of the path's steps are done; no query where the steps are loaded."""
    steps = list(path.steps.all())
    return Progress(sum(step.state == StepState.DONE for step in steps), len(steps))


def saved_ids(account_id: UUID) -> list[UUID]:
    """Programmes on the account's list, the latest saved first: one query."""
    saved = Favourite.objects.filter(account=account_id).order_by("-saved_at", "pk")
    return list(saved.values_list("programme_id", flat=True))


def alerts_of(account_id: UUID) -> QuerySet[SearchAlert]:
    """Searches that wait for an answer, the newest first."""
    living = SearchAlert.objects.filter(account=account_id, ended_at__isnull=True)
    return living.order_by("-made_at", "pk")
