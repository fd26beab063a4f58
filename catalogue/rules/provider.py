"""Which organisations may become providers: criteria of PRO-2, each yes, no or unknown.

The agency decides; these findings are what it decides upon (L1349, L1822).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

# L1822: at least two runs of such programmes with at least ten graduates in one group.
RUNS, GRADUATES = 2, 10
# How long the organisation has been registered, in whole years (A: PRO-2 says N).
YEARS = 2


class Outcome(StrEnum):
    """What is known about a criterion."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Criterion(StrEnum):
    """What a provider has to be."""

    REGISTERED = "registered"
    NAME = "name"
    AGE = "age"
    ACCREDITED = "accredited"
    EXPERIENCE = "experience"
    NO_EXCLUSION = "no_exclusion"
    NEW_HERE = "new_here"


class Source(StrEnum):
    """Where the fact came from."""

    REGISTER = "register"
    STATEMENT = "statement"
    PORTAL = "portal"


@dataclass(frozen=True)
class Run:
    """An earlier run of such a programme, as the organisation says; `graduates` of one group."""

    title: str
    year: int
    graduates: int


@dataclass(frozen=True)
class Stated:
    """What the organisation says of itself; `known_here`: the portal has its number already."""

    name: str
    accreditation: str
    accredited_until: date | None
    runs: Sequence[Run]
    no_exclusion: bool
    known_here: bool


@dataclass(frozen=True)
class Registered:
    """What the enterprise register says; `active` unless it is closed or being wound up."""

    name: str
    active: bool
    registered_on: date
    insolvency: bool
    tax_debt: bool


@dataclass(frozen=True)
class Finding:
    """One criterion; `fact` is what was found: words, a number or a day as ISO text."""

    criterion: Criterion
    outcome: Outcome
    source: Source
    fact: str = ""


def judge(
    stated: Stated, *, register: Registered | None, answered: bool, day: date
) -> list[Finding]:
    """Every criterion on the day `day` (Riga), in the order in which they are read.

    `register` is None for an organisation that the register does not know; where it did not
    answer (`answered` False) what it would say is unknown and nobody is refused for that (INT-2).
    """
    return [
        *_from_register(stated, register, answered, day),
        _accredited(stated, day),
        _experience(stated.runs),
        _exclusion(stated, register, answered),
        Finding(Criterion.NEW_HERE, _yes(not stated.known_here), Source.PORTAL),
    ]


def whole_years(since: date, day: date) -> int:
    """Whole years from `since` until `day`."""
    return day.year - since.year - ((day.month, day.day) < (since.month, since.day))


def same_name(one: str, other: str) -> bool:
    """Whether two names are one, whatever the quotation marks, spaces and capitals."""
    return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in name).casefold().split())


def _yes(holds: bool) -> Outcome:
    return Outcome.YES if holds else Outcome.NO


def _from_register(
    stated: Stated, register: Registered | None, answered: bool, day: date
) -> list[Finding]:
    asked = (Criterion.REGISTERED, Criterion.NAME, Criterion.AGE)
    if not answered:
        return [Finding(criterion, Outcome.UNKNOWN, Source.REGISTER) for criterion in asked]
    if register is None:
        unknown = [Finding(one, Outcome.UNKNOWN, Source.REGISTER) for one in asked[1:]]
        return [Finding(Criterion.REGISTERED, Outcome.NO, Source.REGISTER), *unknown]
    since = register.registered_on
    return [
        Finding(Criterion.REGISTERED, _yes(register.active), Source.REGISTER, register.name),
        Finding(
            Criterion.NAME,
            _yes(same_name(stated.name, register.name)),
            Source.REGISTER,
            register.name,
        ),
        Finding(
            Criterion.AGE,
            _yes(whole_years(since, day) >= YEARS),
            Source.REGISTER,
            since.isoformat(),
        ),
    ]


def _accredited(stated: Stated, day: date) -> Finding:
    until = stated.accredited_until
    if not stated.accreditation.strip():
        return Finding(Criterion.ACCREDITED, Outcome.NO, Source.STATEMENT)
    if until is None:
        return Finding(Criterion.ACCREDITED, Outcome.UNKNOWN, Source.STATEMENT)
    holds = until >= day
    return Finding(Criterion.ACCREDITED, _yes(holds), Source.STATEMENT, until.isoformat())


def _experience(runs: Sequence[Run]) -> Finding:
    enough = sum(run.graduates >= GRADUATES for run in runs)
    return Finding(Criterion.EXPERIENCE, _yes(enough >= RUNS), Source.STATEMENT, str(enough))


def _exclusion(stated: Stated, register: Registered | None, answered: bool) -> Finding:
    """What the register says against it counts, whatever it states of itself."""
    criterion = Criterion.NO_EXCLUSION
    if register is not None and (register.insolvency or register.tax_debt):
        fact = "insolvency" if register.insolvency else "tax_debt"
        return Finding(criterion, Outcome.NO, Source.REGISTER, fact)
    if not stated.no_exclusion:
        return Finding(criterion, Outcome.NO, Source.STATEMENT)
    if not answered or register is None:
        return Finding(criterion, Outcome.UNKNOWN, Source.REGISTER)
    return Finding(criterion, Outcome.YES, Source.REGISTER)
