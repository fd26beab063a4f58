"""Celery's entrance."""

from celery import shared_task

from stars.common.dates import now
from stars.content.services import subscription


@shared_task
def forget_unconfirmed() -> int:
    """Every night: addresses nobody confirmed go; the next run is the retry."""
    return subscription.forget(at=now())
