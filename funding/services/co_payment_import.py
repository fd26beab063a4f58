"""Recording many own parts from one file: all of it or nothing, with a report for each row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rules
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from funding.models import CoPayment
from funding.rules.co_payment_list import Row, read
from funding.services.co_payments import check, lock_commitments, write
from stars.common import formats
from stars.common.errors import DomainError
from stars.common.permissions import System, require
from stars.common.transactions import service

RECORDED, SAME, EMPTY, WRONG = "recorded", "same", "empty", "wrong"


@dataclass(frozen=True)
class Line:
    """What became of one row of the file; `errors` are sentences for the person."""

    number: int
    outcome: str
    errors: list[str | Promise]
    row: CoPayment | None = None


@dataclass(frozen=True)
class Report:
    """Every row of the file; with one wrong row nothing was written."""

    lines: list[Line]

    @property
    def ok(self) -> bool:
        """Whether the list was taken."""
        return all(line.outcome != WRONG for line in self.lines)

    def count(self, outcome: str) -> int:
        """Rows with this outcome."""
        return sum(line.outcome == outcome for line in self.lines)


@service
def import_list(*, name: str, content: bytes, actor: Any, at: datetime) -> Report:
    """Record the own parts that a CSV or XLSX file names; the same file twice changes nothing.

    Raises `Invalid` (field "file") where it is no such list. A wrong row never raises: it stands
    in the report, and then nothing at all is written. Rows of other providers are unknown.
    """
    require(actor, "funding.import_co_payments", None)
    rows = read(name, content)
    keys = [row.key for row in rows if row.key is not None and not row.errors]
    found = lock_commitments(keys)
    lines = [_line(row, found.get(row.key) if row.key else None, actor, at) for row in rows]
    report = Report(lines)
    if report.ok:
        for row, line in zip(rows, lines, strict=True):
            if line.outcome == RECORDED and line.row is not None:
                write(
                    line.row,
                    paid_on=row.paid_on,
                    proof=row.proof,
                    what="record",
                    actor=actor,
                    at=at,
                    note="list",
                )
    return report


def _line(row: Row, this: CoPayment | None, actor: Any, at: datetime) -> Line:
    """What one row would do; writes nothing."""
    if row.errors:
        return Line(row.number, WRONG, row.errors)
    if this is None or not _may(actor, this):
        return Line(row.number, WRONG, [_("The code is not one of the downloaded list.")])
    if row.empty:
        return Line(row.number, EMPTY, [], this)
    if row.amount != this.amount:
        expected = formats.money(this.amount, formats.language(), cents=True)
        wrong = _("The amount is another one than %(expected)s.") % {"expected": expected}
        return Line(row.number, WRONG, [wrong], this)
    if (this.paid_on, this.proof) == (row.paid_on, row.proof):
        return Line(row.number, SAME, [], this)
    if this.paid_on is not None:
        return Line(
            row.number,
            WRONG,
            [_("This is recorded already. To change it, correct it and say why.")],
            this,
        )
    assert row.paid_on is not None
    try:
        check(this, paid_on=row.paid_on, proof=row.proof, at=at)
    except DomainError as error:
        return Line(row.number, WRONG, [error.message], this)
    return Line(row.number, RECORDED, [], this)


def _may(actor: Any, row: CoPayment) -> bool:
    return isinstance(actor, System) or bool(
        actor.is_active and rules.has_perm("funding.record_co_payment", actor, row.commitment)
    )
