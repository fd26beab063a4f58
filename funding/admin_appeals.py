"""The agency's queue of questions about decisions, and decisions in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from funding import decision_words
from funding.enums import AppealState
from funding.models import Appeal, Decision
from funding.services import appeals
from stars.common.admin import Action, AgencyAdmin, Section, StatefulAdmin, transitions
from stars.common.dates import now
from stars.common.forms import DayInput
from stars.common.names import columns

HEADS = columns("Answer", "Condition", "Value", "Source", "Day")


def _section(title: Any, lines: list[decision_words.DecisionLine]) -> Section:
    return Section(
        title,
        HEADS,
        [[one.word, one.text, one.value, one.source, one.observed_on] for one in lines],
    )


def lines_of_decision(request: HttpRequest, row: Decision) -> Section:
    """Every condition with its fact, where that came from, and its day."""
    return _section(_("What it rests on"), decision_words.of(row))


def lines_of_appeal(request: HttpRequest, row: Appeal) -> Section:
    """What was refused, as the person saw it."""
    words = decision_words.names()
    return _section(_("What was refused"), decision_words.lines(row.lines, words))


def waivers_of_appeal(request: HttpRequest, row: Appeal) -> Section:
    """What is not asked of the person, and until when."""
    said = {line["criterion"]: line for line in row.lines}
    words = decision_words.names()
    return Section(
        _("Exceptions"),
        columns("Condition", "From", "Until"),
        [
            [
                decision_words.lines([said[each.criterion]], words)[0].text,
                each.valid_from,
                each.valid_to,
            ]
            for each in row.waivers.order_by("pk")
        ],
    )


class Answer(forms.Form):
    """What the person reads."""

    answer = forms.CharField(
        label=_("Answer"),
        help_text=_("The person reads it as you write it."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class Change(Answer):
    """Which conditions are not asked of this person, and until when."""

    waive = forms.CharField(
        label=_("Conditions that are not asked of this person"),
        help_text=_("Those that were refused stand here; delete what shall still be asked."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    until = forms.DateField(
        label=_("Until (last day)"),
        help_text=_("Within twelve months. Needed where a condition is not asked."),
        required=False,
        widget=DayInput(),
    )


def _uphold(request: HttpRequest, row: Appeal, answers: dict[str, Any]) -> Any:
    appeals.uphold(appeal_id=row.pk, actor=request.user, at=now(), **answers)
    return _("The person was told that the decision stands.")


def _texts(row: Appeal) -> dict[str, str]:
    """Text of a waivable line → the criterion's name."""
    names = appeals.waivable(row.lines)
    said = decision_words.lines(row.lines, decision_words.names())
    return {one.text: one.criterion for one in said if one.criterion in names}


def _change(request: HttpRequest, row: Appeal, answers: dict[str, Any]) -> Any:
    known = _texts(row)
    lines = [line.strip() for line in answers["waive"].splitlines() if line.strip()]
    appeals.change(
        appeal_id=row.pk,
        answer=answers["answer"],
        waive=[known.get(line, line) for line in lines],
        until=answers["until"],
        actor=request.user,
        at=now(),
    )
    return _("The person was told that the decision was changed.")


def _waits(row: Appeal) -> bool:
    return row.state == AppealState.ASKED


@admin.register(Appeal)
class AppealAdmin(StatefulAdmin):
    """Questions about decisions; those whose answer is due first stand first."""

    view_permission = "agency.view_people"
    hidden = ("lines", "reference")
    list_display = ("scheme", "state", "asked_at", "answer_by", "decided_at")
    list_filter = ("state", "scheme")
    list_select_related = ("scheme__source__term",)
    search_fields = ("=reference",)
    search_keys = ("pk", "account_id")
    ordering = ("decided_at", "answer_by", "pk")
    sections = (lines_of_appeal, waivers_of_appeal, transitions)
    acts = (
        Action(
            code="uphold",
            label=_("The decision stands"),
            explains=_("The refusal stays. The person gets your answer by e-mail and here."),
            permission="funding.decide_appeal",
            run=_uphold,
            form=Answer,
            when=_waits,
        ),
        Action(
            code="alter",  # Django calls the row's own page "change"
            label=_("Change the decision"),
            explains=_(
                "The person gets what was refused: a rejected claim is opened again, and the"
                " conditions below are not asked of them under this support."
            ),
            permission="funding.decide_appeal",
            run=_change,
            form=Change,
            when=_waits,
            initial=lambda row: {"waive": "\n".join(_texts(row))},
        ),
    )

    def persons_of(self, row: Appeal) -> Iterable[UUID]:
        return [row.account.person_id]


@admin.register(Decision)
class DecisionAdmin(AgencyAdmin):
    """Why support was given or refused, with the facts it rests on."""

    view_permission = "agency.view_people"
    hidden = ("lines", "reference")
    list_display = ("policy", "outcome", "decided_at")
    list_filter = ("outcome", "policy__scheme")
    list_select_related = ("policy__scheme__source__term",)
    search_fields = ("=reference",)
    search_keys = ("pk", "account_id")
    ordering = ("-decided_at", "pk")
    sections = (lines_of_decision,)

    def persons_of(self, row: Decision) -> Iterable[UUID]:
        return [row.account.person_id]
