"""What happens by itself; every step may be repeated and takes up where it stopped."""

from __future__ import annotations

from celery import shared_task

from enrolments import messages
from enrolments.services import affinity, aid, decisions, learning
from stars.common.dates import now


@shared_task(
    name="enrolments.tasks.daily",
    autoretry_for=(Exception,),
    retry_backoff=60,
    retry_kwargs={"max_retries": 5},
)
def daily() -> None:
    """No answer in time, groups that close, begin and end, and reminders (money-rules.md 17)."""
    at = now()
    decisions.lapse_overdue(at=at)
    learning.close_late_groups(at=at)
    decisions.lapse_drafts(at=at)
    learning.start_participations(at=at)
    learning.finish_groups(at=at)
    messages.remind_of_starts(at=at)
    # From the third working day of a month on; marks put right later are counted the next day.
    aid.count(at=at)


@shared_task(autoretry_for=(Exception,), retry_backoff=60, retry_kwargs={"max_retries": 3})
def write_affinity() -> int:
    """Which programmes go together, for suggestions (CAT-8)."""
    return affinity.write_affinity()
