"""Which support fits me: the address with its answers, and the result in plain words (PUB-4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from funding import support
from funding.criteria import AccountOpen
from funding.enums import Answer, SchemeKind
from funding.fitting import SchemeFit, SourceFit
from funding.questions import KIND, Question
from stars.common import formats
from stars.common.formats import language

Answers = dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Asking:
    """The questions and what the address answers; a question passed over has no values."""

    questions: Sequence[Question]
    answers: Answers

    @classmethod
    def read(cls, data: QueryDict, asked: Sequence[Question]) -> Asking:
        """Read the address; values that are no answers count as passed over."""
        given = {q.name: q.valid(data.getlist(q.name)) for q in asked if q.name in data}
        return cls(asked, given)

    @property
    def current(self) -> Question | None:
        """The question to ask now; None when all are answered."""
        return next((q for q in self.questions if q.name not in self.answers), None)

    def pairs(self, *, without: Sequence[str] = ()) -> list[tuple[str, str]]:
        """The answers as the address holds them; an empty value is "passed over"."""
        return [
            (name, value)
            for name, values in self.answers.items()
            if name not in without
            # What is ticked is told from "nothing of it" by the empty value before it.
            for value in (("", *values) if self._many(name) else values or ("",))
        ]

    def url(self, *, without: Sequence[str] = ()) -> str:
        """The address of these answers."""
        pairs = self.pairs(without=without)
        return reverse("web:fit") + (f"?{urlencode(pairs)}" if pairs else "")

    def steps(self) -> list[dict[str, str]]:
        """Where one is (components/steps.html); each answered question can be changed."""
        now = self.current
        return [
            {
                "text": str(q.short),
                "url": self.url(without=[q.name]),
                "state": "current" if q is now else "done" if q.name in self.answers else "ahead",
            }
            for q in self.questions
        ]

    def back(self) -> str:
        """The address of the question before this one; empty at the first."""
        answered = [q.name for q in self.questions if q.name in self.answers]
        return self.url(without=answered[-1:]) if answered else ""

    def summary(self) -> list[dict[str, str]]:
        """What was answered, each with the way to change it."""
        rows = []
        for question in self.questions:
            values = self.answers.get(question.name, ())
            texts = [option.text for option in question.options if option.value in values]
            nothing = _("None of these") if question.many else _("Not told")
            rows.append(
                {
                    "term": str(question.short),
                    "text": "; ".join(texts) or nothing,
                    "url": self.url(without=[question.name]),
                }
            )
        return rows

    def _many(self, name: str) -> bool:
        return any(q.many for q in self.questions if q.name == name)


def options(question: Question, offered: str, ticked: set[str]) -> list[dict[str, Any]]:
    """The answers as the page shows them; what is known of the person is chosen already."""
    return [
        {
            "value": option.value,
            "text": option.text,
            "checked": option.value in ticked if question.many else option.value == offered,
        }
        for option in question.options
    ]


def result(
    found: Sequence[SourceFit],
    kinds: Sequence[str],
    today: date,
    *,
    has_account: bool,
    offered: Mapping[tuple[str, str], int],
) -> dict[str, list[dict[str, Any]]]:
    """Sources by what they say: they fit, may fit, begin later, or do not fit.

    `kinds` are the types of programmes that one wants, `offered` how many there are now by source
    and type.
    """
    groups: dict[str, list[dict[str, Any]]] = {"yes": [], "unknown": [], "later": [], "no": []}
    for each in found:
        later = each.starts_on > today and each.answer != Answer.NO
        row = _source(each, kinds, today, has_account, offered)
        groups["later" if later else each.answer].append(row)
    return groups


def _source(
    each: SourceFit,
    kinds: Sequence[str],
    today: date,
    has_account: bool,
    offered: Mapping[tuple[str, str], int],
) -> dict[str, Any]:
    fitting = [fit for fit in each.schemes if fit.answer != Answer.NO]
    shown = fitting or each.schemes
    source = each.source
    # Whoever applies has an account, whether the policy says so or not.
    first = [] if has_account or not fitting else [AccountOpen.todo]
    todos = dict.fromkeys(str(t) for t in [*first, *(t for fit in fitting for t in fit.todos)])
    pairs = _wanted(each, fitting, kinds) if fitting and each.starts_on <= today else []
    types = {value for name, value in pairs if name == "type"}
    count = sum(
        n
        for (code, kind), n in offered.items()
        if code == source.term.code and (not types or kind in types)
    )
    steps = [*todos, *(_own_steps(fitting))]
    return {
        "name": source.term.name,
        "goal": source.goal_en if language() == "en" else source.goal_lv,
        "invented": source.invented,
        "from": formats.day(each.starts_on, language(), "genitive", year=True)
        if each.starts_on > today
        else "",
        "until": formats.until(source.ends_on, language(), today=today),
        "schemes": [
            {
                "title": _title(fit),
                "pays": pays(fit),
                "whys": [
                    {"text": why.text, "answer": why.answer}
                    for why in fit.whys
                    if fitting or why.answer == Answer.NO
                ],
            }
            for fit in shown
        ],
        # Several schemes of a source fail for one reason; it is said once.
        "why_not": list(
            dict.fromkeys(
                str(why.text) for fit in shown for why in fit.whys if why.answer == Answer.NO
            )
        ),
        "steps": steps,
        "url": f"{reverse('web:catalogue')}?{urlencode(pairs)}" if pairs else "",
        "count": count,
        "tell_url": f"{reverse('web:asked')}?{urlencode(pairs)}" if pairs else "",
    }


def _own_steps(fitting: Sequence[SchemeFit]) -> list[str]:
    kinds = {fit.scheme.kind for fit in fitting}
    steps = []
    if SchemeKind.ALLOCATION in kinds:
        steps.append(_("In your account, ask for the money; it comes in the next period"))
    if kinds - {SchemeKind.REIMBURSEMENT}:
        steps.append(_("Choose training and apply; the exact price is shown before you send"))
    if SchemeKind.REIMBURSEMENT in kinds:
        steps.append(_("Keep the invoice, and the certificate or the result of the assessment"))
    return steps


def _title(fit: SchemeFit) -> str:
    """What the support is called; a share that is the whole price for this person is called so."""
    if fit.scheme.kind == SchemeKind.COFUNDED and fit.share == 1:
        return _("The whole price")
    return str(support.title(fit.scheme, fit.terms))


def pays(fit: SchemeFit) -> str:
    """What a scheme pays, in one or two sentences with its own numbers."""
    percents = 100 * fit.share
    whole = int(percents) if percents == int(percents) else percents
    terms, share = fit.terms, formats.percent(whole, language())
    match fit.scheme.kind:
        case SchemeKind.ALLOCATION:
            text = _("You receive %(amount)s in your account and choose the training yourself.") % {
                "amount": formats.money(terms.amount or 0, language())
            }
            if terms.term_months:
                text += " " + ngettext(
                    "You can use the money for %(n)s month.",
                    "You can use the money for %(n)s months.",
                    terms.term_months,
                ) % {"n": terms.term_months}
            return text + " " + _("If the training costs more, you pay the rest.")
        case SchemeKind.STIPEND:
            text = _("You can receive %(amount)s a month while you learn with this support.")
            return text % {"amount": formats.money(terms.amount or 0, language())}
        case SchemeKind.REIMBURSEMENT:
            words = support.refund_words(terms.refund_kind)
            return str(words or _("You pay first and get %(share)s of the price back.")) % {
                "share": share
            }
    if fit.share == 1 and fit.todos:
        return _("The project can pay the whole price when you have done what is said below.")
    if fit.share == 1:
        return _("The project pays the whole price. You pay nothing.")
    rest = _("The project pays %(share)s of the price. You or your employer pay the rest.")
    return rest % {"share": share}


def _wanted(
    each: SourceFit, fitting: Sequence[SchemeFit], kinds: Sequence[str]
) -> list[tuple[str, str]]:
    """The filters of the catalogue for what this source pays for."""
    paid = dict.fromkeys(code for fit in fitting for code in fit.scheme.programme_types)
    shown = [code for code in kinds if not paid or code in paid] or list(paid)
    return [*(("type", code) for code in shown), ("support", each.source.term.code)]


def kind_of(answers: Answers) -> str:
    """What the person would like to get; empty where they do not know yet."""
    return (answers.get(KIND) or ("",))[0]
