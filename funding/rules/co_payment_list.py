"""A list of own parts that were paid, as CSV or XLSX, read into rows: pure, no ORM (FUN-9).

Accounting programmes write such files in their own ways: with decimal commas, with days as
03.02.2026. What can be meant in one way only is read (the table itself by `stars.common.tables`);
everything else is said of its row, and nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stars.common import tables
from stars.common.errors import Invalid
from stars.common.money import ZERO, euro
from stars.common.tables import text_of

MAX_BYTES = tables.MAX_BYTES
# In which words the columns may be headed; other columns are left aside.
HEADS = {
    "key": ("kods", "code"),
    "amount": ("summa", "summa, eur", "amount", "amount, eur"),
    "paid_on": ("samaksāts", "samaksas diena", "paid on"),
    "proof": ("dokuments", "document"),
}
_THOUSANDS = re.compile(r"^-?\d{1,3}([ \u00a0\u202f]\d{3})+([.,]\d+)?$")


@dataclass(frozen=True)
class Row:
    """One line of the file: its number as a spreadsheet shows it, and what it says.

    `errors` are sentences for the person; then the values may be missing.
    """

    number: int
    key: UUID | None = None
    amount: Decimal | None = None
    paid_on: date | None = None
    proof: str = ""
    errors: list[str | Promise] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Prepared and not filled in: no day and no proof. It says nothing."""
        return self.paid_on is None and not self.proof and not self.errors


def read(name: str, content: bytes) -> list[Row]:
    """The rows of the file; `name` says which kind it is.

    Raises `Invalid` (field "file") for what is no such list at all. What is wrong in single rows
    is said in them; a code that stands there twice is wrong both times.
    """
    lines = tables.read(name, content)
    places = _places(lines[0][1])
    return _doubled(_row(number, cells, places) for number, cells in lines[1:])


def _places(heads: Sequence[Any]) -> dict[str, int]:
    """In which column each thing stands."""
    words = [text_of(head).casefold() for head in heads]
    places = {
        name: next((words.index(word) for word in known if word in words), -1)
        for name, known in HEADS.items()
    }
    if min(places.values()) < 0:
        raise tables.refused(
            _("The first row has to name the columns: code, amount, paid on, document.")
        )
    return places


def _row(number: int, cells: Sequence[Any], places: dict[str, int]) -> Row:
    def cell(name: str) -> Any:
        place = places[name]
        return cells[place] if place < len(cells) else None

    errors: list[str | Promise] = []
    key = amount = paid_on = None
    # Our own list puts an apostrophe before what a spreadsheet would take for a formula.
    proof = text_of(cell("proof")).removeprefix("'")
    try:
        key = UUID(text_of(cell("key")))
    except ValueError:
        errors.append(_("The code is not one of the downloaded list."))
    try:
        amount = _amount(cell("amount"))
    except Invalid as error:
        errors.append(error.message)
    if text_of(cell("paid_on")):
        try:
            paid_on = _day(cell("paid_on"))
        except ValueError:
            errors.append(_("The day is not written like 03.02.2026."))
    if paid_on is not None and not proof:
        errors.append(_("The number of the document is missing."))
    if paid_on is None and proof and not errors:
        errors.append(_("The day is missing."))
    return Row(number, key, amount, paid_on, proof, errors)


def _amount(cell: Any) -> Decimal:
    """EUR; decimal comma or point, spaces between thousands. Never negative, never rounded."""
    if isinstance(cell, bool):
        raise Invalid(_("Write the amount in figures, for example 92.50."), code="amount")
    if isinstance(cell, int | float):
        # A sheet keeps 92.5 as the nearest binary number; its shortest decimal is what was typed.
        text = repr(cell)
    else:
        text = text_of(cell).removesuffix("€").removesuffix("EUR").strip()
        if _THOUSANDS.match(text):
            text = re.sub(r"[ \u00a0\u202f]", "", text)
        if text.count(",") + text.count(".") == 1:
            text = text.replace(",", ".")
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
        raise Invalid(_("Write the amount in figures, for example 92.50."), code="amount")
    amount = euro(text)
    if amount <= ZERO:
        raise Invalid(_("An amount is more than 0."), code="amount")
    return amount


def _day(cell: Any) -> date:
    """A day of a sheet, 03.02.2026 or 2026-02-03; ValueError for anything else."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = text_of(cell).removesuffix(".")
    if match := re.fullmatch(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})", text):
        day, month, year = map(int, match.groups())
        return date(year, month, day)
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return date.fromisoformat(text)
    raise ValueError(text)


def _doubled(rows: Iterable[Row]) -> list[Row]:
    rows = list(rows)
    seen: dict[UUID, int] = {}
    for row in rows:
        if row.key is not None and not row.empty:
            seen[row.key] = seen.get(row.key, 0) + 1
    for row in rows:
        if row.key is not None and seen.get(row.key, 0) > 1 and not row.empty:
            row.errors.append(_("This code stands in the list twice."))
    return rows
