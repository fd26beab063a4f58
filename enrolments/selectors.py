"""What learners, providers and the agency see; query counts do not grow with the lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from accounts.enums import PROVIDER_ROLES
from accounts.selectors import active_roles
from catalogue.enums import GroupState
from catalogue.models import Group, Provider, Session
from catalogue.selectors_groups import postponed_since
from enrolments.enums import (
    HOLDING_PLACE,
    LIVING,
    UNDER_WAY,
    ApplicationState,
    ParticipationState,
    Presence,
)
from enrolments.models import (
    Application,
    Attendance,
    Certificate,
    Dispute,
    EnrolmentLog,
    Participation,
)
from enrolments.rules import REQUIRED_SHARE, Attended, attended
from funding.enums import CommitmentState
from learning_accounts.models import LearningAccount
from stars.common.dates import riga_date
from stars.common.money import ZERO

WITH_PROGRAMME = (
    "offer__version__programme__provider",
    "offer__version__type",
    "group__version__programme__provider",
)


# --- the learner ---------------------------------------------------------------------------


def applications_of(account: LearningAccount) -> QuerySet[Application]:
    """Everything the person ever began, newest first, with programme, group and participation."""
    return (
        Application.objects.filter(account=account)
        .select_related(*WITH_PROGRAMME, "participation", "commitment")
        .order_by("-created_at", "pk")
    )


def living_of(account: LearningAccount) -> QuerySet[Application]:
    """What goes on: drafts, waiting, admitted, learning, or completed and not yet confirmed."""
    over = (
        Q(state=ApplicationState.APPROVED)
        & ~Q(participation__state__in=UNDER_WAY)
        & ~Q(
            participation__state=ParticipationState.COMPLETED,
            participation__confirmed_at__isnull=True,
        )
    )
    return applications_of(account).filter(state__in=LIVING).exclude(over)


@dataclass(frozen=True)
class Step:
    """One line of an application's history; `by_me` where the person did it themselves."""

    at: datetime
    what: str
    state: str
    by_me: bool
    note: str


def history(application: Application) -> list[Step]:
    """Every move of an application, its participation and cases, oldest first: one query (ENR-2).

    `what` is "application.submit", "participation.complete" and the like. Notes that people wrote
    to the learner are on the rows themselves; the log's notes are for the agency.
    """
    ids = [application.pk]
    participation = getattr(application, "participation", None)
    if participation is not None:
        ids.append(participation.pk)
    user_id = application.account.person.user_id
    return [
        Step(
            at=row.at,
            what=f"{row.object_type}.{row.transition}",
            state=row.to_state,
            by_me=row.by_id is not None and row.by_id == user_id,
            note=row.note,
        )
        for row in EnrolmentLog.objects.filter(
            Q(object_id__in=ids)
            | Q(object_id__in=Dispute.objects.filter(application=application).values("pk"))
        ).order_by("at", "pk")
    ]


@dataclass(frozen=True)
class Withdrawal:
    """What happens when the person withdraws now. Amounts in EUR."""

    possible: bool
    comes_back: Decimal = ZERO
    is_lost: Decimal = ZERO
    project_keeps: Decimal = ZERO


def withdrawal(application: Application, at: datetime) -> Withdrawal:
    """What withdrawing would mean, to be said before it is confirmed (rule 7): one query."""
    participation = getattr(application, "participation", None)
    if not application.can("withdraw") or (
        participation is not None
        and (
            participation.state != ParticipationState.ADMITTED
            or riga_date(at) >= application.group.starts_on
        )
    ):
        return Withdrawal(possible=False)
    commitment = application.commitment
    if commitment is not None and commitment.frozen_at is not None:
        return Withdrawal(possible=False)  # the agency looks into it
    if commitment is None or commitment.state != CommitmentState.HELD:
        return Withdrawal(possible=True)
    lines = list(commitment.lines.select_related("grant"))
    back = sum((line.amount for line in lines if line.grant.ends_at > at), ZERO)
    total = sum((line.amount for line in lines), ZERO)
    since = application.submitted_at
    if back < total and since is not None and postponed_since(application.group_id, since):
        back = total  # the provider changed the days: nothing of it is lost (rule 7)
    # Without lots the project itself pays: nothing of it was on the person's account.
    lost = total - back
    return Withdrawal(
        possible=True,
        comes_back=back,
        is_lost=lost,
        project_keeps=ZERO if lines else commitment.support,
    )


# --- attendance ----------------------------------------------------------------------------


def attendance_of(participation: Participation) -> Attended:
    """Academic hours of one person: two queries."""
    sessions = Session.objects.filter(group=participation.group_id).values_list("pk", "hours")
    marks = Attendance.objects.filter(participation=participation)
    return attended(list(sessions), dict(marks.values_list("session_id", "presence")))


def held_sessions(participation: Participation) -> list[tuple[Session, bool]]:
    """Sessions of the person's group in which somebody was marked, and whether the person was
    there; by time. What is not marked counts as absent: two queries."""
    held = Session.objects.filter(group=participation.group_id, attendance__isnull=False)
    marks = dict(
        Attendance.objects.filter(participation=participation).values_list("session_id", "presence")
    )
    return [
        (session, marks.get(session.pk) == Presence.PRESENT)
        for session in held.distinct().order_by("starts_at", "pk")
    ]


def attendance_of_group(group: Group) -> dict[UUID, Attended]:
    """Academic hours of everybody in a group, by participation: two queries and one for people."""
    sessions = list(Session.objects.filter(group=group).values_list("pk", "hours"))
    marks: dict[UUID, dict[UUID, str]] = defaultdict(dict)
    rows = Attendance.objects.filter(participation__group=group)
    for person, session, presence in rows.values_list("participation", "session", "presence"):
        marks[person][session] = presence
    people = Participation.objects.filter(group=group).values_list("pk", flat=True)
    return {pk: attended(sessions, marks[pk]) for pk in people}


@dataclass(frozen=True)
class MarkRow:
    """One person on the attendance page."""

    participation: Participation
    mark: Attendance | None
    so_far: Attended

    @property
    def presence(self) -> str:
        """Presence or ""."""
        return self.mark.presence if self.mark else ""

    @property
    def version(self) -> int:
        """What the page sends back as `expected_version`."""
        return self.mark.version if self.mark else 0


@dataclass(frozen=True)
class SessionSheet:
    """One session with everybody in the group."""

    session: Session
    rows: list[MarkRow]
    previous: Session | None = None
    following: Session | None = None
    # How many sessions the group has in all.
    sessions: int = 0

    @property
    def marked(self) -> int:
        """How many people are marked."""
        return sum(row.mark is not None for row in self.rows)


def session_sheet(group: Group, session: Session) -> SessionSheet:
    """Everybody who learns or learned in the group, with their mark in a session: six queries."""
    people = (
        Participation.objects.filter(
            group=group,
            state__in=(ParticipationState.LEARNING, ParticipationState.COMPLETED),
        )
        .select_related("account__person", "application__commitment__policy")
        .order_by("account__person__family_name", "account__person__given_name", "pk")
    )
    marks = {mark.participation_id: mark for mark in Attendance.objects.filter(session=session)}
    hours = attendance_of_group(group)
    rows = [MarkRow(person, marks.get(person.pk), hours[person.pk]) for person in people]
    sessions = list(Session.objects.filter(group=group).order_by("number"))
    place = [other.pk for other in sessions].index(session.pk)
    return SessionSheet(
        session,
        rows,
        previous=sessions[place - 1] if place else None,
        following=sessions[place + 1] if place + 1 < len(sessions) else None,
        sessions=len(sessions),
    )


# --- the provider --------------------------------------------------------------------------


def providers_of(actor: Any) -> list[Provider]:
    """Providers for which the actor works today, by name."""
    organisations = [pk for pk, role in active_roles(actor) if role in PROVIDER_ROLES]
    return list(Provider.objects.filter(organisation__in=organisations).order_by("name"))


@dataclass(frozen=True)
class GroupRow:
    """A group in the provider's list with what waits to be done."""

    group: Group
    to_decide: int
    learning: int
    completed: int
    next_session: Session | None = None
    unmarked: list[Session] = field(default_factory=list)
    # Share of marked hours at which people were there, 0–1; None where nothing is marked.
    attendance: Decimal | None = None
    # People who were there for less than the required share of the hours marked so far.
    below: int = 0


def groups_of(providers: Sequence[Provider], *, at: datetime) -> list[GroupRow]:
    """All groups of the providers with counts, soonest first, past ones last: five queries."""
    today = riga_date(at)
    groups = list(
        Group.objects.filter(version__programme__provider__in=providers)
        .select_related("version__programme__provider")
        .annotate(
            to_decide=Count(
                "applications",
                filter=Q(applications__state=ApplicationState.SUBMITTED),
                distinct=True,
            ),
            learning=Count(
                "participations", filter=Q(participations__state__in=UNDER_WAY), distinct=True
            ),
            completed=Count(
                "participations",
                filter=Q(participations__state=ParticipationState.COMPLETED),
                distinct=True,
            ),
        )
    )
    groups.sort(
        key=lambda g: (
            g.state in _OVER,
            g.starts_on if g.starts_on >= today else today,
            g.starts_on,
            g.code,
        )
    )
    running = [g.pk for g in groups if g.state == GroupState.RUNNING]
    unmarked = sessions_to_mark(running, at=at)
    shares = _attendance_so_far(running)
    coming: dict[UUID, Session] = {}
    ahead = Session.objects.filter(
        group__in=[g.pk for g in groups if g.state not in _OVER], ends_at__gte=at
    )
    for session in ahead.order_by("-starts_at"):
        coming[session.group_id] = session
    return [
        GroupRow(
            group=group,
            to_decide=group.to_decide,
            learning=group.learning,
            completed=group.completed,
            next_session=coming.get(group.pk),
            unmarked=unmarked.get(group.pk, []),
            attendance=shares[group.pk].attendance if group.pk in shares else None,
            below=shares[group.pk].below if group.pk in shares else 0,
        )
        for group in groups
    ]


@dataclass
class _SoFar:
    marked: int = 0
    present: int = 0
    below: int = 0

    @property
    def attendance(self) -> Decimal:
        return Attended(self.marked, self.marked, self.present).share


def _attendance_so_far(group_ids: Sequence[UUID]) -> dict[UUID, _SoFar]:
    """Hours marked until now, by group; people with an outcome count no more: one query."""
    people = (
        Attendance.objects.filter(
            participation__group__in=group_ids,
            participation__state=ParticipationState.LEARNING,
        )
        .values_list(
            "participation__group",
            "participation",
            "participation__application__commitment__policy__terms__attendance_required",
        )
        .annotate(
            marked=Sum("session__hours"),
            present=Coalesce(Sum("session__hours", filter=Q(presence=Presence.PRESENT)), 0),
        )
    )
    found: dict[UUID, _SoFar] = defaultdict(_SoFar)
    for group_id, _person, asked, marked, present in people:
        sums = found[group_id]
        required = REQUIRED_SHARE if asked is None else Decimal(str(asked))
        sums.marked += marked
        sums.present += present
        sums.below += Attended(marked, marked, present).share_so_far < required
    return dict(found)


_OVER = (GroupState.FINISHED, GroupState.CANCELLED)


def sessions_to_mark(group_ids: Iterable[UUID], *, at: datetime) -> dict[UUID, list[Session]]:
    """Sessions that have begun and in which somebody who learns is not marked, by group.

    Two queries: counting people and marks in one would multiply them with each other.
    """
    learning = dict(
        Participation.objects.filter(group__in=list(group_ids), state=ParticipationState.LEARNING)
        .values_list("group")
        .annotate(n=Count("pk"))
    )
    marked = Count(
        "attendance",
        filter=Q(attendance__participation__state=ParticipationState.LEARNING),
    )
    begun = (
        Session.objects.filter(group__in=list(learning), starts_at__lte=at)
        .annotate(marked=marked)
        .order_by("starts_at")
    )
    found: dict[UUID, list[Session]] = defaultdict(list)
    for session in begun:
        if session.marked < learning[session.group_id]:
            found[session.group_id].append(session)
    return dict(found)


def applications_to_decide(actor: Any) -> QuerySet[Application]:
    """What waits for the actor's provider, the earliest answer due first."""
    return (
        Application.objects.visible_to(actor)
        .filter(
            state=ApplicationState.SUBMITTED,
            group__version__programme__provider__in=providers_of(actor),
        )
        .select_related(*WITH_PROGRAMME, "account__person")
        .order_by("decide_by", "submitted_at", "pk")
    )


@dataclass(frozen=True)
class PersonInGroup:
    """A participation with its attendance."""

    participation: Participation
    hours: Attended


def people_in(group: Group) -> list[PersonInGroup]:
    """Everybody who was admitted, by name, with attendance: four queries."""
    hours = attendance_of_group(group)
    rows = (
        Participation.objects.filter(group=group)
        .select_related("account__person", "application__commitment__policy")
        .order_by("account__person__family_name", "account__person__given_name", "pk")
    )
    return [PersonInGroup(row, hours[row.pk]) for row in rows]


def completed_in(group: Group) -> list[Participation]:
    """Everybody who completed the training, by name, with their certificates: two queries."""
    rows = Participation.objects.filter(group=group, state=ParticipationState.COMPLETED)
    return list(
        rows.select_related("account__person")
        .prefetch_related("certificates")
        .order_by("account__person__family_name", "account__person__given_name", "pk")
    )


def certificates_of(participation_ids: Iterable[UUID]) -> dict[UUID, Certificate]:
    """The valid certificate of each participation that has one: one query."""
    valid = Certificate.objects.filter(
        participation__in=list(participation_ids), withdrawn_at__isnull=True
    )
    return {one.participation_id: one for one in valid}


def waiting_in(group: Group) -> QuerySet[Application]:
    """Applications for one group that wait for an answer."""
    return (
        Application.objects.filter(group=group, state=ApplicationState.SUBMITTED)
        .select_related(*WITH_PROGRAMME, "account__person")
        .order_by("submitted_at", "pk")
    )


# --- proofs --------------------------------------------------------------------------------


def places_that_differ() -> list[tuple[UUID, int, int]]:
    """Groups whose `taken` is not the number of applications that hold a place.

    (group, taken, counted); empty when the projection is true. Part of the nightly proof.
    """
    groups = Group.objects.annotate(
        counted=Count("applications", filter=Q(applications__state__in=HOLDING_PLACE))
    )
    return [(g.pk, g.taken, g.counted) for g in groups if g.taken != g.counted]


def begin_on(day: date) -> QuerySet[Participation]:
    """People admitted to groups that begin on `day`, with person, user and programme."""
    return (
        Participation.objects.filter(state=ParticipationState.ADMITTED, group__starts_on=day)
        .exclude(group__state__in=_OVER)
        .select_related("account__person__user", "group__version")
        .order_by("pk")
    )
