"""While the group runs: its start, attendance, and its end (ENR-4, ENR-6)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import DateField, Exists, OuterRef, QuerySet
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy as _

from catalogue.enums import GroupState
from catalogue.models import Group, Session
from catalogue.services import groups as catalogue_groups
from enrolments.enums import UNDER_WAY, ParticipationState, Presence
from enrolments.exceptions import MarkedMeanwhile, ReasonNeeded
from enrolments.locks import lock_participations
from enrolments.models import Attendance, MonthClosing, Participation
from stars.common.dates import RIGA, riga_date
from stars.common.errors import Conflict, Invalid
from stars.common.permissions import SYSTEM, actor_or_none, require
from stars.common.transactions import service


@service
def start_group(*, group_id: UUID, actor: Any, at: datetime) -> int:
    """The group begins, and with it everybody admitted to it; returns how many people began.

    Not before the group's first day (`Invalid`). For a group under way it starts those who were
    admitted later; repeating it changes nothing.
    """
    group = catalogue_groups.lock_group(group_id)
    require(actor, "enrolments.run_group", group)
    if group.state in (GroupState.OPEN, GroupState.CLOSED):
        group = catalogue_groups.start_group(group_id=group_id, actor=actor, at=at)
    elif group.state != GroupState.RUNNING:
        raise Conflict(_("This group does not take place any more."), code="group_closed")
    admitted = Participation.objects.filter(group=group, state=ParticipationState.ADMITTED)
    participations = lock_participations(admitted.values_list("pk", flat=True), group)
    started = [p for p in participations if p.can("start")]
    for participation in started:
        participation.move("start", by=actor_or_none(actor), at=at)
    return len(started)


def start_participations(*, at: datetime) -> int:
    """Start every group whose first day has come and to which somebody is admitted.

    Each group on its own; returns how many people began. Repeating it changes nothing.
    """
    due = (
        Group.objects.filter(
            state__in=(GroupState.OPEN, GroupState.CLOSED, GroupState.RUNNING),
            starts_on__lte=riga_date(at),
            participations__state=ParticipationState.ADMITTED,
        )
        .order_by("pk")
        .distinct()
        .values_list("pk", flat=True)
    )
    return sum(start_group(group_id=pk, actor=SYSTEM, at=at) for pk in due)


@service
def close_if_late(*, group_id: UUID, at: datetime) -> bool:
    """Close a group whose last day for applying is over; False where it was closed meanwhile."""
    group = catalogue_groups.lock_group(group_id)
    if group.state != GroupState.OPEN or group.apply_until >= riga_date(at):
        return False
    catalogue_groups.close_group(group_id=group_id, actor=SYSTEM, at=at)
    return True


def close_late_groups(*, at: datetime) -> int:
    """Close every group whose last day for applying is over; returns how many."""
    late = Group.objects.filter(state=GroupState.OPEN, apply_until__lt=riga_date(at))
    ids = late.order_by("pk").values_list("pk", flat=True)
    return sum(close_if_late(group_id=pk, at=at) for pk in ids)


@service
def finish_if_over(*, group_id: UUID, at: datetime) -> bool:
    """Finish a running group on its last day or later, once everybody has an outcome."""
    group = catalogue_groups.lock_group(group_id)
    still = Participation.objects.filter(group=group, state__in=UNDER_WAY).exists()
    if group.state != GroupState.RUNNING or still or group.ends_on > riga_date(at):
        return False
    catalogue_groups.finish_group(group_id=group_id, actor=SYSTEM, at=at)
    return True


def finish_groups(*, at: datetime) -> int:
    """Finish every group that is over; returns how many."""
    over = Group.objects.filter(state=GroupState.RUNNING, ends_on__lte=riga_date(at))
    ids = over.order_by("pk").values_list("pk", flat=True)
    return sum(finish_if_over(group_id=pk, at=at) for pk in ids)


@service
def mark_attendance(
    *,
    participation_id: UUID,
    session_id: UUID,
    presence: str,
    expected_version: int,
    actor: Any,
    at: datetime,
) -> Attendance:
    """Mark one person in one session (PRO-5). `presence` is a Presence.

    `expected_version` is the version of the mark that was on the screen, 0 for none. Raises
    `MarkedMeanwhile` (with the present mark) where somebody else was quicker, `Invalid` for a
    session of another group, outside the group's days or still ahead, `Conflict` once the
    person's learning has ended, `ReasonNeeded` once the month is closed: `months.change_mark`.
    """
    participation = _lock_participation(participation_id)
    require(actor, "enrolments.mark_attendance", participation)
    session = check_session(
        with_closing(Session.objects.filter(pk=session_id)).first(), participation.group, at
    )
    if participation.state != ParticipationState.LEARNING:
        raise Conflict(
            _("Attendance is marked from the start of the group until the outcome is recorded."),
            code="not_learning",
        )
    mark = Attendance.objects.filter(participation=participation, session=session).first()
    if session.closed and (mark is None or mark.presence != presence):
        raise ReasonNeeded()
    return write_mark(participation, session, mark, presence, expected_version, actor, at)


def write_mark(
    participation: Participation,
    session: Session,
    mark: Attendance | None,
    presence: str,
    expected_version: int,
    actor: Any,
    at: datetime,
) -> Attendance:
    """Write one mark against the version that was seen; the caller holds the participation."""
    if presence not in Presence.values:
        raise Invalid(_("Choose whether the person was there."), code="presence")
    if (mark.version if mark else 0) != expected_version:
        if mark is not None and mark.presence == presence:
            return mark  # both say the same: nothing to argue about
        raise MarkedMeanwhile(mark)
    if mark is None:
        return Attendance.objects.create(
            participation=participation,
            session=session,
            presence=presence,
            marked_by=actor_or_none(actor),
            marked_at=at,
        )
    if mark.presence != presence:
        mark.presence = presence
        mark.version += 1
        mark.marked_by = actor_or_none(actor)
        mark.marked_at = at
        mark.save(update_fields=["presence", "version", "marked_by", "marked_at"])
    return mark


@service
def mark_rest(*, session_id: UUID, presence: str, actor: Any, at: datetime) -> int:
    """Mark everybody who is not marked yet in this session; returns how many that were.

    Marks that exist stay. Raises `Invalid` like `mark_attendance`.
    """
    group = catalogue_groups.lock_group(Session.objects.get(pk=session_id).group_id)
    require(actor, "enrolments.run_group", group)
    session = with_closing(Session.objects.filter(pk=session_id)).get()
    check_session(session, group, at)
    if session.closed:
        raise ReasonNeeded()
    if presence not in Presence.values:
        raise Invalid(_("Choose whether the person was there."), code="presence")
    unmarked = Participation.objects.filter(group=group, state=ParticipationState.LEARNING).exclude(
        attendance__session=session
    )
    rest = lock_participations(unmarked.values_list("pk", flat=True), group)
    # Another teacher may have marked one of them while we waited for the lock.
    done = set(
        Attendance.objects.filter(session=session).values_list("participation_id", flat=True)
    )
    made = Attendance.objects.bulk_create(
        Attendance(
            participation=participation,
            session=session,
            presence=presence,
            marked_by=actor_or_none(actor),
            marked_at=at,
        )
        for participation in rest
        if participation.pk not in done and participation.state == ParticipationState.LEARNING
    )
    return len(made)


def session_on(group: Group, day: date) -> Session:
    """The group's first session on `day` (Riga). Raises `Invalid` for a day without one."""
    if not group.starts_on <= day <= group.ends_on:
        raise Invalid(
            _("This day is outside the days of the group."),
            code="date_outside_group",
            field="day",
        )
    sessions = Session.objects.filter(group=group, starts_at__date=day).order_by("number")
    session = sessions.first()
    if session is None:
        raise Invalid(_("The group has no session on this day."), code="no_session", field="day")
    return session


def _lock_participation(participation_id: UUID) -> Participation:
    """One participation; marks touch neither money nor places, so nothing else is locked."""
    return (
        Participation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("group__version__programme__provider")
        .get(pk=participation_id)
    )


def with_closing(sessions: QuerySet[Session]) -> QuerySet[Any]:
    """Sessions with `closed`: whether their month (in Riga) is closed for the group."""
    closings = MonthClosing.objects.filter(
        group=OuterRef("group"), month=OuterRef("month_of_session")
    )
    return sessions.annotate(
        month_of_session=TruncMonth("starts_at", tzinfo=RIGA, output_field=DateField())
    ).annotate(closed=Exists(closings))


def check_session(session: Any, group: Group, at: datetime) -> Any:
    """The session; `Invalid` unless it is the group's, within its days, and has begun."""
    if session is None or session.group_id != group.pk:
        raise Invalid(_("This session belongs to another group."), code="session_outside_group")
    if not group.starts_on <= riga_date(session.starts_at) <= group.ends_on:
        raise Invalid(_("This day is outside the days of the group."), code="date_outside_group")
    if session.starts_at > at:
        raise Invalid(
            _("This session has not begun yet. Mark who is there when it does."),
            code="session_ahead",
        )
    return session
