"""Lists of the books as rows: budgets, journal, payments, claims, statements (FUN-13).

Rows are read in portions while the file is written, in one query however long the list is. No list
holds a name, a personal code or an account number: whose a row is stands in the portal, where
looking is logged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet, TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from funding.enums import ClaimState, ListState, Origin, PaymentState
from funding.models import Claim, Payment, Statement
from funding.selectors_books import JOURNAL_HEADS, figures, journal
from stars.common.dates import start_of_day
from stars.common.names import columns

PORTION = 2000
Row = tuple[Any, ...]
Heads = list[str]


class List(TextChoices):
    """What can be taken away as a file."""

    BUDGETS = "budgets", _("Budgets by source and origin")
    JOURNAL = "journal", _("Journal for the accountants")
    PAYMENTS = "payments", _("Payments")
    CLAIMS = "claims", _("Claims for refunds")
    STATEMENTS = "statements", _("Statements of providers")


@dataclass(frozen=True)
class Asked:
    """Which days (both included, Riga), seen at which moment."""

    first: date
    last: date
    at: datetime


def _words(choices: type[TextChoices]) -> dict[str, str]:
    """Said now: the rows are read when the reader's language is no longer set."""
    return {value: str(label) for value, label in choices.choices}


def _said(heads: Iterable[Any]) -> Heads:
    """Now, like the words of states."""
    return [str(head) for head in heads]


def _within(rows: QuerySet[Any], moment: str, asked: Asked) -> Iterator[Any]:
    since, until = start_of_day(asked.first), start_of_day(asked.last + timedelta(days=1))
    found = rows.filter(**{f"{moment}__gte": since, f"{moment}__lt": until})
    return found.order_by(moment, "pk").iterator(chunk_size=PORTION)


def _budgets(asked: Asked) -> tuple[Heads, Iterator[Row]]:
    names = ("budget", "available", "granted", "held", "owed", "spent", "returned", "percent")
    origins = _words(Origin)
    whole = str(pgettext_lazy("origin", "All"))
    heads = _said(
        columns(
            *(
                "Source",
                "Origin",
                "Budget",
                "Available",
                "Granted and free",
                "Held",
                "Owed",
                "Paid",
            ),
            *("Came back", "Used, %"),
        )
    )
    rows = [
        (one.source.name, word, *(getattr(part, name) for name in names))
        for one in figures(asked.at)
        for word, part in [
            *((origins[origin], part) for origin, part in one.origins.items()),
            (whole, one.whole),
        ]
    ]
    return heads, iter(rows)


def _journal(asked: Asked) -> tuple[Heads, Iterator[Row]]:
    return list(JOURNAL_HEADS), journal(first=asked.first, last=asked.last)


def _payments(asked: Asked) -> tuple[Heads, Iterator[Row]]:
    heads = _said(
        columns(
            *("Created", "Source", "For", "Amount", "State", "End-to-end number", "Payment file"),
            *("Paid on", "Booking"),
        )
    )
    states = _words(PaymentState)
    rows = Payment.objects.select_related("source__term", "file")

    def read() -> Iterator[Row]:
        for row in _within(rows, "created_at", asked):
            yield (
                *(row.created_at, row.source.name, row.reference, row.amount, states[row.state]),
                *(row.end_to_end_id, row.file.message_id if row.file else None, row.settled_on),
                row.posting_id,
            )

    return heads, read()


def _claims(asked: Asked) -> tuple[Heads, Iterator[Row]]:
    heads = _said(
        columns(
            *("Sent", "Claim", "Source", "Code", "What", "Invoice amount", "Support", "State"),
            *("Earned on", "Decided"),
        )
    )
    states = _words(ClaimState)
    rows = Claim.objects.exclude(state=ClaimState.DRAFT)
    rows = rows.select_related("scheme__source__term", "what", "commitment")

    def read() -> Iterator[Row]:
        for row in _within(rows, "submitted_at", asked):
            what, held = row.what, row.commitment
            yield (
                *(row.submitted_at, row.pk, row.scheme.source.name, what and what.code),
                *(what and what.name_lv, row.amount, held and held.support, states[row.state]),
                *(row.earned_on, row.decided_at),
            )

    return heads, read()


def _statements(asked: Asked) -> tuple[Heads, Iterator[Row]]:
    heads = _said(
        columns(
            *("Number", "Provider", "Source", "Month", "Version", "Amount", "State", "Made"),
        )
    )
    states = _words(ListState)
    rows = Statement.objects.select_related("provider", "source__term")

    def read() -> Iterator[Row]:
        for row in _within(rows, "made_at", asked):
            yield (
                *(row.number, row.provider.name, row.source.name, f"{row.month:%Y-%m}"),
                *(row.version, row.total, states[row.state], row.made_at),
            )

    return heads, read()


_LISTS: dict[str, Callable[[Asked], tuple[Heads, Iterator[Row]]]] = {
    List.BUDGETS: _budgets,
    List.JOURNAL: _journal,
    List.PAYMENTS: _payments,
    List.CLAIMS: _claims,
    List.STATEMENTS: _statements,
}
NAMES: dict[str, str | Promise] = {
    List.BUDGETS: _("budgets"),
    List.JOURNAL: _("journal"),
    List.PAYMENTS: _("payments"),
    List.CLAIMS: _("claims"),
    List.STATEMENTS: _("statements"),
}


def rows_of(what: str, asked: Asked) -> tuple[Heads, Iterator[Row]]:
    """Heads and rows of the list `what` (a value of `List`), in the language set now."""
    return _LISTS[what](asked)
