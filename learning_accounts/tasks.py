"""Celery's entrances to the app."""

from celery import shared_task

from learning_accounts.services import draft
from stars.common.dates import now


@shared_task
def forget_drafts() -> int:
    """Remove what was typed long ago and never sent."""
    return draft.forget_drafts(at=now())
