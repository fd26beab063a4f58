"""Terms are data: one place for the number, a task of the schedule that ends each."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from django.conf import settings
from django.utils.module_loading import import_string

from stars.audit import privacy, retention
from stars.audit.retention import Term
from stars.common.dates import RIGA

YEARS = Term("x", "papers", "the last payment", "the papers", "a.b", years=10)


def test_every_term_is_ended_by_a_task_of_the_schedule() -> None:
    planned = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    for term in retention.terms():
        assert term.task in planned, term
        assert callable(import_string(term.task)), term


def test_the_register_lists_every_term() -> None:
    page = privacy.render()
    for term in retention.terms():
        assert f"| {term.what} | {term.length}" in page
    assert len(retention.terms()) >= 10


@pytest.mark.parametrize(
    ("term", "says", "last"),
    [
        (YEARS, "10 years after the last payment (A)", date(2034, 2, 28)),
        (
            replace(YEARS, years=1, assumed=False),
            "1 year after the last payment",
            date(2025, 2, 28),
        ),
        (
            replace(YEARS, years=0, months=12),
            "12 months after the last payment (A)",
            date(2025, 2, 28),
        ),
        (replace(YEARS, years=0, days=1), "1 day after the last payment (A)", date(2024, 3, 1)),
    ],
)
def test_lengths(term: Term, says: str, last: date) -> None:
    assert str(term) == says
    assert term.last_day(date(2024, 2, 29)) == last


def test_a_term_by_the_calendar_has_no_number_of_days() -> None:
    with pytest.raises(ValueError, match="calendar"):
        YEARS.ago(datetime(2026, 1, 1, tzinfo=RIGA))
    with pytest.raises(ValueError, match="no length"):
        _ = replace(YEARS, years=0).length


def test_days_are_counted_back() -> None:
    at = datetime(2026, 3, 10, 12, tzinfo=RIGA)
    assert replace(YEARS, years=0, days=9).ago(at) == datetime(2026, 3, 1, 12, tzinfo=RIGA)
