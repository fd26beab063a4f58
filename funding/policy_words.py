"""Policies in words for those who write them: names, hints, values, and what is different."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from funding.criteria import CRITERIA, CriteriaSet, read
from funding.models import PolicyVersion
from funding.plain_rules import Names, need
from funding.rules.terms import (
    CHOICE,
    CHOICES,
    COUNT,
    DAY,
    FLAG,
    MONEY,
    NAMES,
    SHARE,
    STAGES,
    Terms,
    kind_of,
    used_by,
)
from funding.rules.terms import CRITERIA as GROUPS
from stars.common import formats

Words = str | Promise
NOTHING = "–"

# Parameter → what it is called, and what one should know about it.
LABELS: Mapping[str, tuple[Words, Words]] = {
    "amount": (gettext_lazy("Amount, EUR"), gettext_lazy("Of one grant, or of one month of aid.")),
    "period_months": (
        gettext_lazy("Months between two rounds"),
        gettext_lazy("Counted from the due day, so that it never drifts."),
    ),
    "term_months": (
        gettext_lazy("Months to use the money"),
        gettext_lazy("From the due day; at most until the project ends."),
    ),
    "requested": (
        gettext_lazy("Only to those who ask"),
        gettext_lazy("Asked for once, for all rounds. Otherwise everybody eligible gets it."),
    ),
    "late_arrivals": (gettext_lazy("Those who become eligible later"), ""),
    "max_grants": (gettext_lazy("How many grants one person can get"), ""),
    "second_window": (gettext_lazy("When another grant can come"), ""),
    "second_after": (
        gettext_lazy("What has to have become of the grant before"),
        gettext_lazy("One of the ticked ones is enough; without any nothing is asked of it."),
    ),
    "second_never_after": (gettext_lazy("No other grant after one that was"), ""),
    "declined_counts_as_first": (gettext_lazy("A declined grant counts as one"), ""),
    "accumulate_times": (
        gettext_lazy("How often a grant can be kept"),
        gettext_lazy("0 or 1."),
    ),
    "accumulate_months": (gettext_lazy("For how many months it is kept"), ""),
    "accumulate_parts": (gettext_lazy("What of it can be kept"), ""),
    "ceiling": (
        gettext_lazy("At most on one account, EUR"),
        gettext_lazy("Free and held money together. What is cut off is shown to the person."),
    ),
    "at_end": (gettext_lazy("At the end of the term, if nothing was chosen"), ""),
    "replacement_days": (
        gettext_lazy("Days to use what comes back after the term"),
        gettext_lazy("0: it is never given again."),
    ),
    "replacement_causes": (gettext_lazy("It is given again when the reason lies with"), ""),
    "interrupted": (gettext_lazy("When somebody breaks a training off"), ""),
    "round_cap": (
        gettext_lazy("One round promises at most, EUR"),
        gettext_lazy("Empty: no limit but the money of the project."),
    ),
    "order": (gettext_lazy("Who is served first"), ""),
    "priority": (
        gettext_lazy("Groups that come first"),
        gettext_lazy("In this order; within a group by time of asking."),
    ),
    "share": (gettext_lazy("Share of the price, %"), ""),
    "share_for_exempt": (gettext_lazy("Share for those who are exempt, %"), ""),
    "exempt": (gettext_lazy("Who is exempt"), gettext_lazy("One of the ticked ones is enough.")),
    "own_part_proved_before_start": (
        gettext_lazy("The own part has to be paid before the start"),
        gettext_lazy("Nobody without proof is let into the first session."),
    ),
    "combines": (gettext_lazy("Together with support of other projects"), ""),
    "withdraw_when_cover_is_lost": (
        gettext_lazy("Full cover can be lost later"),
        gettext_lazy(
            "Who no longer meets the conditions is told, can object, and then loses the cover."
        ),
    ),
    "cover_notice_days": (gettext_lazy("Days between the notice and the loss"), ""),
    "uses_allocation": (
        gettext_lazy("Draws on the money of the learning account"),
        gettext_lazy("Otherwise it comes from the project beside that money."),
    ),
    "refund_kind": (gettext_lazy("What is paid back"), ""),
    "refund_earned_from": (gettext_lazy("Earned on this day at the earliest"), ""),
    "refund_needs": (gettext_lazy("What has to be shown"), ""),
    "refund_every_years": (
        gettext_lazy("Once in so many years for one person"),
        gettext_lazy("Empty: no limit."),
    ),
    "refund_ceiling": (
        gettext_lazy("At most for one refund, EUR"),
        gettext_lazy("Empty: no limit."),
    ),
    "refund_quota": (
        gettext_lazy("How many refunds in all"),
        gettext_lazy("Served in order of receipt. Empty: no limit."),
    ),
    "aid_kind": (gettext_lazy("What the aid is for"), ""),
    "attendance_required": (
        gettext_lazy("Hours that have to be attended, %"),
        gettext_lazy("Empty: none."),
    ),
    "stages": (
        gettext_lazy("Parts owed before the end"),
        gettext_lazy(
            "On each line: after how many % of the hours, and how many % of the support, such as"
            " 50: 40. Empty: nothing is owed for a part of a training."
        ),
    ),
    "decision_working_days": (gettext_lazy("Working days for the provider's answer"), ""),
    "second_side_days": (
        gettext_lazy("Days for the learner's confirmation"),
        gettext_lazy("After them the agency may confirm that the training was completed."),
    ),
}
VALUES: Mapping[str, Words] = {
    "daily": gettext_lazy("are served daily, while the money can be used"),
    "next_round": gettext_lazy("wait for the next round"),
    "next": gettext_lazy("only in the round directly after"),
    "any": gettext_lazy("in any later round"),
    "accumulated": gettext_lazy("kept for later"),
    "used_and_completed": gettext_lazy("used, and the training completed"),
    "used": gettext_lazy("used, also while still learning"),
    "annulled": gettext_lazy("taken back unused"),
    "forfeited": gettext_lazy("lost"),
    "whole": gettext_lazy("a whole grant"),
    "rest": gettext_lazy("what is left of it"),
    "annul": gettext_lazy("the free part is taken back"),
    "accumulate": gettext_lazy("it is kept by itself, where it can be kept"),
    "person": pgettext_lazy("whose reason", "the person"),
    "provider": pgettext_lazy("whose reason", "the provider"),
    "agency": pgettext_lazy("whose reason", "the agency"),
    "quality": pgettext_lazy("whose reason", "quality of the programme"),
    "no_answer": pgettext_lazy("whose reason", "no answer in time"),
    "forfeit": gettext_lazy("the held money and the rest of the grant are lost"),
    "release": gettext_lazy("the money comes back"),
    "request_time": gettext_lazy("by time of asking"),
    "priority": gettext_lazy("some groups first"),
    "other_programmes": gettext_lazy("never for the same programme"),
    "same_programme": gettext_lazy("also for the same programme"),
    "certificate": gettext_lazy("an international certificate"),
    "assessment": gettext_lazy("an assessment of professional competence"),
    "proof": gettext_lazy("the certificate"),
    "invoice": gettext_lazy("the invoice"),
    "stipend": gettext_lazy("stipend"),
    "transport": gettext_lazy("travel"),
    "housing": gettext_lazy("housing"),
}


@dataclass(frozen=True)
class Difference:
    """One thing that is said differently in the newer version."""

    what: str
    before: str
    after: str


def label(name: str) -> Words:
    """What a parameter is called."""
    return LABELS[name][0]


def value(name: str, terms: Terms, names: Names) -> str:
    """What the terms say for one parameter."""
    held, language = getattr(terms, name), formats.language()
    if held is None or held in ("", ()):
        return NOTHING
    kind = kind_of(name)
    if kind == MONEY:
        return formats.money(held, language)
    if kind == SHARE:
        return formats.percent((held * 100).normalize(), language)
    if kind == FLAG:
        return pgettext("answer", "Yes") if held else pgettext("answer", "No")
    if kind == DAY:
        return formats.day(held, language, year=True)
    return _several(kind, held, names)


def _several(kind: str, held: Any, names: Names) -> str:
    if kind == CHOICE:
        return str(VALUES[held])
    if kind == CHOICES:
        return ", ".join(str(VALUES[one]) for one in held)
    if kind == NAMES:
        return "; ".join(need(CRITERIA[one](), names) for one in held)
    if kind == GROUPS:
        return "; ".join(need(read(one), names) for one in held)
    if kind == STAGES:
        return "; ".join(f"{one.after * 100:.0f}: {one.pays * 100:.0f}" for one in held)
    assert kind == COUNT
    return str(held)


def rows(kind: str, terms: Terms, names: Names) -> list[tuple[Words, str]]:
    """Every parameter that means something for a way of supporting, with what it says."""
    return [(label(name), value(name, terms, names)) for name in used_by(kind)]


def differences(
    kind: str,
    before: tuple[Terms, Sequence[Mapping[str, Any]]],
    after: tuple[Terms, Sequence[Mapping[str, Any]]],
    names: Names,
) -> list[Difference]:
    """What two versions of terms and criteria say differently, in words."""
    found = [
        Difference(str(label(name)), one, other)
        for name in used_by(kind)
        if (one := value(name, before[0], names)) != (other := value(name, after[0], names))
    ]
    old = [need(item, names) for item in CriteriaSet.read(before[1]).items]
    new = [need(item, names) for item in CriteriaSet.read(after[1]).items]
    gone = [Difference(_("Condition"), text, NOTHING) for text in old if text not in new]
    come = [Difference(_("Condition"), NOTHING, text) for text in new if text not in old]
    return found + gone + come


def of_version(version: PolicyVersion) -> tuple[Terms, list[dict[str, Any]]]:
    """Terms and criteria of a stored version, as `differences` compares them."""
    return Terms.read(version.terms), version.criteria


def on(day: date | None) -> str:
    """A day as the agency reads it."""
    return NOTHING if day is None else formats.day(day, formats.language(), year=True)


def euros(amount: Decimal) -> str:
    """EUR in the language of the page."""
    return formats.money(amount, formats.language())
