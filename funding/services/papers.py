"""The statement on paper: made once after the approval, then always the same bytes (FUN-12)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from funding.enums import ListState
from funding.files_settlement import STATEMENT
from funding.models import Statement
from funding.rules.iban import grouped
from stars.common import pdf
from stars.common.errors import Conflict
from stars.files import papers
from stars.files.models import StoredFile

OWNER_KIND = STATEMENT
# The language of the state; the page says the same in both.
LANGUAGE = "lv"
# Stands in the content of a statement whose lines and paper audits no longer need.
ERASED = "erased"


def paper_of(statement_id: UUID) -> StoredFile | None:
    """The stored paper; None as long as it is not made."""
    return papers.paper_of(OWNER_KIND, statement_id)


def print_statement(*, statement_id: UUID, at: datetime) -> StoredFile:
    """The paper of an approved statement, made now where it is not there yet; outside any
    transaction."""
    if made := paper_of(statement_id):
        return made
    statement = Statement.objects.get(pk=statement_id)
    if statement.state not in (ListState.APPROVED, ListState.PAID):
        raise ValueError("Only what is approved is printed.")
    if ERASED in statement.content:
        raise Conflict(_("This paper is older than we keep papers."), code="erased")

    def make() -> bytes:
        return pdf.render(
            "pdf/statement.html", page(statement), language=LANGUAGE, title=_title(statement)
        )

    return papers.keep_once(
        statement, kind=OWNER_KIND, name=f"{statement.number}.pdf", make=make, at=at
    )


def print_missing(*, at: datetime) -> int:
    """Papers that a task did not make, for instance because its worker died; returns how many."""
    approved = Statement.objects.filter(state__in=(ListState.APPROVED, ListState.PAID))
    missing = papers.without_paper(approved.exclude(content__has_key=ERASED), OWNER_KIND)
    for key in missing:
        print_statement(statement_id=key, at=at)
    return len(missing)


def _title(statement: Statement) -> str:
    return f"Norēķins {statement.number}"


def page(statement: Statement) -> dict[str, Any]:
    """What the paper and the pages show, from the frozen content alone."""
    said = statement.content
    return {
        "said": said,
        "statement": statement,
        "month": date.fromisoformat(said["month"]),
        "made_at": datetime.fromisoformat(said["made_at"]),
        "iban": grouped(said["iban"]),
        "total": Decimal(said["total"]),
        "lines": [_line(line) for line in said["lines"]],
        "sums": {kind: Decimal(amount) for kind, amount in said["sums"].items()},
    }


def _percent(share: Decimal) -> Decimal | int:
    """0.9 as 90, 0.875 as 87.5."""
    percent = round(share * 100, 1)
    return int(percent) if percent == int(percent) else percent


def _line(line: dict[str, Any]) -> dict[str, Any]:
    amounts = {k: Decimal(line[k]) for k in ("price", "support", "own_part", "amount")}
    share = line["attendance_share"]
    evidence = line.get("evidence") or {}
    return {
        **line,
        **amounts,
        "share": _percent(Decimal(share)) if share else None,
        "ended_on": date.fromisoformat(line["ended_on"]) if line["ended_on"] else None,
        "before": evidence.get("hours_before"),
        "after": evidence.get("hours_after"),
    }
