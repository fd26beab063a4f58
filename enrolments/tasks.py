"""What happens by itself; every step may be repeated and takes up where it stopped."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from enrolments import messages, messages_attendance, messages_groups, messages_results
from enrolments.services import (
    affinity,
    aid,
    certificate_papers,
    decisions,
    excuses,
    learning,
    moves,
    queue,
    stages,
    suspensions,
)
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
    suspensions.carry_out_open(at=at)
    decisions.lapse_overdue(at=at)
    learning.close_late_groups(at=at)
    decisions.lapse_drafts(at=at)
    learning.start_participations(at=at)
    learning.finish_groups(at=at)
    moves.lapse_unanswered(at=at)
    queue.pass_places_on(at=at)
    messages.remind_of_starts(at=at)
    messages_groups.warn_of_small_groups(at=at)
    # From the third working day of a month on; marks put right later are counted the next day.
    aid.count(at=at)
    stages.owe(at=at)
    certificate_papers.print_missing(at=at)


@shared_task(autoretry_for=(Exception,), retry_backoff=60, retry_kwargs={"max_retries": 5})
def attendance() -> None:
    """In the morning: sessions nobody marked, people who may miss little more (ENR-6), and results
    that are due (ENR-7)."""
    at = now()
    messages_attendance.remind_of_marks(at=at)
    messages_attendance.warn_of_absence(at=at)
    messages_results.remind_of_results(at=at)


@shared_task(autoretry_for=(Exception,), retry_backoff=60, retry_kwargs={"max_retries": 5})
def erase_excuses() -> int:
    """Papers about absence, 30 days after the answer."""
    return excuses.erase_due(at=now())


@shared_task(autoretry_for=(Exception,), retry_backoff=60, retry_kwargs={"max_retries": 5})
def pass_places_on() -> int:
    """Every hour: places that were offered and not taken go to the next in line (ENR-4)."""
    return queue.pass_places_on(at=now())


@shared_task(autoretry_for=(Exception,), retry_backoff=60, retry_kwargs={"max_retries": 3})
def write_affinity() -> int:
    """Which programmes go together, for suggestions (CAT-8)."""
    return affinity.write_affinity()


@shared_task(autoretry_for=(Exception,), retry_backoff=60, retry_kwargs={"max_retries": 5})
def print_certificate(certificate_id: str) -> None:
    """The PDF of a certificate that was just issued."""
    certificate_papers.print_certificate(certificate_id=UUID(certificate_id), at=now())
