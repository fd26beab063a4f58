"""A list of own parts that were paid, as CSV or XLSX, read into rows: pure, no ORM (FUN-9).

Accounting programmes write such files in their own ways: with a byte-order mark or in the old
Baltic encoding, with semicolons and decimal commas, with days as 03.02.2026. What can be meant in
one way only is read; everything else is said of its row, and nothing is guessed.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import openpyxl
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from openpyxl.utils.exceptions import InvalidFileException

from stars.common.errors import Invalid
from stars.common.money import ZERO, euro

MAX_BYTES = 2 * 1024 * 1024
# What a small file may unfold into: a sheet of a few thousand rows needs a tenth of it.
MAX_UNFOLDED = 40 * 1024 * 1024
MAX_ROWS = 2000
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
    if not content:
        raise _no_list(_("The file is empty. Choose it again."))
    if len(content) > MAX_BYTES:
        raise _no_list(_("The file is larger than 2 MB. Split it."))
    lines = list(_sheet(content) if name.lower().endswith(".xlsx") else _csv(content))
    if not lines:
        raise _no_list(_("The file is empty. Choose it again."))
    places = _places(lines[0][1])
    rows = [_row(number, cells, places) for number, cells in lines[1:] if any(map(_text, cells))]
    if len(rows) > MAX_ROWS:
        raise _no_list(_("The list has more than 2000 rows. Split it."))
    return _doubled(rows)


def _no_list(message: str | Promise) -> Invalid:
    return Invalid(message, code="list", field="file")


def _csv(content: bytes) -> Iterator[tuple[int, Sequence[Any]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("cp1257")
        except UnicodeDecodeError as error:
            raise _no_list(_("The file cannot be read. Save it as CSV or XLSX.")) from error
    if "\x00" in text:
        raise _no_list(_("The file cannot be read. Save it as CSV or XLSX."))
    first = text.partition("\n")[0]
    sign = max(";,\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign)
    try:
        for cells in reader:
            yield reader.line_num, cells
            if reader.line_num > MAX_ROWS * 4:
                raise _no_list(_("The list has more than 2000 rows. Split it."))
    except csv.Error as error:
        raise _no_list(_("The file cannot be read. Save it as CSV or XLSX.")) from error


def _sheet(content: bytes) -> Iterator[tuple[int, Sequence[Any]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MAX_UNFOLDED:
                raise _no_list(_("The file is larger than 2 MB. Split it."))
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            if number > MAX_ROWS * 4:
                raise _no_list(_("The list has more than 2000 rows. Split it."))
            yield number, cells
    except Invalid:
        raise
    # A broken workbook fails in as many ways as it has parts.
    except (
        InvalidFileException,
        zipfile.BadZipFile,
        ArithmeticError,
        AttributeError,
        EOFError,
        LookupError,
        NotImplementedError,
        OSError,
        RuntimeError,
        SyntaxError,
        TypeError,
        ValueError,
        zipfile.LargeZipFile,
    ) as error:
        raise _no_list(_("The file cannot be read. Save it as CSV or XLSX.")) from error


def _places(heads: Sequence[Any]) -> dict[str, int]:
    """In which column each thing stands."""
    words = [_text(head).casefold() for head in heads]
    places = {
        name: next((words.index(word) for word in known if word in words), -1)
        for name, known in HEADS.items()
    }
    if min(places.values()) < 0:
        raise _no_list(_("The first row has to name the columns: code, amount, paid on, document."))
    return places


def _text(cell: Any) -> str:
    return "" if cell is None else " ".join(str(cell).split())


def _row(number: int, cells: Sequence[Any], places: dict[str, int]) -> Row:
    def cell(name: str) -> Any:
        place = places[name]
        return cells[place] if place < len(cells) else None

    errors: list[str | Promise] = []
    key = amount = paid_on = None
    # Our own list puts an apostrophe before what a spreadsheet would take for a formula.
    proof = _text(cell("proof")).removeprefix("'")
    try:
        key = UUID(_text(cell("key")))
    except ValueError:
        errors.append(_("The code is not one of the downloaded list."))
    try:
        amount = _amount(cell("amount"))
    except Invalid as error:
        errors.append(error.message)
    if _text(cell("paid_on")):
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
        text = _text(cell).removesuffix("€").removesuffix("EUR").strip()
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
    text = _text(cell).removesuffix(".")
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
