"""Lists as files: CSV and XLSX written row by row, so that their length costs no memory.

Times are in Riga and without a zone, money has two decimals. A text that a spreadsheet would run
as a formula gets an apostrophe in front (OWASP: CSV injection).
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

from django.http import FileResponse, StreamingHttpResponse
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from stars.common.dates import RIGA

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
CSV, XLSX = "csv", "xlsx"


def harmless(value: Any) -> Any:
    """A cell's value: what a spreadsheet may show and never runs."""
    if isinstance(value, datetime):
        return value.astimezone(RIGA).replace(tzinfo=None)
    if isinstance(value, Decimal | int | float | date) or value is None:
        return value
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _as_text(value: Any) -> Any:
    value = harmless(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return "" if value is None else value


class _Line:
    """A file that hands back what was written to it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(heads: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Lines of a CSV file (RFC 4180), with a BOM so that spreadsheets read it as UTF-8."""
    writer = csv.writer(_Line())
    yield "\ufeff" + writer.writerow([_as_text(head) for head in heads])
    for row in rows:
        yield writer.writerow([_as_text(cell) for cell in row])


def xlsx(heads: Sequence[Any], rows: Iterable[Sequence[Any]], *, title: str) -> IO[bytes]:
    """An XLSX file on the disk, at its beginning; whoever gets it closes it."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    head_cells = []
    for head in heads:
        cell = WriteOnlyCell(sheet, value=str(head))
        cell.font = Font(bold=True)
        head_cells.append(cell)
    sheet.append(head_cells)
    for row in rows:
        sheet.append([harmless(cell) for cell in row])
    file = tempfile.TemporaryFile()  # noqa: SIM115 -- the response closes it
    book.save(file)
    file.seek(io.SEEK_SET)
    return file


def response(
    kind: str, heads: Sequence[Any], rows: Iterable[Sequence[Any]], *, name: str
) -> StreamingHttpResponse:
    """The list as a file to keep, `name` without its ending. `kind` is "csv" or "xlsx"."""
    if kind == XLSX:
        return FileResponse(
            xlsx(heads, rows, title=name), as_attachment=True, filename=f"{name}.xlsx"
        )
    answer = StreamingHttpResponse(csv_lines(heads, rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer
