"""Edge case 23: a list of own parts from accounting programmes, as they really write them."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from funding.rules.co_payment_list import MAX_BYTES, Row, read
from stars.common.errors import Invalid
from stars.common.tables import MAX_ROWS

HEAD = "kods;summa;samaksāts;dokuments;vārds"
KEY = "11111111-1111-1111-1111-111111111111"
OTHER = "22222222-2222-2222-2222-222222222222"


def csv(*rows: str, head: str = HEAD, encoding: str = "utf-8") -> list[Row]:
    return read("saraksts.csv", "\r\n".join([head, *rows]).encode(encoding))


def sheet(*rows: list[Any], head: str = HEAD) -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in [head.split(";"), *rows]:
        page.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


GOOD = f"{KEY};70,00;03.02.2026;MU-17;Anna"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1257"])
def test_byte_order_mark_and_the_old_encoding_are_read(encoding: str) -> None:
    [row] = csv(GOOD, encoding=encoding)
    assert row == Row(2, UUID(KEY), Decimal("70.00"), date(2026, 2, 3), "MU-17", [])


@pytest.mark.parametrize("sign", [";", ",", "\t"])
def test_columns_may_be_parted_by_any_of_three_signs(sign: str) -> None:
    quoted = [f'"{cell}"' for cell in GOOD.split(";")]
    [row] = csv(sign.join(quoted), head=HEAD.replace(";", sign))
    assert (row.amount, row.errors) == (Decimal("70.00"), [])


def test_columns_are_found_by_their_names_in_any_order_and_language() -> None:
    [row] = csv(f"x;MU-17;2026-02-03;{KEY};70.00", head="A;Document;Paid on;CODE;Amount")
    assert (row.paid_on, row.proof, row.errors) == (date(2026, 2, 3), "MU-17", [])


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("70,00", "70.00"),
        ("70.00", "70.00"),
        ("70", "70.00"),
        ("1 234,50", "1234.50"),
        ("1\u00a0234,5", "1234.50"),
        ("70,00 €", "70.00"),
        ("70,00 EUR", "70.00"),
        ("0,29", "0.29"),
        ("19,99", "19.99"),
    ],
)
def test_amounts_that_can_be_meant_in_one_way(text: str, amount: str) -> None:
    [row] = csv(f"{KEY};{text};03.02.2026;MU-17;")
    assert (row.amount, row.errors) == (Decimal(amount), [])


@pytest.mark.parametrize(
    "text", ["", "-70,00", "0,00", "70,005", "1.234,50", "1,234.50", "70 00", "NaN", "1e3", "７０"]
)
def test_negative_three_decimal_and_ambiguous_amounts_are_wrong(text: str) -> None:
    [row] = csv(f"{KEY};{text};03.02.2026;MU-17;")
    assert row.amount is None
    assert len(row.errors) == 1


@pytest.mark.parametrize("text", ["31.02.2026", "3/2/2026", "2026.02.03", "rīt", "03.02.26"])
def test_days_that_are_none_are_wrong(text: str) -> None:
    [row] = csv(f"{KEY};70,00;{text};MU-17;")
    assert row.paid_on is None
    assert row.errors


def test_a_doubled_line_is_wrong_both_times() -> None:
    first, other, second = csv(GOOD, GOOD.replace(KEY, OTHER), GOOD)
    assert first.errors
    assert second.errors
    assert not other.errors


def test_one_bad_row_says_its_number_and_leaves_the_others() -> None:
    rows = csv(GOOD, f"nav kods;x;y;{'z' * 5};", "", GOOD.replace(KEY, OTHER))
    assert [row.number for row in rows] == [2, 3, 5]
    assert [len(row.errors) for row in rows] == [0, 3, 0]


def test_rows_that_were_not_filled_in_say_nothing() -> None:
    [row] = csv(f"{KEY};70,00;;;Anna")
    assert row.empty


@pytest.mark.parametrize("half", [f"{KEY};70,00;03.02.2026;;", f"{KEY};70,00;;MU-17;"])
def test_half_a_row_is_wrong(half: str) -> None:
    [row] = csv(half)
    assert row.errors


def test_a_short_row_is_wrong_and_never_breaks() -> None:
    [row] = csv(KEY)
    assert row.errors


def test_sheets_are_read_with_their_numbers_and_days() -> None:
    content = sheet(
        [KEY, 92.5, datetime(2026, 2, 3, 0, 0), "MU-17", "Anna"],
        [OTHER, "0,29", "03.02.2026", 17, None],
        [None, None, None, None, None],
    )
    first, second = read("Saraksts.XLSX", content)
    assert (first.amount, first.paid_on) == (Decimal("92.50"), date(2026, 2, 3))
    assert (second.amount, second.proof) == (Decimal("0.29"), "17")


@pytest.mark.parametrize("amount", [92.505, -1, True, 1e20, float("nan")])
def test_numbers_of_a_sheet_are_never_rounded(amount: float) -> None:
    [row] = read("a.xlsx", sheet([KEY, amount, "03.02.2026", "MU-17", ""]))
    assert row.amount is None
    assert row.errors


def test_our_own_apostrophe_before_a_formula_is_taken_off() -> None:
    [row] = csv(f"{KEY};70,00;03.02.2026;'=1+1;")
    assert row.proof == "=1+1"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b""),
        ("a.csv", b"\xff\xfe\x00\x00"),
        ("a.csv", "vārds;uzvārds\r\nAnna;Bērziņa".encode()),
        ("a.csv", b"x" * (MAX_BYTES + 1)),
        ("a.csv", (HEAD + "\n" + (GOOD + "\n") * (MAX_ROWS + 1)).encode()),
        ("a.csv", b'kods;summa;samaks\xc4\x81ts;dokuments\n"' + b"x" * 200_000),
        ("a.xlsx", b""),
        ("a.xlsx", b"PK\x03\x04 no workbook"),
        ("a.xlsx", GOOD.encode()),
        ("a.xlsx", sheet()[:2000]),
        ("", b"\x00"),
    ],
)
def test_what_is_no_list_is_refused_at_the_file(name: str, content: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        read(name, content)
    assert refused.value.field == "file"


def test_a_workbook_that_unfolds_into_gigabytes_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b" " * (60 * 1024 * 1024))
    assert len(file.getvalue()) < MAX_BYTES
    with pytest.raises(Invalid):
        read("a.xlsx", file.getvalue())


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(content=st.binary(max_size=400), name=st.sampled_from(["a.csv", "a.xlsx", "b", ""]))
def test_no_bytes_break_the_reading(content: bytes, name: str) -> None:
    try:
        rows = read(name, content)
    except Invalid:
        return
    assert all(row.key is not None or row.errors for row in rows)


@settings(deadline=None)
@given(cents=st.integers(1, 99_999_999), comma=st.booleans())
def test_every_amount_comes_back_as_it_was_written(cents: int, comma: bool) -> None:
    amount = Decimal(cents) / 100
    text = f"{amount:.2f}".replace(".", "," if comma else ".")
    [row] = csv(f"{uuid4()};{text};03.02.2026;MU-17;")
    assert row.amount == amount
