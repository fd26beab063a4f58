"""Celery's entrances to the app."""

from celery import shared_task

from learning_accounts.services import alerts, draft
from stars.common.dates import now


@shared_task
def forget_drafts() -> int:
    """Remove what was typed long ago and never sent."""
    return draft.forget_drafts(at=now())


@shared_task
def tell_of_new_training() -> int:
    """Tell people whose search has found something new, and end what waited for a year."""
    at = now()
    told = alerts.tell_all(at=at)
    alerts.forget_alerts(at=at)
    return told
