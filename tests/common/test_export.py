"""Lists as files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook

from stars.common.export import csv_lines, harmless, response, xlsx

HEADS = ["Diena", "Summa", "Teksts"]
ROWS: list[list[Any]] = [
    [date(2026, 5, 1), Decimal("92.50"), 'Ēriks; "pēdiņas"\nun rinda'],
    [datetime(2026, 5, 1, 21, 30, tzinfo=UTC), Decimal("-3.00"), "=cmd|' /C calc'!A0"],
]


def test_a_csv_file_is_read_back() -> None:
    text = "".join(csv_lines(HEADS, ROWS))
    assert text.startswith("\ufeff")
    heads, first, second = csv.reader(io.StringIO(text[1:]))
    assert heads == HEADS
    assert first == ["2026-05-01", "92.50", 'Ēriks; "pēdiņas"\nun rinda']
    assert second == ["2026-05-02 00:30:00", "-3.00", "'=cmd|' /C calc'!A0"]


def test_an_xlsx_file_is_read_back() -> None:
    with xlsx(HEADS, ROWS, title="Maijs") as file:
        sheet = load_workbook(file).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == tuple(HEADS)
    assert rows[1][1:] == (92.5, 'Ēriks; "pēdiņas"\nun rinda')
    assert rows[2] == (datetime(2026, 5, 2, 0, 30), -3, "'=cmd|' /C calc'!A0")


@pytest.mark.parametrize("text", ["=1+1", "+371", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_text_is_never_run(text: str) -> None:
    assert harmless(text) == f"'{text}"


def test_rows_are_taken_one_by_one() -> None:
    taken = []

    def rows() -> Iterator[list[int]]:
        for number in range(3):
            taken.append(number)
            yield [number]

    lines = csv_lines(["n"], rows())
    next(lines)
    next(lines)
    assert taken == [0]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_it_is_offered_to_keep(db: None, kind: str) -> None:
    answer = response(kind, HEADS, ROWS, name="zurnals-2026-05")
    assert answer["Content-Disposition"] == f'attachment; filename="zurnals-2026-05.{kind}"'
    assert b"".join(answer)
    answer.close()
