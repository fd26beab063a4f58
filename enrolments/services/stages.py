"""Hours held and attended, passed to funding where a policy pays parts of a training (rule 8).

A part is owed once the month in which it was reached is counted, like monthly aid: until then
marks are put right. Policies without parts are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet, Sum

from catalogue.models import Session
from enrolments.enums import ParticipationState
from enrolments.models import Participation
from enrolments.rules import Attended
from enrolments.selectors import held_sessions
from funding.enums import CommitmentState
from funding.models import StagePayment
from funding.rules.aid import last_counted
from funding.rules.settlement import month_end, reached
from funding.rules.terms import Terms
from funding.services.stages import capture_stages
from stars.common.dates import riga_date
from stars.common.errors import Conflict
from stars.common.permissions import SYSTEM

# Who learns, or has completed and waits for the second side.
LEARNED = (ParticipationState.LEARNING, ParticipationState.COMPLETED)


@dataclass(frozen=True)
class Reached:
    """What one person's training has come to, in academic hours; `hours` is the whole of it."""

    participation: Participation
    commitment_id: UUID
    hours: int
    held: int
    attended: int

    @property
    def share(self) -> Decimal:
        """Share 0–1 of the hours held that the person attended, cut and never rounded up."""
        return Attended(self.held, self.held, self.attended).share


def with_stages() -> QuerySet[Participation]:
    """People whose support is held, and not frozen, under a policy that pays parts."""
    return (
        Participation.objects.filter(
            application__commitment__state=CommitmentState.HELD,
            application__commitment__frozen_at__isnull=True,
            application__commitment__policy__terms__stages__0__isnull=False,
        )
        .select_related("group__version", "application__commitment__policy")
        .annotate(done=Count("application__commitment__stages"))
        .order_by("pk")
    )


def due(participation: Participation, *, until: datetime) -> Reached | None:
    """What is to be passed on for sessions before `until`; None where no further part is reached.

    Needs a row of `with_stages`. Three queries.
    """
    commitment = participation.application.commitment
    assert commitment is not None
    held = attended = 0
    for session, was_there in held_sessions(participation):
        if session.starts_at < until:
            held += session.hours
            attended += session.hours * was_there
    table = Session.objects.filter(group=participation.group_id).aggregate(sum=Sum("hours"))
    # A timetable that is not complete yet must not look like one that is half over.
    hours = max(table["sum"] or 0, participation.group.version.hours)
    stages = Terms.read(commitment.policy.terms).stages
    if reached(stages, Decimal(held), Decimal(hours)) <= participation.done:  # type: ignore[attr-defined]
        return None
    return Reached(participation, commitment.pk, hours, held, attended)


def _counted(at: datetime) -> datetime:
    """The first moment that no counted month holds."""
    return month_end(last_counted(riga_date(at)))


def preview(*, at: datetime) -> Iterator[Reached]:
    """What `owe` would pass on at the moment `at`; nothing is written."""
    for participation in with_stages().filter(state__in=LEARNED).iterator(chunk_size=500):
        if found := due(participation, until=_counted(at)):
            yield found


def owe(*, at: datetime) -> list[StagePayment]:
    """Let funding owe every part that was reached in a counted month; returns the new ones.

    Each person in a transaction of their own. Repeating it changes nothing.
    """
    made: list[StagePayment] = []
    for found in list(preview(at=at)):
        try:
            made += _pass_on(found, riga_date(_counted(at)), SYSTEM, at)
        except Conflict:
            continue  # the training ended meanwhile: the rest is owed or lost with it
    return made


def owe_before_end(*, participation_id: UUID, actor: Any, at: datetime) -> list[StagePayment]:
    """Parts that were reached before a person stopped; the caller holds the locks of the learner.

    What was reached stays owed, also where its month is not counted yet (rule 8).
    """
    participation = with_stages().filter(pk=participation_id).first()
    if participation is None or (found := due(participation, until=at)) is None:
        return []
    return _pass_on(found, riga_date(at), actor, at)


def _pass_on(found: Reached, before: date, actor: Any, at: datetime) -> list[StagePayment]:
    return capture_stages(
        commitment_id=found.commitment_id,
        hours_held=Decimal(found.held),
        hours=Decimal(found.hours),
        attendance_share=found.share,
        evidence={
            "participation_id": str(found.participation.pk),
            "group_id": str(found.participation.group_id),
            "hours_attended": str(found.attended),
            "counted_before": before.isoformat(),
        },
        actor=actor,
        at=at,
    )
