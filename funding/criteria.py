"""Criteria: small named classes that say yes, no or not known, in Python and in SQL alike (FUN-8).

`evaluate` answers for one person with the fact used; `as_q` finds the accounts for which it says
yes. A Hypothesis test proves the two equal for every class.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.lookups import In
from django.utils.functional import Promise
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from accounts.enums import FactKind
from accounts.models import PersonFact
from funding.enums import Answer
from funding.rules.terms import Terms
from learning_accounts.enums import AccountState
from learning_accounts.models import LearningPath
from stars.common.dates import age_on, months_before


@dataclass(frozen=True)
class Fact:
    """One known thing: its value, where it came from (FactSource) and when (ISO date or "")."""

    value: Any
    source: str
    observed_on: str = ""
    id: str = ""


@dataclass(frozen=True)
class Facts:
    """Everything criteria may ask about one account on one day (Europe/Riga)."""

    on: date
    known: Mapping[str, Fact]


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
            value="" if fact is None else str(fact.value),
            source="" if fact is None else fact.source,
            observed_on="" if fact is None else fact.observed_on,
            text_lv=lv,
            text_en=en,
        )


@dataclass(frozen=True)
class MinimumAge(Criterion):
    """At least `years` full years old on the day (rule 1)."""

    name = "minimum_age"
    kinds = (FactKind.BIRTH_DATE,)
    yes = _("You are at least %(years)s years old")
    no = _("You have to be at least %(years)s years old")
    unknown = _("We do not know your date of birth")
    asks = FactKind.BIRTH_DATE
    years: int = 18

    def fact(self, facts: Facts) -> Fact | None:
        return facts.known.get("birth_date")

    def holds(self, fact: Fact, on: date) -> bool:
        return age_on(fact.value, on) >= self.years

    def as_q(self, on: date) -> Q:
        return Q(person__birth_date__lte=months_before(on, 12 * self.years))


@dataclass(frozen=True)
class AccountOpen(Criterion):
    """The learning account is active."""

    name = "account_open"
    yes = _("You have a learning account")
    no = _("Your learning account is closed")
    unknown = _("You do not have a learning account yet")
    todo = _("Open a learning account")

    def fact(self, facts: Facts) -> Fact | None:
        return facts.known.get("account_state")

    def holds(self, fact: Fact, on: date) -> bool:
        return bool(fact.value == AccountState.ACTIVE)

    def as_q(self, on: date) -> Q:
        return Q(state=AccountState.ACTIVE)


@dataclass(frozen=True)
class ProfileComplete(Criterion):
    """The registration form is filled in (L1175)."""

    name = "profile_complete"
    yes = _("Your profile is filled in")
    no = _("Fill in your profile first")
    unknown = no
    todo = _("Fill in your profile")

    def fact(self, facts: Facts) -> Fact | None:
        return facts.known.get("profile_complete")

    def holds(self, fact: Fact, on: date) -> bool:
        return bool(fact.value)

    def as_q(self, on: date) -> Q:
        return Q(profile_completed_at__isnull=False)


@dataclass(frozen=True)
class HasLearningPath(Criterion):
    """A learning path exists (rule 12, L469)."""

    name = "learning_path"
    yes = _("You have a learning path")
    no = _("First make a learning path: your goal and the first step towards it")
    unknown = no
    todo = _("Make a learning path: your goal and the first step towards it")

    def fact(self, facts: Facts) -> Fact | None:
        return facts.known.get("learning_path")

    def holds(self, fact: Fact, on: date) -> bool:
        return bool(fact.value)

    def as_q(self, on: date) -> Q:
        return Q(Exists(LearningPath.objects.filter(account=OuterRef("pk"))))


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
        return facts.known.get(self.kind)

    def holds(self, fact: Fact, on: date) -> bool:
        return fact.value in self.accepted()

    def as_q(self, on: date) -> Q:
        return Q(In(latest_value(self.kind), list(self.accepted())))

    def params(self) -> dict[str, Any]:
        return {"any_of": ", ".join(self.any_of)}


@dataclass(frozen=True)
class EmploymentStatus(FactAmong):
    """Employment is one of the listed codes of the vocabulary."""

    name = "employment_status"
    kind = asks = FactKind.EMPLOYMENT
    kinds = (FactKind.EMPLOYMENT,)
    yes = _("Your employment status fits")
    no = _("This support is for people with another employment status")
    unknown = _("Tell us whether you are working now")


@dataclass(frozen=True)
class Employed(EmploymentStatus):
    """In work, for an employer or on one's own."""

    name = "employed"
    yes = _("You are working")
    no = _("This support is for people who are working")
    any_of: tuple[str, ...] = ("employed", "self_employed")


@dataclass(frozen=True)
class EducationLevel(FactAmong):
    """Education is one of the listed levels."""

    name = "education"
    kind = asks = FactKind.EDUCATION
    kinds = (FactKind.EDUCATION,)
    yes = _("Your education level fits")
    no = _("This support is for people with another education level")
    unknown = _("Tell us your education level")


@dataclass(frozen=True)
class Region(FactAmong):
    """Lives in one of the listed planning regions."""

    name = "region"
    kind = asks = FactKind.REGION
    kinds = (FactKind.REGION,)
    yes = _("You live in a region that is supported")
    no = _("This support is for people who live in another region")
    unknown = _("We do not know in which region you live")


@dataclass(frozen=True)
class _Status(FactAmong):
    """A yes/no fact that has to be yes."""

    any_of: tuple[str, ...] = ("yes",)


@dataclass(frozen=True)
class LowIncome(_Status):
    """Has the status of a low-income person."""

    name = "low_income"
    kind = asks = FactKind.LOW_INCOME
    kinds = (FactKind.LOW_INCOME,)
    yes = _("You have low-income status")
    no = _("This support is for people with low-income status")
    unknown = _("We do not know whether you have low-income status")


@dataclass(frozen=True)
class Disability(_Status):
    """Has a recognised disability."""

    name = "disability"
    kind = asks = FactKind.DISABILITY
    kinds = (FactKind.DISABILITY,)
    yes = _("You have a recognised disability")
    no = _("This support is for people with a recognised disability")
    unknown = _("We do not know whether you have a recognised disability")


@dataclass(frozen=True)
class Refugee(_Status):
    """Has refugee or alternative status."""

    name = "refugee"
    kind = asks = FactKind.REFUGEE
    kinds = (FactKind.REFUGEE,)
    yes = _("You have refugee status")
    no = _("This support is for people with refugee status")
    unknown = _("We do not know whether you have refugee status")


@dataclass(frozen=True)
class EmployerRequest(Criterion):
    """An employer asked for the training. Nobody can record such a request yet, so: not known."""

    name = "employer_request"
    yes = _("Your employer asked for this training")
    no = _("This support needs a request by your employer")
    unknown = no
    asks = "employer_request"

    def fact(self, facts: Facts) -> Fact | None:
        return facts.known.get("employer_request")

    def holds(self, fact: Fact, on: date) -> bool:
        return bool(fact.value)

    def as_q(self, on: date) -> Q:
        return Q(pk__in=[])


CRITERIA: dict[str, type[Criterion]] = {
    cls.name: cls
    for cls in (
        MinimumAge,
        AccountOpen,
        ProfileComplete,
        HasLearningPath,
        EmploymentStatus,
        Employed,
        EducationLevel,
        Region,
        LowIncome,
        Disability,
        Refugee,
        EmployerRequest,
    )
}


@dataclass(frozen=True)
class CriteriaSet:
    """All criteria of one policy version."""

    items: tuple[Criterion, ...] = field(default=())

    @classmethod
    def read(cls, data: list[dict[str, Any]]) -> CriteriaSet:
        """Parse stored criteria; raises ValueError on an unknown name or parameter."""
        items = []
        for entry in data:
            params = {
                k: tuple(v) if isinstance(v, list) else v
                for k, v in entry.items()
                if k != "criterion"
            }
            if entry["criterion"] not in CRITERIA:
                raise ValueError(f"Unknown criterion: {entry['criterion']}")
            try:
                items.append(CRITERIA[entry["criterion"]](**params))
            except TypeError as error:
                raise ValueError(f"{entry['criterion']}: {error}") from error
        return cls(tuple(items))

    def evaluate(self, facts: Facts) -> list[Line]:
        """Every criterion's line, in the policy's order."""
        return [item.evaluate(facts) for item in self.items]

    @property
    def minimum_age(self) -> int:
        """Full years a person needs; 0 where no criterion asks for an age."""
        return max((item.years for item in self.items if isinstance(item, MinimumAge)), default=0)

    def as_q(self, on: date) -> Q:
        """The accounts that satisfy all of them."""
        q = Q()
        for item in self.items:
            q &= item.as_q(on)
        return q

    @property
    def kinds(self) -> tuple[str, ...]:
        """PersonFact kinds used, for compact decisions."""
        return tuple(dict.fromkeys(str(k) for item in self.items for k in item.kinds))


def share_for(terms: Terms, facts: Facts) -> Decimal:
    """The share of the price (0–1), larger for exempt persons; full cover is the share 1."""
    for name in terms.exempt:
        if CRITERIA[name]().evaluate(facts).answer == Answer.YES:
            return terms.share_for_exempt or Decimal(1)
    return terms.share if terms.share is not None else Decimal(1)


def outcome(lines: list[Line]) -> str:
    """No beats unknown beats yes."""
    answers = {line.answer for line in lines}
    for answer in (Answer.NO, Answer.UNKNOWN):
        if answer.value in answers:
            return str(answer.value)
    return str(Answer.YES.value)
