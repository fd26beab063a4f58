"""Why somebody has had no money yet, and what they can do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from funding.criteria import CriteriaSet, Line, MinimumAge, outcome
from funding.enums import Answer, RoundState
from funding.facts import gather
from funding.models import AllocationRound, Grant, StandingRequest
from funding.second_grant import refused_second
from learning_accounts.models import LearningAccount
from stars.common.dates import age_on, birthday, riga_date


@dataclass(frozen=True)
class Waiting:
    """Why there is no money yet and when there may be.

    `refused` is what can be put before a person of the agency (services.appeals), or ""; `text`
    what the rules say, in the language of the page.
    """

    reason: str
    on: date | None = None
    years: int = 0
    refused: str = ""
    text: str = ""


def no_grant_yet(account: LearningAccount, at: datetime) -> Waiting | None:
    """Why this account has had no grant: too young for it, the profile, a condition, not asked,
    or the next round's day. Of whoever has had one only whether another one is refused.
    """
    if Grant.objects.filter(account=account).exists():
        return _no_second(account, at)
    today = riga_date(at)
    rounds = AllocationRound.objects.exclude(state=RoundState.CLOSED).filter(ends_at__gt=at)
    this, lines = _nearest(rounds.select_related("policy").order_by("due_on", "code"), account, at)
    refused = ""
    if this is not None and outcome(lines) != Answer.YES:
        refused = f"round:{this.pk}"
    missing = {line.criterion: line for line in lines if line.answer != Answer.YES}
    years = CriteriaSet.read(this.policy.criteria).minimum_age if this else MinimumAge.years
    born = account.person.birth_date
    if age_on(born, today) < years and (this is None or "minimum_age" in missing):
        return Waiting("under_age", birthday(born, years), years, refused)
    if account.profile_completed_at is None and (this is None or "profile_complete" in missing):
        return Waiting("profile", refused=refused)
    if missing:
        return Waiting("refused", refused=refused, text=next(iter(missing.values())).text)
    if not StandingRequest.objects.filter(account=account, ended_at__isnull=True).exists():
        return Waiting("not_asked")
    if this is None:
        return Waiting("no_round")
    if this.due_on <= today:
        return Waiting("soon", today + timedelta(days=1))
    return Waiting("next_round", this.due_on)


def _no_second(account: LearningAccount, at: datetime) -> Waiting | None:
    rounds = AllocationRound.objects.exclude(state=RoundState.CLOSED).filter(
        ends_at__gt=at, due_on__lte=riga_date(at)
    )
    others = rounds.exclude(grants__account=account).select_related("policy")
    for this in others.order_by("due_on", "code"):
        lines = CriteriaSet.of(this.policy).evaluate(gather(account, at))
        if outcome(lines) == Answer.YES and (said := refused_second(this, account, at)):
            return Waiting("no_second", refused=f"round:{this.pk}", text=said.text)
    return None


def _nearest(
    rounds: Iterable[AllocationRound], account: LearningAccount, at: datetime
) -> tuple[AllocationRound | None, list[Line]]:
    """The first round whose conditions this person meets, else the first one; with the answers."""
    first: tuple[AllocationRound | None, list[Line]] = (None, [])
    known: dict[UUID, list[Line]] = {}
    facts = None
    for this in rounds:
        if this.policy_id not in known:
            facts = facts or gather(account, at)
            known[this.policy_id] = CriteriaSet.of(this.policy).evaluate(facts)
        lines = known[this.policy_id]
        if outcome(lines) == Answer.YES:
            return this, lines
        if first[0] is None:
            first = (this, lines)
    return first
