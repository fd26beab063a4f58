"""Which support fits somebody who told a few things about themselves (PUB-4, L684, L3122).

The criteria are those that decide about money, asked of answers instead of facts. Nothing is
stored, and nothing is promised: what counts is the decision at the application.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.enums import FactKind
from funding.criteria import (
    CriteriaSet,
    Criterion,
    Fact,
    FactAmong,
    Facts,
    Line,
    outcome,
    share_for,
)
from funding.enums import Answer, SchemeKind
from funding.models import FundingSource, PolicyVersion, Scheme
from funding.questions import KIND, PROOF, Question, codes_of
from funding.rules.terms import Terms
from stars.common import formats
from stars.common.dates import add_months

# Support that begins within so many months is told of already.
AHEAD_MONTHS = 12
# Ways of support by which nobody learns.
_NO_TRAINING = (SchemeKind.STIPEND, SchemeKind.REIMBURSEMENT)
_BETTER = (Answer.YES.value, Answer.UNKNOWN.value, Answer.NO.value)


@dataclass(frozen=True)
class Why:
    """One condition: the criterion's answer and its sentence in the language of the page."""

    answer: str
    text: str


@dataclass(frozen=True)
class SchemeFit:
    """One way of support, judged. `share` is the share of the price (0–1)."""

    scheme: Scheme
    terms: Terms
    answer: str
    share: Decimal
    whys: list[Why] = field(default_factory=list)
    todos: list[str | Promise] = field(default_factory=list)


@dataclass(frozen=True)
class SourceFit:
    """A source with its ways of support, the fitting ones first. Days inclusive, Europe/Riga."""

    source: FundingSource
    starts_on: date
    schemes: list[SchemeFit]

    @property
    def answer(self) -> str:
        """The best answer of its schemes."""
        return self.schemes[0].answer


def policies(on: date) -> list[PolicyVersion]:
    """Rules by which somebody can be supported on the day `on` or soon after it: one query."""
    rows = (
        PolicyVersion.objects.not_over(on)
        .filter(
            scheme__source__ends_on__gte=on,
            scheme__source__starts_on__lte=add_months(on, AHEAD_MONTHS),
            valid_from__lte=add_months(on, AHEAD_MONTHS),
        )
        .select_related("scheme__source__term")
        .order_by("scheme__source__starts_on", "scheme__order", "scheme__code", "valid_from")
    )
    # Of several versions the one that holds first: now, or soonest.
    first: dict[object, PolicyVersion] = {}
    for policy in rows:
        first.setdefault(policy.scheme_id, policy)
    return list(first.values())


def fits(
    current: Sequence[PolicyVersion],
    known: Mapping[str, Fact],
    kind: str,
    asked: Sequence[Question],
    on: date,
) -> list[SourceFit]:
    """Every source of `current` with what it would pay and why: no query.

    `known` are facts as criteria read them (questions.facts), `kind` a programme type's code,
    `questions.PROOF` or "" where the person does not know yet. Sources that have begun first,
    among them those that fit.
    """
    facts = Facts(on=on, known=known)
    found: dict[object, SourceFit] = {}
    for policy in current:
        source = policy.scheme.source
        begins = max(source.starts_on, policy.valid_from)
        fit = _judge(policy, facts, kind, asked)
        kept = found.setdefault(source.pk, SourceFit(source, begins, []))
        found[source.pk] = replace(
            kept, starts_on=min(kept.starts_on, begins), schemes=[*kept.schemes, fit]
        )
    found = {key: replace(each, schemes=_beside(each.schemes)) for key, each in found.items()}
    ordered = [
        replace(each, schemes=sorted(each.schemes, key=lambda fit: _BETTER.index(fit.answer)))
        for each in found.values()
    ]
    return sorted(ordered, key=lambda each: (each.starts_on > on, _BETTER.index(each.answer)))


def _together(one: Scheme, other: Scheme) -> bool:
    """Whether two schemes may pay for the same learning; without types a scheme pays for any."""
    types, others = set(one.programme_types), set(other.programme_types)
    return not types or not others or bool(types & others)


def _beside(schemes: Sequence[SchemeFit]) -> list[SchemeFit]:
    """What is paid beside training fits only whom the source pays that training for."""
    trains = [fit for fit in schemes if fit.scheme.kind not in _NO_TRAINING]
    made = []
    for fit in schemes:
        if fit.scheme.kind == SchemeKind.STIPEND:
            with_it = [one.answer for one in trains if _together(fit.scheme, one.scheme)]
            best = min(with_it, key=_BETTER.index, default=Answer.NO.value)
            if _BETTER.index(best) > _BETTER.index(fit.answer):
                text = _("It is paid only beside learning that this support pays for")
                fit = replace(fit, answer=best, whys=[*fit.whys, Why(best, text)])
        made.append(fit)
    return made


def _judge(policy: PolicyVersion, facts: Facts, kind: str, asked: Sequence[Question]) -> SchemeFit:
    terms = Terms.read(policy.terms)
    whys: list[Why] = []
    todos: list[str | Promise] = []
    lines: list[Line] = []
    for criterion in CriteriaSet.read(policy.criteria).items:
        line = criterion.evaluate(facts)
        if criterion.todo:
            # What everybody can do is a step to take, not a reason to be left out.
            if line.answer != Answer.YES:
                todos.append(criterion.todo)
            continue
        lines.append(line)
        whys.append(Why(line.answer, _said(line, criterion, asked)))
    answer = outcome(lines)
    about_kind = _about_kind(policy.scheme, kind, asked)
    if about_kind is not None:
        whys.insert(0, about_kind)
        if about_kind.answer == Answer.NO:
            answer = about_kind.answer
    return SchemeFit(policy.scheme, terms, answer, share_for(terms, facts), whys, todos)


def _said(line: Line, criterion: Criterion, asked: Sequence[Question]) -> str:
    """The criterion's sentence; where it says no, with the answers it would say yes to."""
    if line.answer != Answer.NO or not isinstance(criterion, FactAmong):
        return line.text
    accepted = set(criterion.accepted())
    words = {option.value: option.text for question in asked for option in question.options}
    named = [text for value, text in words.items() if value in accepted]
    if criterion.kind != FactKind.REGION:  # names of places keep their capitals
        named = [formats.lower_first(text) for text in named]
    return f"{line.text}: {', '.join(named)}" if named else line.text


def _about_kind(scheme: Scheme, kind: str, asked: Sequence[Question]) -> Why | None:
    """Whether the scheme pays for what the person wants; None where that is open."""
    pays_back = scheme.kind == SchemeKind.REIMBURSEMENT
    if not kind:
        return None
    if pays_back != (kind == PROOF):
        text = (
            _("It pays back certificates and assessments, not training")
            if pays_back
            else _("It pays for training, not for a certificate alone")
        )
        return Why(Answer.NO.value, text)
    paid_for = set(scheme.programme_types)
    if not paid_for or paid_for & set(codes_of(kind, asked)) or pays_back:
        return None
    named = [
        formats.lower_first(option.text)
        for question in asked
        for option in question.options
        if question.name == KIND and paid_for & set(option.codes)
    ]
    return Why(
        Answer.NO.value, _("It pays for other learning: %(kinds)s") % {"kinds": ", ".join(named)}
    )
