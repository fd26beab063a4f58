"""Attendance as people look at it: what may still be missed, closed months, two sides, reasons.

Query counts do not grow with people, sessions or months.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import F, QuerySet

from catalogue.models import Group, Provider, Session
from enrolments.enums import ExcuseState, ParticipationState, Presence
from enrolments.files import EXCUSE
from enrolments.models import (
    Attendance,
    Excuse,
    MonthClosing,
    OwnMark,
    Participation,
    SessionCode,
)
from enrolments.rules import REQUIRED_SHARE, Allowance
from funding.rules.terms import Terms
from stars.common.dates import riga_date
from stars.files.models import StoredFile


@dataclass(frozen=True)
class Absence:
    """What one person missed and may still miss, and what lies ahead."""

    participation: Participation
    allowance: Allowance
    # Academic hours of the longest block that is not marked yet; 0 where none is.
    next_hours: int = 0
    missed: list[Session] = field(default_factory=list)

    @property
    def near(self) -> bool:
        """Missing one more block would break the limit."""
        return self.allowance.near(self.next_hours)


def absences(participations: Sequence[Participation]) -> dict[UUID, Absence]:
    """What each person may still miss: three queries for any number of people and groups.

    The rows need `application__commitment__policy` selected with them.
    """
    groups = {row.group_id for row in participations}
    sessions: dict[UUID, list[Session]] = defaultdict(list)
    for session in Session.objects.filter(group__in=groups).order_by("group", "number"):
        sessions[session.group_id].append(session)
    ids = [row.pk for row in participations]
    marks: dict[UUID, dict[UUID, str]] = defaultdict(dict)
    rows = Attendance.objects.filter(participation__in=ids)
    for person, session_id, presence in rows.values_list("participation", "session", "presence"):
        marks[person][session_id] = presence
    days: dict[UUID, list[tuple[date, date]]] = defaultdict(list)
    accepted = Excuse.objects.filter(participation__in=ids, state=ExcuseState.ACCEPTED)
    for person, first, last in accepted.values_list("participation", "first_day", "last_day"):
        days[person].append((first, last))
    return {
        row.pk: _absence(row, sessions[row.group_id], marks[row.pk], days[row.pk])
        for row in participations
    }


def _absence(
    row: Participation,
    sessions: list[Session],
    marks: dict[UUID, str],
    days: list[tuple[date, date]],
) -> Absence:
    missed = [s for s in sessions if marks.get(s.pk) == Presence.ABSENT]
    excused = [s for s in missed if any(a <= riga_date(s.starts_at) <= b for a, b in days)]
    allowance = Allowance(
        hours=sum(s.hours for s in sessions),
        required=required_of(row),
        missed=sum(s.hours for s in missed),
        excused=sum(s.hours for s in excused),
    )
    ahead = max((s.hours for s in sessions if s.pk not in marks), default=0)
    return Absence(row, allowance, ahead, missed)


def required_of(row: Participation) -> Decimal:
    """Share of academic hours (0–1) that the policy of the person's money asks for (rule 15).

    Needs `application__commitment__policy` loaded.
    """
    commitment = row.application.commitment
    share = Terms.read(commitment.policy.terms).attendance_required if commitment else None
    return REQUIRED_SHARE if share is None else share


def absence_of(participation: Participation) -> Absence:
    """What one person may still miss."""
    return absences([participation])[participation.pk]


def learning_now() -> QuerySet[Participation]:
    """Everybody who learns today, with what `absences` and messages need."""
    return (
        Participation.objects.filter(state=ParticipationState.LEARNING)
        .select_related(
            "account__person__user",
            "application__commitment__policy",
            "group__version__programme__provider",
        )
        .order_by("group", "pk")
    )


@dataclass(frozen=True)
class Month:
    """A month in which a group meets: its first day, what is open in it, and when it was closed."""

    first_day: date
    sessions: int
    unmarked: int
    over: bool
    closed_at: datetime | None

    @property
    def can_close(self) -> bool:
        """It is over, everybody is marked, and it is open."""
        return self.closed_at is None and self.over and not self.unmarked


def months_of(
    sessions: Iterable[Session], unmarked: Iterable[Session], group: Group, *, at: datetime
) -> list[Month]:
    """The months of a group's timetable, in order: one query."""
    closed = dict(MonthClosing.objects.filter(group=group).values_list("month", "closed_at"))
    held: dict[date, int] = defaultdict(int)
    waiting: dict[date, int] = defaultdict(int)
    for session in sessions:
        held[riga_date(session.starts_at).replace(day=1)] += 1
    for session in unmarked:
        waiting[riga_date(session.starts_at).replace(day=1)] += 1
    this = riga_date(at).replace(day=1)
    return [
        Month(month, held[month], waiting[month], month < this, closed.get(month))
        for month in sorted(held)
    ]


@dataclass(frozen=True)
class Difference:
    """A session in which the teacher and the learner say different things."""

    participation: Participation
    session: Session
    presence: str
    # Whether the person wrote in the code.
    own: bool


def differences_in(group: Group) -> list[Difference]:
    """Where the two sides differ, in sessions that had a code: three queries.

    Marked as here without the person's own word, or as away although they wrote in the code.
    """
    with_code = SessionCode.objects.filter(session__group=group).values("session")
    own = set(OwnMark.objects.filter(session__group=group).values_list("participation", "session"))
    marks = (
        Attendance.objects.filter(participation__group=group, session__in=with_code)
        .select_related("participation__account__person", "session")
        .order_by("session__number", "participation__account__person__family_name", "pk")
    )
    return [
        Difference(mark.participation, mark.session, mark.presence, said)
        for mark in marks
        if (said := (mark.participation_id, mark.session_id) in own)
        != (mark.presence == Presence.PRESENT)
    ]


def confirmed_in(session: Session) -> tuple[bool, set[UUID]]:
    """Whether the session had a code, and who wrote it in: two queries."""
    own = set(OwnMark.objects.filter(session=session).values_list("participation", flat=True))
    return bool(own) or SessionCode.objects.filter(session=session).exists(), own


def excuses_to_decide(providers: Sequence[Provider]) -> QuerySet[Excuse]:
    """Reasons that wait for the providers' answer, the oldest first."""
    return (
        Excuse.objects.filter(
            state=ExcuseState.SUBMITTED,
            participation__group__version__programme__provider__in=providers,
        )
        .select_related("participation__account__person", "participation__group__version")
        .order_by("submitted_at", "pk")
    )


def excuses_in(group: Group) -> QuerySet[Excuse]:
    """Every reason of a group that was not taken back: those that wait first, then the newest."""
    return (
        Excuse.objects.filter(participation__group=group)
        .exclude(state=ExcuseState.WITHDRAWN)
        .select_related("participation__account__person")
        .order_by(F("decided_at").desc(nulls_first=True), "submitted_at", "pk")
    )


def papers_of(excuse_ids: Sequence[UUID]) -> dict[UUID, list[StoredFile]]:
    """Papers by reason, the oldest first: one query. The caller answers for who sees them."""
    found: dict[UUID, list[StoredFile]] = defaultdict(list)
    rows = StoredFile.objects.filter(owner_kind=EXCUSE, owner_id__in=excuse_ids)
    for paper in rows.order_by("uploaded_at", "pk"):
        found[paper.owner_id].append(paper)
    return found
