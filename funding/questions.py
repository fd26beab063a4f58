"""The questions of "Which support fits me?" (PUB-4), made from what current policies ask.

A criterion names the fact it asks for; here each fact has its one question. A new policy, or one
with other values, changes the questions without code. Answers are coarse on purpose: they stand in
an address that people hand on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import FactKind, FactSource
from funding.criteria import CRITERIA, CriteriaSet, Criterion, Fact, FactAmong, MinimumAge
from funding.criteria_history import TRAININGS
from funding.criteria_person import ChildUnder
from funding.enums import CommitmentState, SchemeKind
from funding.models import PolicyVersion
from funding.rules.terms import Terms
from stars.common.dates import age_on, months_before
from stars.vocabularies.models import ProgrammeType, Term

# What one may want instead of training: money back for something that one can do already.
PROOF = "proof"
KIND = "kind"
# What people come for, each with the types of programmes that lead there. A type that stands
# nowhere here is offered by its own name.
AIMS: tuple[tuple[str | Promise, tuple[str, ...]], ...] = (
    (
        gettext_lazy("Learn a new profession, or more in the one I have"),
        ("further_education", "upskilling"),
    ),
    (gettext_lazy("Learn one part of a profession"), ("vocational_module", "module_set")),
    (
        gettext_lazy("Learn at a university without studying for a whole degree"),
        ("study_course", "study_module"),
    ),
    (gettext_lazy("Learn one useful thing in a short course"), ("non_formal",)),
)


@dataclass(frozen=True)
class Option:
    """One answer: as the address holds it, and in words."""

    value: str
    text: str
    # Types of programmes that it stands for, where it is an aim.
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """One screen. `name` stands in the address; `many` lets one tick several or none."""

    name: str
    short: str | Promise
    title: str | Promise
    hint: str | Promise
    options: Sequence[Option]
    many: bool = False

    def valid(self, values: Iterable[str]) -> tuple[str, ...]:
        """Those of the values that are answers; one at most where one is asked for.

        The empty value is "pass over", also where an answer was chosen before.
        """
        values = list(values)
        if "" in values and not self.many:
            return ()
        offered = {option.value for option in self.options}
        kept = tuple(dict.fromkeys(value for value in values if value in offered))
        return kept if self.many else kept[:1]


@dataclass(frozen=True)
class _Words:
    """What is said about one fact."""

    name: str
    short: str | Promise
    title: str | Promise
    hint: str | Promise = ""
    vocabulary: str = ""


WORDS: Mapping[str, _Words] = {
    FactKind.BIRTH_DATE: _Words("age", gettext_lazy("Age"), gettext_lazy("How old are you?")),
    FactKind.EMPLOYMENT: _Words(
        "work",
        gettext_lazy("Work"),
        gettext_lazy("What do you do now?"),
        gettext_lazy("Choose what takes most of your time."),
        "employment_status",
    ),
    FactKind.EDUCATION: _Words(
        "education",
        gettext_lazy("Education"),
        gettext_lazy("What is your highest completed education?"),
        vocabulary="education_level",
    ),
    FactKind.REGION: _Words(
        "region",
        gettext_lazy("Home"),
        gettext_lazy("Where do you live?"),
        gettext_lazy("The address that is registered for you counts."),
        "region",
    ),
}
# Facts that are so or not stand together on one screen; the words beside the tick.
TICKS: Mapping[str, str | Promise] = {
    FactKind.LOW_INCOME: gettext_lazy("I have the status of a low-income or needy person"),
    FactKind.DISABILITY: gettext_lazy("I have a recognised disability"),
    FactKind.REFUGEE: gettext_lazy("I have refugee or alternative status"),
    "employer_request": gettext_lazy("My employer is ready to ask for my training"),
    FactKind.YOUNGEST_CHILD: gettext_lazy("I have a child younger than %(years)s years"),
    TRAININGS: gettext_lazy("I have had training here that a project paid for"),
}
# Of these facts there are too many values for a screen: those that criteria look for are ticked.
EACH: Mapping[str, tuple[str, str | Promise]] = {
    FactKind.SECTOR: ("economic_sector", gettext_lazy("I work in: %(name)s")),
    FactKind.OCCUPATION: ("occupation_group", gettext_lazy("My occupation: %(name)s")),
    FactKind.MUNICIPALITY: ("municipality", gettext_lazy("I live in: %(name)s")),
}
OTHER = "other"
# The order of the screens: easy ones first, what is nobody's business last.
ORDER = (FactKind.BIRTH_DATE, FactKind.EMPLOYMENT, FactKind.EDUCATION, FactKind.REGION)
TICKED = "about"


def needed(policies: Iterable[PolicyVersion]) -> dict[str, list[Criterion]]:
    """Which facts these policies ask of a person, each with the criteria that ask for it."""
    asked: dict[str, list[Criterion]] = {}
    for policy in policies:
        exempt = [CRITERIA[name]() for name in Terms.read(policy.terms).exempt]
        for item in [*CriteriaSet.read(policy.criteria).items, *exempt]:
            for criterion in item.leaves():
                if criterion.asks:
                    asked.setdefault(str(criterion.asks), []).append(criterion)
    return asked


def questions(policies: Sequence[PolicyVersion]) -> list[Question]:
    """The screens for these policies, six at most: two queries."""
    asked = needed(policies)
    terms = _terms({WORDS[key].vocabulary for key in asked if key in WORDS})
    found = [_kinds(policies)]
    for key in ORDER:
        if key not in asked:
            continue
        words = WORDS[key]
        options = (
            _ages(asked[key])
            if key == FactKind.BIRTH_DATE
            else terms.get(words.vocabulary) or _codes(asked[key])
        )
        found.append(Question(words.name, words.short, words.title, words.hint, options))
    ticks = [Option(key, _tick(text, asked[key])) for key, text in TICKS.items() if key in asked]
    ticks += _each(asked)
    if ticks:
        found.append(
            Question(
                TICKED,
                gettext_lazy("Circumstances"),
                gettext_lazy("Is any of this true of you?"),
                gettext_lazy("Tick what is true. If nothing is, simply go on."),
                ticks,
                many=True,
            )
        )
    return [question for question in found if question.options]


def facts(answers: Mapping[str, tuple[str, ...]], on: date) -> dict[str, Fact]:
    """What the answers say, in the form that criteria read; what was passed over stays unknown."""
    known: dict[str, Fact] = {}
    day = on.isoformat()
    for key, words in WORDS.items():
        for value in answers.get(words.name, ())[:1]:
            if key == FactKind.BIRTH_DATE:
                born = months_before(on, 12 * int(value))
                known[key] = Fact(born, FactSource.DECLARATION, day)
            else:
                known[key] = Fact(value, FactSource.DECLARATION, day)
    if TICKED in answers:
        for key in TICKS:
            told = _ticked(key, key in answers[TICKED], on)
            known[key] = Fact(told, FactSource.DECLARATION, day)
        for key in EACH:
            codes = [
                tick.split(".", 1)[1] for tick in answers[TICKED] if tick.startswith(f"{key}.")
            ]
            known[key] = Fact(codes[0] if codes else OTHER, FactSource.DECLARATION, day)
    return known


def _ticked(key: str, told: bool, on: date) -> object:
    """What a tick says, as the criteria read it."""
    match key:
        case FactKind.YOUNGEST_CHILD:
            return on.isoformat() if told else "none"
        case _ if key == TRAININGS:
            return (("", CommitmentState.CAPTURED),) if told else ()
    if key in FactKind.values:
        return "yes" if told else "no"
    return told


def answers_from(known: Mapping[str, Fact], asked: Sequence[Question], on: date) -> dict[str, str]:
    """What is known of a person as answers to offer, by the name of the question."""
    found: dict[str, str] = {}
    for key, words in WORDS.items():
        if key not in known:
            continue
        value = known[key].value
        if key == FactKind.BIRTH_DATE:
            question = next((q for q in asked if q.name == words.name), None)
            bands = [int(option.value) for option in question.options] if question else []
            value = max((band for band in bands if band <= age_on(value, on)), default="")
        found[words.name] = str(value)
    return found


def ticked(known: Mapping[str, Fact]) -> set[str]:
    """Which of the ticks are known to be true of a person."""
    return {key for key in TICKS if key in known and known[key].value in ("yes", True)} | {
        f"{key}.{known[key].value}" for key in EACH if key in known
    }


def _kinds(policies: Sequence[PolicyVersion]) -> Question:
    """What one wants; only what some policy pays for."""
    kinds = {policy.scheme.kind for policy in policies}
    paid = {code for policy in policies for code in policy.scheme.programme_types}
    types = {t.code: t for t in ProgrammeType.objects.all() if t.code in paid}
    options: list[Option] = []
    named: set[str] = set()
    for text, codes in AIMS:
        offered = tuple(code for code in codes if code in types)
        named.update(offered)
        if offered:
            options.append(Option(offered[0], str(text), offered))
    options += [Option(c, t.plain, (c,)) for c, t in types.items() if c not in named]
    if SchemeKind.REIMBURSEMENT in kinds:
        options.append(Option(PROOF, _("Get a certificate for what I can do already")))
    return Question(
        KIND,
        gettext_lazy("Goal"),
        gettext_lazy("What do you want to do?"),
        gettext_lazy("If you do not know yet, pass this question over."),
        options,
    )


def codes_of(kind: str, asked: Iterable[Question]) -> tuple[str, ...]:
    """The types of programmes behind an answer to the question of the aim."""
    for question in asked:
        for option in question.options:
            if question.name == KIND and option.value == kind:
                return option.codes
    return ()


def _terms(vocabularies: set[str]) -> dict[str, list[Option]]:
    found: dict[str, list[Option]] = {}
    rows = Term.objects.filter(vocabulary__code__in=vocabularies, vocabulary__current=True)
    for term in rows.select_related("vocabulary").order_by("order", "code"):
        found.setdefault(term.vocabulary.code, []).append(Option(term.code, term.plain))
    return found


def _tick(text: str | Promise, criteria: Iterable[Criterion]) -> str:
    years = [item.years for item in criteria if isinstance(item, ChildUnder)]
    return str(text) % {"years": max(years, default=0)}


def _each(asked: Mapping[str, list[Criterion]]) -> list[Option]:
    """A tick for each value that criteria look for, in the vocabulary's words."""
    found: list[Option] = []
    words = _terms({EACH[key][0] for key in asked if key in EACH})
    for key, (vocabulary, text) in EACH.items():
        names = {option.value: option.text for option in words.get(vocabulary, [])}
        for option in _codes(asked.get(key, [])):
            name = names.get(option.value, option.text)
            found.append(Option(f"{key}.{option.value}", str(text) % {"name": name}))
    return found


def _codes(criteria: Iterable[Criterion]) -> list[Option]:
    """Where nobody gave the words: the values that criteria look for."""
    codes = (code for item in criteria if isinstance(item, FactAmong) for code in item.accepted())
    return [Option(code, code) for code in dict.fromkeys(codes)]


def _ages(criteria: Iterable[Criterion]) -> list[Option]:
    """Bands between the ages that criteria ask for, named by their first year."""
    years = sorted({item.years for item in criteria if isinstance(item, MinimumAge)} - {0})
    options = [Option("0", _("Younger than %(years)s") % {"years": years[0]})] if years else []
    for first, following in zip(years, [*years[1:], 0], strict=True):
        between = {"first": first, "last": following - 1}
        text = _("%(first)s–%(last)s") if following else _("%(first)s or older")
        options.append(Option(str(first), text % between))
    return options
