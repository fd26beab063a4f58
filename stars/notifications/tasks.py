"""Celery's entrance to the outbox."""

from celery import shared_task

from stars.common.dates import now
from stars.notifications import services


@shared_task
def send_outbox() -> dict[str, int]:
    """Send what is due; the next run of the schedule is the retry."""
    done = services.send_outbox(at=now())
    return {"sent": done.sent, "retried": done.retried, "failed": done.failed}
