"""Criteria about who somebody is: age, work, education, home, status (FUN-8, L1172, L3293)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.lookups import GreaterThan, Regex
from django.utils.translation import gettext_lazy as _

from accounts.enums import FactKind
from funding.criterion import Criterion, Fact, FactAmong, Facts, latest_value
from learning_accounts.enums import AccountState
from learning_accounts.models import LearningPath
from stars.common.dates import age_on, months_before


@dataclass(frozen=True)
class MinimumAge(Criterion):
    """At least `years` full years old on the day (rule 1)."""

    name = "minimum_age"
    need = _("You are at least %(years)s years old")
    kinds = (FactKind.BIRTH_DATE,)
    yes = _("You are at least %(years)s years old")
    no = _("You have to be at least %(years)s years old")
    unknown = _("We do not know your date of birth")
    asks = FactKind.BIRTH_DATE
    years: int = 18

    def fact(self, facts: Facts) -> Fact | None:
        return facts.get("birth_date")

    def holds(self, fact: Fact, on: date) -> bool:
        return age_on(fact.value, on) >= self.years

    def as_q(self, on: date) -> Q:
        return Q(person__birth_date__lte=months_before(on, 12 * self.years))


@dataclass(frozen=True)
class AccountOpen(Criterion):
    """The learning account is active."""

    name = "account_open"
    need = _("You have a learning account")
    yes = _("You have a learning account")
    no = _("Your learning account is closed")
    unknown = _("You do not have a learning account yet")
    todo = _("Open a learning account")

    def fact(self, facts: Facts) -> Fact | None:
        return facts.get("account_state")

    def holds(self, fact: Fact, on: date) -> bool:
        return bool(fact.value == AccountState.ACTIVE)

    def as_q(self, on: date) -> Q:
        return Q(state=AccountState.ACTIVE)


@dataclass(frozen=True)
class ProfileComplete(Criterion):
    """The registration form is filled in (L1175)."""

    name = "profile_complete"
    need = _("Your profile is filled in")
    yes = _("Your profile is filled in")
    no = _("Fill in your profile first")
    unknown = no
    todo = _("Fill in your profile")

    def fact(self, facts: Facts) -> Fact | None:
        return facts.get("profile_complete")

    def holds(self, fact: Fact, on: date) -> bool:
        return bool(fact.value)

    def as_q(self, on: date) -> Q:
        return Q(profile_completed_at__isnull=False)


@dataclass(frozen=True)
class HasLearningPath(Criterion):
    """A learning path exists (rule 12, L469)."""

    name = "learning_path"
    need = _("You have made a learning path")
    yes = _("You have a learning path")
    no = _("First make a learning path: your goal and the first step towards it")
    unknown = no
    todo = _("Make a learning path: your goal and the first step towards it")

    def fact(self, facts: Facts) -> Fact | None:
        return facts.get("learning_path")

    def holds(self, fact: Fact, on: date) -> bool:
        return bool(fact.value)

    def as_q(self, on: date) -> Q:
        return Q(Exists(LearningPath.objects.filter(account=OuterRef("pk"))))


@dataclass(frozen=True)
class EmploymentStatus(FactAmong):
    """Employment is one of the listed codes of the vocabulary."""

    name = "employment_status"
    need = _("Your work: %(any_of)s")
    kind = asks = FactKind.EMPLOYMENT
    kinds = (FactKind.EMPLOYMENT,)
    yes = _("Your employment status fits")
    no = _("This support is for people with another employment status")
    unknown = _("Tell us whether you are working now")


@dataclass(frozen=True)
class Employed(EmploymentStatus):
    """In work, for an employer or on one's own."""

    name = "employed"
    need = _("You are working, for an employer or for yourself")
    yes = _("You are working")
    no = _("This support is for people who are working")
    any_of: tuple[str, ...] = ("employed", "self_employed")


@dataclass(frozen=True)
class EducationLevel(FactAmong):
    """Education is one of the listed levels."""

    name = "education"
    need = _("Your education: %(any_of)s")
    kind = asks = FactKind.EDUCATION
    kinds = (FactKind.EDUCATION,)
    yes = _("Your education level fits")
    no = _("This support is for people with another education level")
    unknown = _("Tell us your education level")


@dataclass(frozen=True)
class Region(FactAmong):
    """Lives in one of the listed planning regions."""

    name = "region"
    need = _("You live in: %(any_of)s")
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
    need = _("You have low-income status")
    kind = asks = FactKind.LOW_INCOME
    kinds = (FactKind.LOW_INCOME,)
    yes = _("You have low-income status")
    no = _("This support is for people with low-income status")
    unknown = _("We do not know whether you have low-income status")


@dataclass(frozen=True)
class Disability(_Status):
    """Has a recognised disability."""

    name = "disability"
    need = _("You have a recognised disability")
    kind = asks = FactKind.DISABILITY
    kinds = (FactKind.DISABILITY,)
    yes = _("You have a recognised disability")
    no = _("This support is for people with a recognised disability")
    unknown = _("We do not know whether you have a recognised disability")


@dataclass(frozen=True)
class Refugee(_Status):
    """Has refugee or alternative status."""

    name = "refugee"
    need = _("You have refugee or alternative status")
    kind = asks = FactKind.REFUGEE
    kinds = (FactKind.REFUGEE,)
    yes = _("You have refugee status")
    no = _("This support is for people with refugee status")
    unknown = _("We do not know whether you have refugee status")


@dataclass(frozen=True)
class EmployerRequest(Criterion):
    """An employer asked for the training. Nobody can record such a request yet, so: not known."""

    name = "employer_request"
    need = _("Your employer asks for this training")
    yes = _("Your employer asked for this training")
    no = _("This support needs a request by your employer")
    unknown = no
    asks = "employer_request"

    def fact(self, facts: Facts) -> Fact | None:
        return facts.get("employer_request")

    def holds(self, fact: Fact, on: date) -> bool:
        return bool(fact.value)

    def as_q(self, on: date) -> Q:
        return Q(pk__in=[])


@dataclass(frozen=True)
class SelfEmployed(EmploymentStatus):
    """Works for oneself (L2775)."""

    name = "self_employed"
    need = _("You are self-employed")
    yes = _("You are self-employed")
    no = _("This support is for people who are self-employed")
    any_of: tuple[str, ...] = ("self_employed",)


@dataclass(frozen=True)
class Municipality(FactAmong):
    """Lives in one of the listed municipalities, by the codes of the address register."""

    name = "municipality"
    need = _("You live in: %(any_of)s")
    kind = asks = FactKind.MUNICIPALITY
    kinds = (FactKind.MUNICIPALITY,)
    yes = _("You live in a municipality that is supported")
    no = _("This support is for people who live in another municipality")
    unknown = _("We do not know in which municipality you live")


@dataclass(frozen=True)
class Sector(FactAmong):
    """Works in one of the listed sectors, by the letters of NACE."""

    name = "sector"
    need = _("You work in: %(any_of)s")
    kind = asks = FactKind.SECTOR
    kinds = (FactKind.SECTOR,)
    yes = _("You work in a sector that is supported")
    no = _("This support is for people who work in another sector")
    unknown = _("We do not know in which sector you work")


@dataclass(frozen=True)
class Occupation(FactAmong):
    """Works in one of the listed occupations, by ISCO: a shorter code stands for all below it."""

    name = "occupation"
    need = _("Your occupation: %(any_of)s")
    kind = asks = FactKind.OCCUPATION
    kinds = (FactKind.OCCUPATION,)
    yes = _("Your occupation is supported")
    no = _("This support is for people in another occupation")
    unknown = _("We do not know your occupation")

    def _pattern(self) -> str:
        return "^(" + "|".join(re.escape(code) for code in self.any_of) + ")"

    def holds(self, fact: Fact, on: date) -> bool:
        return bool(self.any_of) and re.match(self._pattern(), str(fact.value)) is not None

    def as_q(self, on: date) -> Q:
        if not self.any_of:
            return Q(pk__in=[])
        return Q(Regex(latest_value(self.kind), Value(self._pattern())))


_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


@dataclass(frozen=True)
class ChildUnder(Criterion):
    """The youngest child has not reached `years` full years (L1139: parents of small children)."""

    name = "child_under"
    need = _("You have a child younger than %(years)s years")
    kinds = (FactKind.YOUNGEST_CHILD,)
    yes = _("You have a child younger than %(years)s years")
    no = _("This support is for parents of children younger than %(years)s years")
    unknown = _("We do not know whether you have a child younger than %(years)s years")
    asks = FactKind.YOUNGEST_CHILD
    years: int = 7

    def fact(self, facts: Facts) -> Fact | None:
        return facts.get(FactKind.YOUNGEST_CHILD)

    def holds(self, fact: Fact, on: date) -> bool:
        # A register may also answer that there is no child.
        born = str(fact.value)
        return re.match(_DAY, born) is not None and born > self._bound(on)

    def as_q(self, on: date) -> Q:
        born = latest_value(FactKind.YOUNGEST_CHILD)
        return Q(Regex(born, Value(_DAY))) & Q(GreaterThan(born, Value(self._bound(on))))

    def _bound(self, on: date) -> str:
        """Born after this day (ISO): has not had that birthday yet."""
        return months_before(on, 12 * self.years).isoformat()
