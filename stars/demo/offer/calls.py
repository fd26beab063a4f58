"""Calls of the pilot and of its invented continuation (CAT-11)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from catalogue.models import Call
from catalogue.services.calls import add_seminar, save_call
from stars.common.dates import start_of_day
from stars.common.permissions import SYSTEM
from stars.demo.offer.data import Tally, load
from stars.demo.offer.sources import VOCABULARY
from stars.vocabularies.models import Term


def window(entry: dict[str, Any], today: date) -> tuple[date, date]:
    """First and last day of a call; of the invented ones in days from `today`."""
    if "opens_days" in entry:
        return (
            today + timedelta(days=entry["opens_days"]),
            today + timedelta(days=entry["closes_days"]),
        )
    return entry["opens"], entry["closes"]


def load_calls(terms: dict[tuple[str, str], Term], today: date, tally: Tally) -> None:
    """Every call of the file; one that exists keeps its days."""
    known = set(Call.objects.values_list("code", flat=True))
    entries = load("calls")["calls"]
    for entry in entries:
        if entry["code"] not in known:
            _write(entry, terms[VOCABULARY, entry["source"]], today)
    fresh = sum(entry["code"] not in known for entry in entries)
    tally.add("calls", created=fresh, kept=len(entries) - fresh)


def _write(entry: dict[str, Any], source: Term, today: date) -> None:
    opens_on, closes_on = window(entry, today)
    at = start_of_day(min(opens_on, today))
    call = save_call(
        code=entry["code"],
        title_lv=entry["title"]["lv"],
        title_en=entry["title"]["en"],
        about_lv=entry["about"]["lv"],
        about_en=entry["about"]["en"],
        source_id=source.pk,
        opens_on=opens_on,
        closes_on=closes_on,
        types=entry.get("types", []),
        qualifications=entry.get("qualifications", []),
        modes=entry.get("modes", []),
        actor=SYSTEM,
        at=at,
    )
    for seminar in entry.get("seminars", []):
        day = start_of_day(today + timedelta(days=seminar["days"]))
        add_seminar(
            call_id=call.pk,
            starts_at=day + timedelta(hours=seminar["hour"]),
            place=seminar["place"],
            actor=SYSTEM,
            at=at,
        )
