"""A table that somebody sends, as CSV or XLSX, read into cells: pure, no ORM.

Programmes write such files in their own ways: with a byte-order mark, in UTF-16 or in the old
Baltic encoding, with commas, semicolons or tabs between the cells. What can be meant in one way
only is read; everything else is `Invalid`, and nothing is guessed.
"""

from __future__ import annotations

import codecs
import csv
import io
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

import openpyxl
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from openpyxl.utils.exceptions import InvalidFileException

from stars.common.errors import Invalid

MAX_BYTES = 2 * 1024 * 1024
# What a small file may unfold into: a sheet of a few thousand rows needs a tenth of it.
MAX_UNFOLDED = 40 * 1024 * 1024
MAX_ROWS = 2000
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_DIVIDERS = ";,\t"


def read(name: str, content: bytes) -> list[tuple[int, Sequence[Any]]]:
    """Lines of the file that say anything: the number as a spreadsheet shows it, and the cells.

    `name` says which kind it is. Raises `Invalid` (field "file") for what is no table, for more
    than 2 MB and for more than 2000 rows below the first.
    """
    if not content:
        raise refused(_("The file is empty. Choose it again."))
    if len(content) > MAX_BYTES:
        raise refused(_("The file is larger than 2 MB. Split it."))
    found = _sheet(content) if name.lower().endswith(".xlsx") else _csv(content)
    lines = [(number, cells) for number, cells in found if any(map(text_of, cells))]
    if not lines:
        raise refused(_("The file is empty. Choose it again."))
    if len(lines) > MAX_ROWS + 1:
        raise _too_many()
    return lines


def text_of(cell: Any) -> str:
    """What a cell says, without line breaks and spaces around it; "" for nothing."""
    return "" if cell is None else " ".join(str(cell).split())


def refused(message: str | Promise) -> Invalid:
    """What is wrong with the file as a whole."""
    return Invalid(message, code="list", field="file")


def _unreadable() -> Invalid:
    return refused(_("The file cannot be read. Save it as CSV or XLSX."))


def _too_many() -> Invalid:
    return refused(_("The list has more than 2000 rows. Split it."))


def _decoded(content: bytes) -> str:
    encodings = ["utf-16"] if content.startswith(_UTF16) else ["utf-8-sig", "cp1257"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise _unreadable()


def _csv(content: bytes) -> Iterator[tuple[int, Sequence[Any]]]:
    text = _decoded(content)
    try:
        # The sign that divides the first row into most cells; one within quotes divides nothing.
        sign = max(_DIVIDERS, key=lambda each: len(next(_rows(text, each), [])))
        reader = _rows(text, sign)
        for cells in reader:
            yield reader.line_num, cells
            if reader.line_num > MAX_ROWS * 4:
                raise _too_many()
    except csv.Error as error:
        raise _unreadable() from error


def _rows(text: str, sign: str) -> Any:
    return csv.reader(io.StringIO(text, newline=""), delimiter=sign)


def _sheet(content: bytes) -> Iterator[tuple[int, Sequence[Any]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MAX_UNFOLDED:
                raise refused(_("The file is larger than 2 MB. Split it."))
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            if number > MAX_ROWS * 4:
                raise _too_many()
            yield number, cells
    except Invalid:
        raise
    # A broken workbook fails in as many ways as it has parts.
    except (
        InvalidFileException,
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        zlib.error,
        struct.error,
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
    ) as error:
        raise _unreadable() from error
