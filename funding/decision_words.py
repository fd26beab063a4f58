"""A stored decision as people read it, years later: every line with fact, source and time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy

from accounts.enums import FactKind, FactSource
from accounts.models import PersonFact
from funding.criteria import CRITERIA, AnyOf, CriteriaSet, FactAmong
from funding.enums import Answer
from funding.models import Decision
from funding.plain_rules import VOCABULARIES, Names, need
from stars.common import formats
from stars.common.dates import riga_date
from stars.vocabularies.models import Term

Words = str | Promise
SOURCES: Mapping[str, Words] = {
    **dict(FactSource.choices),
    "stars": pgettext_lazy("source of a fact", "This portal"),
    "agency": pgettext_lazy("source of a fact", "Decision of the agency"),
}
_PLAIN: Mapping[str, Words] = {
    "True": pgettext_lazy("answer", "Yes"),
    "False": pgettext_lazy("answer", "No"),
    "yes": pgettext_lazy("answer", "Yes"),
    "no": pgettext_lazy("answer", "No"),
    "none": gettext_lazy("None"),
    "active": gettext_lazy("Open"),
    "closed": gettext_lazy("Closed"),
}


@dataclass(frozen=True)
class DecisionLine:
    """One condition: what it says, the fact it rests on, where that came from, and its day."""

    criterion: str
    answer: str
    text: str
    value: str
    source: Words
    observed_on: str

    @property
    def word(self) -> str:
        """The answer in the language of the page."""
        return str(Answer(self.answer).label) if self.answer else ""


def names() -> Names:
    """(vocabulary, code) → name in the language of the page: one query."""
    rows = Term.objects.filter(
        vocabulary__code__in=VOCABULARIES.values(), vocabulary__current=True
    ).select_related("vocabulary")
    return {(row.vocabulary.code, row.code): row.name for row in rows}


def lines(stored: Iterable[Mapping[str, Any]], words: Names) -> list[DecisionLine]:
    """The lines of an explained decision (an application, a claim, an appeal)."""
    english = get_language() == "en"
    return [
        DecisionLine(
            criterion=one["criterion"],
            answer=one.get("answer", ""),
            text=one.get("text_en" if english else "text_lv", ""),
            value=_value(one["criterion"], one.get("value", ""), words),
            source=SOURCES.get(one.get("source", ""), one.get("source", "")),
            observed_on=_day(one.get("observed_on", "")),
        )
        for one in stored
        if "criterion" in one
    ]


def of(decision: Decision) -> list[DecisionLine]:
    """Every line of a stored decision; a round keeps the keys of facts only (FUN-8)."""
    words = names()
    explained = lines(decision.lines, words)
    if explained:
        return explained
    keys = [one["id"] for one in decision.lines if "id" in one]
    facts = {fact.kind: fact for fact in PersonFact.objects.filter(pk__in=keys)}
    return [
        _of_round(item, facts, words, riga_date(decision.decided_at))
        for item in CriteriaSet.read(decision.policy.criteria).items
    ]


def _of_round(
    item: Any, facts: Mapping[str, PersonFact], words: Names, decided_on: date
) -> DecisionLine:
    used = [facts[kind] for leaf in item.leaves() for kind in leaf.kinds if kind in facts]
    language = formats.language()
    if not used:
        day = formats.day(decided_on, language, year=True)
        return DecisionLine(item.name, "yes", need(item, words), "", SOURCES["stars"], day)
    fact = used[0]
    return DecisionLine(
        criterion=item.name,
        answer="yes",  # a round keeps decisions about those whom it served
        text=need(item, words),
        value=_fact_value(fact.kind, fact.value, words),
        source=SOURCES[fact.source],
        observed_on=formats.day(riga_date(fact.observed_at), language, year=True),
    )


def _value(criterion: str, value: str, words: Names) -> str:
    cls = CRITERIA.get(criterion)
    if cls is AnyOf and ": " in value:
        inner, _colon, rest = value.partition(": ")
        return _value(inner, rest, words)
    if cls is AnyOf:
        return ""
    if cls is not None and issubclass(cls, FactAmong):
        return _fact_value(cls.kind, value, words)
    if criterion in ("money", "owed") and value:
        return value.replace(".", ",") + " €"
    return str(_PLAIN.get(value, _day(value)))


def _fact_value(kind: str, value: str, words: Names) -> str:
    vocabulary = VOCABULARIES.get(FactKind(kind), "")
    known = words.get((vocabulary, value)) or _PLAIN.get(value)
    return str(known) if known else _day(value)


def _day(value: str) -> str:
    """A day in words; what is no day as it stands."""
    try:
        return formats.day(date.fromisoformat(value), formats.language(), year=True)
    except ValueError:
        return value
