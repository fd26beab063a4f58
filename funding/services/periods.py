"""Closing the books of a month: nothing may count in it any more."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from funding.exceptions import ClosedPeriod
from funding.models import PeriodClose, ReconciliationRun
from funding.rules.booking import first_day, month_ends
from stars.common.dates import riga_date
from stars.common.errors import Conflict, Invalid
from stars.common.permissions import actor_or_none, require
from stars.common.transactions import service


def closed_until() -> datetime | None:
    """The first moment that is still open; None where no month is closed."""
    found: datetime | None = PeriodClose.objects.aggregate(until=Max("until"))["until"]
    return found


def require_open(at: datetime) -> None:
    """Raises `ClosedPeriod` where the books of the moment `at` are closed."""
    closed = closed_until()
    if closed is not None and at < closed:
        raise ClosedPeriod()


@service
def close_month(*, month: date, actor: Any, at: datetime) -> PeriodClose:
    """Close the month of the day `month`, and with it every month before.

    Raises `Invalid` for a month that is not over, `Conflict` where it is closed, or where the
    ledger has not been proved since the month ended.
    """
    require(actor, "funding.close_period", None)
    month = first_day(month)
    # The day first: the last month of the calendar has no next one.
    if month > riga_date(at) or (until := month_ends(month)) > at:
        raise Invalid(_("This month is not over yet."), code="not_over", field="month")
    with connection.cursor() as cursor:
        # One at a time; there is no row to lock before the first month is closed.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('funding.close_month'))")
    last = closed_until()
    if last is not None and until <= last:
        raise Conflict(_("This month is closed already."), code="closed")
    proof = ReconciliationRun.objects.filter(at__gte=until).order_by("-at").first()
    if proof is None or not proof.ok:
        raise Conflict(
            _("Prove the ledger first. A month is closed only when everything adds up."),
            code="not_proved",
        )
    return PeriodClose.objects.create(
        month=month, until=until, closed_by=actor_or_none(actor), closed_at=at
    )
