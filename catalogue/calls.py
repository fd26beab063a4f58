"""Calls for programmes as visitors and providers see them (CAT-11)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Prefetch, QuerySet

from catalogue.enums import Mode
from catalogue.models import Call, Seminar
from catalogue.rules import CallTerms
from stars.common.dates import riga_date
from stars.vocabularies.models import ProgrammeType, Term


@dataclass(frozen=True)
class CallCard:
    """A call with what it takes, in words; an empty list means "all"."""

    call: Call
    types: list[str] = field(default_factory=list)
    qualifications: list[str] = field(default_factory=list)
    modes: list[str] = field(default_factory=list)
    seminars: list[Seminar] = field(default_factory=list)
    days_left: int = 0


def terms_of(call: Call) -> CallTerms:
    """As the pure rule reads it."""
    return CallTerms(
        opens_on=call.opens_on,
        closes_on=call.closes_on,
        source=str(call.source_id) if call.source_id else None,
        types=frozenset(call.types),
        qualifications=frozenset(call.qualifications),
        modes=frozenset(call.modes),
    )


def open_calls(at: datetime) -> list[CallCard]:
    """Calls to which providers may send programmes now, the first to close first: four queries."""
    day = riga_date(at)
    calls = Call.objects.filter(opens_on__lte=day, closes_on__gte=day)
    return _cards(calls.order_by("closes_on", "code"), day)


def coming_calls(at: datetime) -> list[CallCard]:
    """Calls that open later, the next first: four queries."""
    day = riga_date(at)
    return _cards(Call.objects.filter(opens_on__gt=day).order_by("opens_on", "code"), day)


def past_calls(at: datetime) -> list[CallCard]:
    """Calls that are over, the latest first: four queries."""
    day = riga_date(at)
    return _cards(Call.objects.filter(closes_on__lt=day).order_by("-closes_on", "code"), day)


def _cards(calls: QuerySet[Call], day: date) -> list[CallCard]:
    found = list(
        calls.select_related("source").prefetch_related(
            Prefetch("seminars", Seminar.objects.order_by("starts_at", "pk"))
        )
    )
    types = _names(ProgrammeType.objects.all(), (code for call in found for code in call.types))
    qualifications = _names(
        Term.objects.filter(vocabulary__code="qualification", vocabulary__current=True),
        (code for call in found for code in call.qualifications),
    )
    return [
        CallCard(
            call=call,
            types=[types.get(code, code) for code in call.types],
            qualifications=[qualifications.get(code, code) for code in call.qualifications],
            modes=[str(Mode(mode).label) for mode in call.modes],
            seminars=list(call.seminars.all()),
            days_left=(call.closes_on - day).days,
        )
        for call in found
    ]


def _names(rows: QuerySet[ProgrammeType] | QuerySet[Term], codes: Iterable[str]) -> dict[str, str]:
    """Code → plain name in the language of the page."""
    return {row.code: row.plain for row in rows.filter(code__in=set(codes))}
