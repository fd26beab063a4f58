"""Findings about a registration in words, the same for the organisation and the agency (PRO-2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from catalogue.rules.provider import GRADUATES, RUNS, YEARS, Criterion, Outcome, Source
from stars.common import formats

Text = str | Promise
_ASKS: dict[str, Text] = {
    Criterion.REGISTERED: gettext_lazy("The organisation is registered and active"),
    Criterion.NAME: gettext_lazy("The name is that of the register"),
    Criterion.AGE: gettext_lazy("Registered for at least %(years)s years"),
    Criterion.ACCREDITED: gettext_lazy("The accreditation is valid"),
    Criterion.EXPERIENCE: gettext_lazy(
        "At least %(runs)s runs with at least %(graduates)s graduates in a group"
    ),
    Criterion.NO_EXCLUSION: gettext_lazy("No ground for exclusion"),
    Criterion.NEW_HERE: gettext_lazy("Not in the portal yet"),
}
OUTCOMES: dict[str, Text] = {
    Outcome.YES: pgettext_lazy("criterion", "Fulfilled"),
    Outcome.NO: pgettext_lazy("criterion", "Not fulfilled"),
    Outcome.UNKNOWN: pgettext_lazy("criterion", "Not known"),
}
TONES = {Outcome.YES: "done", Outcome.NO: "error", Outcome.UNKNOWN: "wait"}
_SOURCES: dict[str, Text] = {
    Source.REGISTER: gettext_lazy("enterprise register"),
    Source.STATEMENT: gettext_lazy("the organisation's own statement"),
    Source.PORTAL: gettext_lazy("the portal"),
}


@dataclass(frozen=True)
class Line:
    """One criterion in words."""

    asks: str
    outcome: str
    tone: str
    fact: str
    source: str


def lines(findings: Sequence[Mapping[str, Any]]) -> list[Line]:
    """Findings as they are kept on the registration, in the language of the page."""
    return [
        Line(
            asks=str(_ASKS[row["criterion"]])
            % {"years": YEARS, "runs": RUNS, "graduates": GRADUATES},
            outcome=str(OUTCOMES[row["outcome"]]),
            tone=TONES[row["outcome"]],
            fact=_fact(row),
            source=str(_SOURCES[row["source"]]),
        )
        for row in findings
    ]


def _fact(row: Mapping[str, Any]) -> str:
    fact, language = row.get("fact", ""), formats.language()
    if not fact:
        return ""
    match row["criterion"]:
        case Criterion.AGE:
            day = formats.day(date.fromisoformat(fact), language, "genitive", year=True)
            return _("registered since %(day)s") % {"day": day}
        case Criterion.ACCREDITED:
            day = formats.day(date.fromisoformat(fact), language, "dative", year=True)
            return _("until %(day)s") % {"day": day}
        case Criterion.EXPERIENCE:
            n = int(fact)
            return ngettext("%(n)s such run", "%(n)s such runs", n) % {"n": n}
        case Criterion.NO_EXCLUSION:
            return _("insolvency") if fact == "insolvency" else _("tax debt")
    return str(fact)
