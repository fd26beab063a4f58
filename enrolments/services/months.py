"""Closing a month of attendance, and what changes after it (PRO-5, PRO-6).

A closed month is what money and monthly aid are reckoned from. Its marks still may be put right,
with a reason that stays; where money was owed because of them, the difference stands in a later
statement. What was completed stays completed: the outcome is the provider's word, the money is not.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from catalogue.models import Session
from catalogue.services.groups import lock_group
from enrolments.enums import ParticipationState
from enrolments.exceptions import ReasonNeeded
from enrolments.locks import Locked, lock_for_participation, lock_participations
from enrolments.models import Attendance, AttendanceChange, MonthClosing, Participation
from enrolments.rules import difference
from enrolments.selectors import attendance_of, sessions_to_mark
from enrolments.services.learning import check_session, with_closing, write_mark
from enrolments.services.outcomes import required_share
from funding.services.corrections import correct, corrected
from funding.services.holds import lock_provider
from stars.common.dates import add_months, riga_date, start_of_day
from stars.common.errors import Conflict, Invalid
from stars.common.money import ZERO
from stars.common.permissions import SYSTEM, actor_or_none, require
from stars.common.transactions import service

REASON_LETTERS = 300
# What differences of settlement that come from marks say of themselves.
EVIDENCE = "attendance"


@service
def close_month(*, group_id: UUID, month: date, actor: Any, at: datetime) -> MonthClosing:
    """Close a month (its first day) of a group's attendance; closing it twice returns the first.

    `Invalid` (field "month") for what is no first day of a month, is not over yet, or in which
    the group does not meet; `Conflict` while somebody who learns is not marked in it.
    """
    group = lock_group(group_id)
    require(actor, "enrolments.run_group", group)
    # Whoever is writing a mark holds the person's row: it is in before the month closes, or late.
    lock_participations(
        Participation.objects.filter(group=group).values_list("pk", flat=True), group
    )
    if closed := MonthClosing.objects.filter(group=group, month=month).first():
        return closed
    if month.day != 1 or add_months(month, 1) > riga_date(at):
        raise Invalid(_("A month is closed when it is over."), code="month_ahead", field="month")
    first, end = start_of_day(month), start_of_day(add_months(month, 1))
    if not Session.objects.filter(group=group, starts_at__gte=first, starts_at__lt=end).exists():
        raise Invalid(
            _("The group has no session in this month."), code="no_session", field="month"
        )
    if any(
        first <= s.starts_at < end for s in sessions_to_mark([group.pk], at=at).get(group.pk, [])
    ):
        raise Conflict(
            _("Somebody is not marked yet in this month. Mark everybody, then close it."),
            code="not_marked",
        )
    return MonthClosing.objects.create(
        group=group, month=month, closed_by=actor_or_none(actor), closed_at=at
    )


@service
def change_mark(
    *,
    participation_id: UUID,
    session_id: UUID,
    presence: str,
    expected_version: int,
    reason: str,
    actor: Any,
    at: datetime,
) -> Attendance:
    """Change a mark of a closed month, or after completion, with the reason why.

    Takes what `learning.mark_attendance` takes and raises what it raises; `ReasonNeeded` without
    a reason. Where support is owed already and the hours are too few now (or enough again), the
    difference goes to a later statement (FUN-8).
    """
    # The provider comes first in the order of locks; whether money is owed is read under it.
    group = Participation.objects.values("group__version__programme__provider").get(
        pk=participation_id
    )
    lock_provider(group["group__version__programme__provider"])
    locked, participation = lock_for_participation(participation_id)
    require(actor, "enrolments.mark_attendance", participation)
    session = check_session(
        with_closing(Session.objects.filter(pk=session_id)).first(), locked.group, at
    )
    if participation.state not in (ParticipationState.LEARNING, ParticipationState.COMPLETED):
        raise Conflict(
            _("Attendance is marked from the start of the group until the outcome is recorded."),
            code="not_learning",
        )
    reason = reason.strip()
    mark = Attendance.objects.filter(participation=participation, session=session).first()
    before = mark.presence if mark else ""
    late = session.closed or participation.state == ParticipationState.COMPLETED
    if before == presence or not late:
        return write_mark(participation, session, mark, presence, expected_version, actor, at)
    if not reason:
        raise ReasonNeeded()
    if len(reason) > REASON_LETTERS:
        raise Invalid(_("The reason is too long."), code="reason", field="reason")
    mark = write_mark(participation, session, mark, presence, expected_version, actor, at)
    change = AttendanceChange.objects.create(
        attendance=mark,
        before=before,
        after=presence,
        reason=reason,
        by=actor_or_none(actor),
        at=at,
    )
    _follow(locked, participation, change, at)
    return mark


def _follow(
    locked: Locked, participation: Participation, change: AttendanceChange, at: datetime
) -> None:
    """What a late change moves: the share of a completion, and what is owed for it."""
    if participation.state != ParticipationState.COMPLETED:
        return
    hours = attendance_of(participation)
    before = participation.attendance_share
    participation.attendance_share = hours.share
    participation.save(update_fields=["attendance_share", "updated_at"])
    commitment = locked.application.commitment
    if commitment is None or commitment.captured_at is None:
        return  # nothing is owed yet; the second side looks at the share again
    marks = commitment.corrections.filter(evidence__kind=EVIDENCE)
    amount = difference(
        commitment.support,
        corrected(commitment),
        marks.aggregate(sum=Sum("amount"))["sum"] or ZERO,
        hours.enough(required_share(locked.application)),
    )
    if not amount:
        return
    correct(
        commitment_id=commitment.pk,
        amount=Decimal(amount),
        reason=change.reason,
        # The rule decides what is owed, not whoever put the mark right; they stand beside it.
        actor=SYSTEM,
        at=at,
        evidence={
            "kind": EVIDENCE,
            "change_id": str(change.pk),
            "participation_id": str(participation.pk),
            "hours": hours.hours,
            "attended": hours.present,
            "share_before": str(before),
            "share_after": str(hours.share),
        },
    )
