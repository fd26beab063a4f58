"""The criteria of a policy version: which there are, how they are read, what they say together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from funding.criteria_history import EarlierParticipation, FinishedPrevious
from funding.criteria_person import (
    AccountOpen,
    ChildUnder,
    Disability,
    EducationLevel,
    Employed,
    EmployerRequest,
    EmploymentStatus,
    HasLearningPath,
    LowIncome,
    MinimumAge,
    Municipality,
    Occupation,
    ProfileComplete,
    Refugee,
    Region,
    Sector,
    SelfEmployed,
)
from funding.criterion import Criterion, Fact, FactAmong, Facts, Line, both
from funding.enums import Answer
from funding.models import Waiver
from funding.rules.terms import Terms
from stars.common.errors import Invalid

if TYPE_CHECKING:
    from funding.models import PolicyVersion

__all__ = [
    "CRITERIA",
    "AccountOpen",
    "AnyOf",
    "CriteriaSet",
    "Criterion",
    "Fact",
    "FactAmong",
    "Facts",
    "Line",
    "MinimumAge",
    "WrongCriteria",
    "both",
    "outcome",
    "share_for",
]
OLDEST = 150  # years, and any other count of a criterion


class WrongCriteria(Invalid, ValueError):
    """A criterion that nobody knows, or a parameter of the wrong form."""

    code = "criteria"


@dataclass(frozen=True)
class AnyOf(Criterion):
    """At least one of the criteria within says yes: vulnerable groups, for instance (L2769)."""

    name = "any_of"
    need = _("At least one of these holds: %(needs)s")
    yes = _("You belong to a group that this support is for")
    no = _("This support is for particular groups of people, and none of them fits you")
    unknown = _("We do not know whether you belong to one of the groups this support is for")
    of: tuple[Criterion, ...] = ()

    def evaluate(self, facts: Facts) -> Line:
        lines = [item.evaluate(facts) for item in self.of]
        for answer in (Answer.YES, Answer.UNKNOWN):
            for line in lines:
                if line.answer == answer:
                    return self._from(line, answer)
        first = lines[0]
        return self._from(first, Answer.NO)

    def _from(self, line: Line, answer: Answer) -> Line:
        if answer == Answer.YES:
            lv, en = line.text_lv, line.text_en
        else:
            lv, en = both(self.unknown if answer == Answer.UNKNOWN else self.no, {})
        value = f"{line.criterion}: {line.value}" if line.value else line.criterion
        return Line(self.name, answer.value, value, line.source, line.observed_on, lv, en)

    def as_q(self, on: date) -> Q:
        q = Q(pk__in=[])
        for item in self.of:
            q |= item.as_q(on)
        return q

    def leaves(self) -> tuple[Criterion, ...]:
        return tuple(leaf for item in self.of for leaf in item.leaves())


CRITERIA: dict[str, type[Criterion]] = {
    cls.name: cls
    for cls in (
        MinimumAge,
        AccountOpen,
        ProfileComplete,
        HasLearningPath,
        EmploymentStatus,
        Employed,
        SelfEmployed,
        EducationLevel,
        Region,
        Municipality,
        Sector,
        Occupation,
        LowIncome,
        Disability,
        Refugee,
        ChildUnder,
        EarlierParticipation,
        FinishedPrevious,
        EmployerRequest,
        AnyOf,
    )
}


def read(entry: Mapping[str, Any]) -> Criterion:
    """One stored criterion; raises `WrongCriteria` (a ValueError)."""
    if not isinstance(entry, Mapping) or entry.get("criterion") not in CRITERIA:
        named = entry.get("criterion") if isinstance(entry, Mapping) else entry
        raise WrongCriteria(_("Unknown criterion: %(name)s") % {"name": named})
    cls = CRITERIA[entry["criterion"]]
    kinds = {each.name: str(each.type) for each in fields(cls)}
    params = {name: value for name, value in entry.items() if name != "criterion"}
    if unknown := sorted(set(params) - set(kinds)):
        raise WrongCriteria(
            _("%(criterion)s has no parameter %(name)s")
            % {"criterion": cls.name, "name": ", ".join(unknown)}
        )
    made = cls(**{name: _param(cls, name, kinds[name], value) for name, value in params.items()})
    if isinstance(made, AnyOf) and not made.of:
        raise WrongCriteria(_("%(criterion)s: name at least one.") % {"criterion": cls.name})
    if isinstance(made, FactAmong) and not made.accepted():
        raise WrongCriteria(_("%(criterion)s: name at least one.") % {"criterion": cls.name})
    return made


def _param(cls: type[Criterion], name: str, kind: str, value: Any) -> Any:
    many = isinstance(value, list | tuple)
    if kind == "int" and isinstance(value, int) and not isinstance(value, bool):
        if 0 <= value <= OLDEST:
            return value
    elif kind == "str" and isinstance(value, str):
        return value
    elif kind == "tuple[str, ...]" and many and all(isinstance(v, str) and v for v in value):
        return tuple(value)
    elif kind == "tuple[Criterion, ...]" and many:
        return tuple(read(one) for one in value)
    raise WrongCriteria(
        _("%(criterion)s: %(name)s cannot be %(value)s")
        % {"criterion": cls.name, "name": name, "value": value}
    )


@dataclass(frozen=True)
class CriteriaSet:
    """All criteria of one policy version."""

    items: tuple[Criterion, ...] = field(default=())

    # Whose waivers count; None where no scheme stands behind them.
    scheme_id: UUID | None = None

    @classmethod
    def read(cls, data: Iterable[Mapping[str, Any]], scheme_id: UUID | None = None) -> CriteriaSet:
        """Parse stored criteria; raises `WrongCriteria` (a ValueError) on what nobody knows."""
        return cls(tuple(read(entry) for entry in data), scheme_id)

    @classmethod
    def of(cls, policy: PolicyVersion) -> CriteriaSet:
        """The criteria of a version, with the exceptions that the agency has made (Waiver)."""
        return cls.read(policy.criteria, policy.scheme_id)

    def evaluate(self, facts: Facts) -> list[Line]:
        """Every criterion's line, in the policy's order."""
        return [self.line(item, facts) for item in self.items]

    def line(self, item: Criterion, facts: Facts) -> Line:
        """One criterion's line; what the agency has waived for this person says yes."""
        said = item.evaluate(facts)
        if said.answer == Answer.YES or self.scheme_id is None:
            return said
        waiver = facts.waived(self.scheme_id).get(item.name)
        if waiver is None:
            return said
        lv, en = both(_("The agency has made an exception for you"), {})
        return Line(
            item.name, Answer.YES.value, said.value, waiver.source, waiver.observed_on, lv, en
        )

    @property
    def minimum_age(self) -> int:
        """Full years a person needs; 0 where no criterion asks for an age."""
        return max((item.years for item in self.items if isinstance(item, MinimumAge)), default=0)

    def as_q(self, on: date) -> Q:
        """The accounts that satisfy all of them on the day `on`."""
        q = Q()
        for item in self.items:
            q &= self.item_q(item, on)
        return q

    def item_q(self, item: Criterion, on: date) -> Q:
        """The accounts for which one criterion says yes, or is waived."""
        if self.scheme_id is None:
            return item.as_q(on)
        # Few rows, read once for the whole statement.
        waived = Waiver.objects.filter(
            scheme=self.scheme_id, criterion=item.name, valid_from__lte=on, valid_to__gte=on
        )
        return item.as_q(on) | Q(pk__in=waived.values("account_id"))

    @property
    def kinds(self) -> tuple[str, ...]:
        """PersonFact kinds used, for compact decisions."""
        leaves = (leaf for item in self.items for leaf in item.leaves())
        return tuple(dict.fromkeys(str(kind) for leaf in leaves for kind in leaf.kinds))


def share_for(terms: Terms, facts: Facts) -> Decimal:
    """The share of the price (0–1), larger for exempt persons; full cover is the share 1."""
    for name in terms.exempt:
        if CRITERIA[name]().evaluate(facts).answer == Answer.YES:
            return Decimal(1) if terms.share_for_exempt is None else terms.share_for_exempt
    return terms.share if terms.share is not None else Decimal(1)


def outcome(lines: list[Line]) -> str:
    """No beats unknown beats yes."""
    answers = {line.answer for line in lines}
    for answer in (Answer.NO, Answer.UNKNOWN):
        if answer.value in answers:
            return str(answer.value)
    return str(Answer.YES.value)
