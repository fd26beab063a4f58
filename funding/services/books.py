"""Taking a list of the books away as a file: who may, which months, and that it is written down."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from funding.rules.booking import first_day
from funding.selectors_lists import Asked, List, Row, rows_of
from stars.audit import services as audit
from stars.common.dates import add_months
from stars.common.errors import Invalid
from stars.common.permissions import require
from stars.common.transactions import service

PERMISSION = "funding.view_ledger"
# The portal is younger, and no calendar ends in it.
YEARS = range(2020, 2100)


@service
def export(
    *, what: str, first: date, last: date, actor: Any, at: datetime
) -> tuple[list[str], Iterator[Row]]:
    """Heads and rows of the list `what` (`selectors_lists.List`) for whole months.

    `first` and `last` are days of the first and the last month. The rows are read when they are
    written. Each export leaves an audit entry. Raises `Invalid` for months in the wrong order.
    """
    require(actor, PERMISSION, None)
    if what not in List.values:
        raise Invalid(_("There is no such list."), code="unknown", field="what")
    for field, day in (("first", first), ("last", last)):
        if day.year not in YEARS:
            raise Invalid(_("Write a month of this century."), code="year", field=field)
    first, last = first_day(first), add_months(first_day(last), 1) - timedelta(days=1)
    if first > last:
        raise Invalid(_("The last month comes before the first one."), code="order", field="last")
    audit.record(
        actor=actor,
        action=f"export_{what}:{first:%Y-%m}:{last:%Y-%m}",
        object_type="funding.list",
        object_id=None,
        at=at,
    )
    return rows_of(what, Asked(first, last, at))
