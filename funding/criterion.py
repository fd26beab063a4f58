"""What a criterion is: a small named class that says yes, no or not known, in Python and in SQL.

`evaluate` answers for one person with the fact used; `as_q` finds the accounts for which it says
yes. A Hypothesis test proves the two equal for every class (FUN-8).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import OuterRef, Q, Subquery
from django.db.models.lookups import In
from django.utils.functional import Promise
from django.utils.translation import get_language, override

from accounts.models import PersonFact
from funding.enums import Answer


@dataclass(frozen=True)
class Fact:
    """One known thing: its value, where it came from (FactSource) and when (ISO date or "")."""

    value: Any
    source: str
    observed_on: str = ""
    id: str = ""


def _nothing(scheme_id: UUID) -> Mapping[str, Fact]:
    return {}


@dataclass(frozen=True)
class Facts:
    """Everything criteria may ask about one account on one day (Europe/Riga)."""

    on: date
    known: Mapping[str, Fact]
    # What is looked up only when a criterion asks for it.
    later: Mapping[str, Callable[[], Fact | None]] = field(default_factory=dict)
    # By scheme: criteria that the agency lets this person do without, by name.
    waived: Callable[[UUID], Mapping[str, Fact]] = _nothing

    def get(self, key: str) -> Fact | None:
        """The fact under this key, or None where nothing is known."""
        if key in self.known:
            return self.known[key]
        return self.later[key]() if key in self.later else None


@dataclass(frozen=True)
class Line:
    """One criterion's answer with the fact behind it and a sentence in both languages."""

    criterion: str
    answer: str
    value: str
    source: str
    observed_on: str
    text_lv: str
    text_en: str

    @property
    def text(self) -> str:
        """The sentence in the language of the page."""
        return self.text_en if get_language() == "en" else self.text_lv

    def as_json(self) -> dict[str, str]:
        """For the stored decision."""
        return {f.name: getattr(self, f.name) for f in fields(self)}


def both(text: str | Promise, params: Mapping[str, Any]) -> tuple[str, str]:
    """The sentence in Latvian and in English."""
    with override("lv"):
        lv = str(text) % params
    with override("en"):
        en = str(text) % params
    return lv, en


@dataclass(frozen=True)
class Criterion:
    """Base: subclasses name themselves, their parameters and their three sentences."""

    name: ClassVar[str]
    # PersonFact kinds it reads, for the compact decision rows of rounds.
    kinds: ClassVar[tuple[str, ...]] = ()
    yes: ClassVar[str | Promise]
    no: ClassVar[str | Promise]
    unknown: ClassVar[str | Promise]
    # How a person who is not known is asked (funding.questions): the fact's key in `Facts.known`;
    # or what the person can do so that it says yes. Every class has one of the two.
    asks: ClassVar[str] = ""
    todo: ClassVar[str | Promise] = ""
    # The same said to somebody of whom nothing is known.
    need: ClassVar[str | Promise]

    def fact(self, facts: Facts) -> Fact | None:
        """The fact it rests on, or None where nothing is known."""
        raise NotImplementedError

    def holds(self, fact: Fact, on: date) -> bool:
        """Whether the fact satisfies it on the day `on`."""
        raise NotImplementedError

    def as_q(self, on: date) -> Q:
        """The accounts for which `evaluate` says yes on the day `on`."""
        raise NotImplementedError

    def params(self) -> dict[str, Any]:
        """Values for its sentences."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    def shown(self, fact: Fact) -> str:
        """The value as the stored decision keeps it."""
        return str(fact.value)

    def leaves(self) -> tuple[Criterion, ...]:
        """The criteria it is made of: itself, or those within."""
        return (self,)

    def evaluate(self, facts: Facts) -> Line:
        """Yes, no or unknown, with the fact used."""
        fact = self.fact(facts)
        if fact is None:
            answer, text = Answer.UNKNOWN, self.unknown
        elif self.holds(fact, facts.on):
            answer, text = Answer.YES, self.yes
        else:
            answer, text = Answer.NO, self.no
        lv, en = both(text, self.params())
        return Line(
            criterion=self.name,
            answer=str(answer.value),
            value="" if fact is None else self.shown(fact),
            source="" if fact is None else fact.source,
            observed_on="" if fact is None else fact.observed_on,
            text_lv=lv,
            text_en=en,
        )


def latest_value(kind: str) -> Subquery:
    """The value of the newest fact of one kind about the account's person."""
    newest = PersonFact.objects.filter(person=OuterRef("person_id"), kind=kind)
    return Subquery(newest.order_by("-observed_at", "-id").values("value")[:1])


@dataclass(frozen=True)
class FactAmong(Criterion):
    """The newest fact of one kind has one of the listed values."""

    kind: ClassVar[str]
    any_of: tuple[str, ...] = ()

    def accepted(self) -> tuple[str, ...]:
        """Values that count as yes."""
        return self.any_of

    def fact(self, facts: Facts) -> Fact | None:
        return facts.get(self.kind)

    def holds(self, fact: Fact, on: date) -> bool:
        return fact.value in self.accepted()

    def as_q(self, on: date) -> Q:
        return Q(In(latest_value(self.kind), list(self.accepted())))

    def params(self) -> dict[str, Any]:
        return {"any_of": ", ".join(self.any_of)}
