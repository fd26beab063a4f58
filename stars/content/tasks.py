"""Celery's entrance."""

from celery import shared_task

from stars.common.dates import now
from stars.content.services import reports, subscription


@shared_task
def forget_unconfirmed() -> int:
    """Every night: addresses nobody confirmed go, and old reports; the next run is the retry."""
    at = now()
    return subscription.forget(at=at) + reports.forget(at=at)
