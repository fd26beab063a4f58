"""`./dev bench` at its smallest: both sides do the same, and nothing is left behind.

How long anything takes is not looked at: that is for the whole run on a quiet machine.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connections

from stars.demo.bench import rows
from stars.demo.bench.measure import Spread, written_table
from stars.demo.bench.report import BEGIN, END, write
from tests.architecture import code


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command as `./dev bench` calls it, on the tests' own server."""
    return subprocess.run(
        [sys.executable, "manage.py", "bench", *arguments],
        cwd=code.ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "stars.settings.dev"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def scratch_databases() -> set[str]:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'stars_bench_%'")
        return {row[0] for row in cursor.fetchall()}


@pytest.mark.django_db
def test_everything_is_measured_beside_the_same_rows(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text(f"# Ours\n\n{BEGIN}\nold\n{END}\n\nRead by hand.\n")
    before = scratch_databases()  # a run that was killed may have left some
    done = bench(
        *(
            "--accounts",
            "50,200",
            "--learners",
            "3",
            "--commitments",
            "50",
            "--programmes",
            "300",
            "--seconds",
            "0.1",
            "--repeats",
            "1",
        ),
        *("--output", str(page)),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    text = page.read_text()
    assert text.startswith("# Ours") and text.endswith("Read by hand.\n") and "old" not in text
    for said in (
        r"A round for 200 accounts, and its expiry",
        r"expiry : by hand \| \*\*\d.*at most 2",
        r"most memory of the process, MB \| \d+, at most 400",
        r"\| 50 \| \d+ \| \d+ \| \d+ \| \d+ \| \d+ \|",
        r"\(performance-rounds.svg\)",
        r"\| lots \| 200 \|",
        r"\| ledger accounts \| 200 \|",
        r"\| postings \| 200 \|",
        r"\| transfers, with balances \| 200 \|",
        r"\| decisions \| 200 \|",
        r"\| messages and their e-mails \| 400 \|",
        r"service : by hand \| \*\*\d",
        r"Settlement of 50 commitments",
        r"statements made \| \d",
        r"the whole way \| \d+ \|.*\*\*\d",
        r"\| programme \| \d+ \|",
        r"\| catalogue, kept \| 0 \|",
        r"page : SQL \| SQL : count",
        r"“dati”.*\*\*\d.*at most 2 .*\*\*\d.*at most 5 ",
        r"free places \|.*\*\*\d",
        r"everything, counted anew \|.*\*\*\d",
        r"a minute ago \|.*\*\*\d.*at most 5 ",
        r"\| search, kept \| \d+ \|",
    ):
        assert re.search(said, text), said
    assert scratch_databases() <= before
    plot = (tmp_path / "performance-rounds.svg").read_text()
    assert plot.count("<polyline ") == 4 and plot.endswith("</svg>\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["everything"], "allocation, learning, settlement, pages, search"),
        (["pages", "--repeats", "0"], "1 or more"),
    ],
)
def test_wrong_wishes(arguments: list[str], said: str) -> None:
    done = bench(*arguments)
    assert done.returncode != 0
    assert said in done.stderr and "Traceback" not in done.stderr


def test_different_rows_are_not_compared() -> None:
    rows.must_match({"a": 1}, {"a": 1})
    with pytest.raises(rows.Different):
        rows.must_match({"a": 1}, {"a": 2})
    assert rows.written({"a": 1, "b": 2}, {"a": 1, "b": 5, "c": 1}) == {"b": 3, "c": 1}


def test_what_a_statement_writes() -> None:
    assert written_table('INSERT INTO "a" (x) SELECT 1') == "a"
    assert written_table("WITH b AS (SELECT 1) UPDATE c SET x = 1") == "c"
    assert written_table("select 1") == "SELECT"


def test_the_middle_and_the_range() -> None:
    assert Spread((3.0, 1.0, 2.0)).text() == "2.0 (1.0–3.0)"
    assert Spread((1.25,)).text(2) == "1.25"


def test_the_page_is_made_where_it_is_missing(tmp_path: Path) -> None:
    page = tmp_path / "new.md"
    write(page, "first")
    write(page, "second")
    assert page.read_text().count(BEGIN) == 1
    assert "second" in page.read_text() and "first" not in page.read_text()
