"""Hours of each month, passed to funding as evidence for monthly aid (rule 14).

A session counts as held when somebody's presence was marked in it. Repeating the counting changes
nothing; marks that were put right since change the month, or make a difference for a later list.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from enrolments.enums import UNDER_WAY
from enrolments.models import Participation
from enrolments.selectors import held_sessions
from funding.models import AidMonth, AidRequest
from funding.rules.aid import counted_on, last_counted, month_of
from funding.selectors_aid import to_count
from funding.services import aid
from stars.common.dates import add_months, riga_date
from stars.common.errors import Invalid
from stars.common.permissions import SYSTEM


@dataclass(frozen=True)
class Hours:
    """One person's month: its first day, academic hours held and attended."""

    request_id: UUID
    month: date
    held: Decimal
    attended: Decimal


def hours_by_month(participation: Participation, months: list[date]) -> dict[date, tuple[int, int]]:
    """Academic hours (held, attended) of each month (its first day): two queries."""
    found = dict.fromkeys(months, (0, 0))
    for session, was_there in held_sessions(participation):
        month = month_of(riga_date(session.starts_at))
        if month in found:
            hours, attended = found[month]
            found[month] = (hours + session.hours, attended + session.hours * was_there)
    return found


def _months(request: AidRequest, participation: Participation, last: date) -> list[date]:
    """From the month of asking, or of the first day if that is later, to the end of learning."""
    month = month_of(max(riga_date(request.asked_at), participation.group.starts_on))
    ended = participation.outcome_on or participation.group.ends_on
    last = min(last, month_of(ended))
    months = []
    while month <= last:
        months.append(month)
        month = add_months(month, 1)
    return months


def _of(request: AidRequest) -> Participation | None:
    return (
        Participation.objects.filter(application__commitment=request.commitment_id)
        .select_related("group")
        .first()
    )


def preview(*, at: datetime, month: date | None = None) -> Iterator[Hours]:
    """What `count` would pass on; `month` is the last one, by default the newest that is due.

    Raises `Invalid` for a month whose day of counting has not come.
    """
    last = last_counted(riga_date(at))
    if month is not None:
        if month.day != 1 or counted_on(month) > riga_date(at):
            raise Invalid("This month is not counted yet.", code="month", field="month")
        last = month
    for request in to_count():
        participation = _of(request)
        if participation is None:
            continue
        months = _months(request, participation, last)
        for each, (held, attended) in hours_by_month(participation, months).items():
            yield Hours(request.pk, each, Decimal(held), Decimal(attended))


def count(*, at: datetime, month: date | None = None) -> list[AidMonth]:
    """Count the months that are due, each request on its own; ends aid of trainings that are over.

    Returns the rows that stand for these months.
    """
    rows = []
    for hours in list(preview(at=at, month=month)):
        row = aid.count_month(
            request_id=hours.request_id,
            month=hours.month,
            hours_held=hours.held,
            hours_attended=hours.attended,
            actor=SYSTEM,
            at=at,
        )
        if row is not None:
            rows.append(row)
    last = month or last_counted(riga_date(at))
    for request in list(to_count()):
        participation = _of(request)
        if participation is None or participation.state in UNDER_WAY:
            continue
        if participation.outcome_on is None or month_of(participation.outcome_on) <= last:
            aid.end(request_id=request.pk, reason="", actor=SYSTEM, at=at)
    return rows
