"""Full cover that somebody loses later, where the policy says that it can be lost (rule 12, FUN-2).

Off by default. Whoever no longer meets the conditions while learning is told, has the policy's
days to put it right or to object, and then owes the project what it pays. The provider is paid as
agreed either way, and the ledger does not move: a debt is no posting, so taking it back on appeal
cannot pay anything twice (reading 2.7, case 14).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from funding.criteria import CriteriaSet, Line, both, outcome
from funding.enums import Answer, AppealState, CommitmentState
from funding.facts import gather
from funding.messages_appeals import tell_of_cover
from funding.models import Appeal, Commitment, Decision, PolicyVersion
from funding.rules.terms import Terms
from learning_accounts.models import LearningAccount
from stars.common.dates import riga_date, start_of_day
from stars.common.transactions import service

# References of the decisions, each before the commitment's key.
TOLD, LOST, KEPT = "cover", "cover_lost", "cover_kept"


def review(*, at: datetime) -> tuple[int, int]:
    """Tell whoever no longer meets the conditions, and take the cover of those whose days are
    over: (told, lost). Runs daily; repeating it changes nothing.
    """
    told = lost = 0
    for policy in PolicyVersion.objects.filter(terms__withdraw_when_cover_is_lost=True):
        held = Commitment.objects.filter(policy=policy, state=CommitmentState.HELD)
        fit = LearningAccount.objects.filter(CriteriaSet.of(policy).as_q(riga_date(at)))
        missing = held.exclude(account__in=fit.values("pk")).order_by("pk")
        for key in list(missing.values_list("pk", flat=True)):
            told += _tell(commitment_id=key, at=at)
            lost += _take(commitment_id=key, at=at)
    return told, lost


def last_day(decided_at: datetime, terms: Terms) -> date:
    """The last day on which it can be put right."""
    return riga_date(decided_at) + timedelta(days=terms.cover_notice_days)


@service
def _tell(*, commitment_id: UUID, at: datetime) -> bool:
    """The notice, once for each commitment."""
    commitment, lines = _look(commitment_id, at)
    if outcome(lines) != Answer.NO or _said(TOLD, commitment_id):
        return False
    _decide(commitment, TOLD, Answer.NO, lines, at)
    ends = last_day(at, Terms.read(commitment.policy.terms))
    tell_of_cover("cover_ends", commitment, ends, at)
    return True


@service
def _take(*, commitment_id: UUID, at: datetime) -> bool:
    """The loss, when the days are over and nobody of the agency is looking at it."""
    commitment, lines = _look(commitment_id, at)
    told = _said(TOLD, commitment_id)
    if told is None or outcome(lines) != Answer.NO or commitment.state != CommitmentState.HELD:
        return False
    ends = last_day(told.decided_at, Terms.read(commitment.policy.terms))
    if at < start_of_day(ends + timedelta(days=1)):
        return False
    if _said(LOST, commitment_id) or _said(KEPT, commitment_id):
        return False
    asked = Appeal.objects.filter(reference=f"commitment:{commitment_id}")
    if asked.filter(state__in=(AppealState.ASKED, AppealState.CHANGED)).exists():
        return False
    _decide(commitment, LOST, Answer.NO, [*lines, _owed(commitment, at)], at)
    tell_of_cover("cover_lost", commitment, riga_date(at), at)
    return True


def keep(commitment: Commitment, at: datetime) -> None:
    """An appeal was right: the cover stays, or comes back; the caller holds the account's lock."""
    if _said(KEPT, commitment.pk) is None:
        _decide(commitment, KEPT, Answer.YES, [], at)


def owes(commitment_id: UUID) -> bool:
    """Whether the person owes the project what it pays for this training."""
    return bool(_said(LOST, commitment_id)) and not _said(KEPT, commitment_id)


def _look(commitment_id: UUID, at: datetime) -> tuple[Commitment, list[Line]]:
    """The commitment behind its account's lock, and what its criteria say now."""
    keys = Commitment.objects.values_list("account_id", flat=True)
    accounts = LearningAccount.objects.select_related("person__user")
    account = accounts.select_for_update(no_key=True, of=("self",)).get(
        pk=keys.get(pk=commitment_id)
    )
    commitment = Commitment.objects.select_related("policy", "offer__version").get(pk=commitment_id)
    commitment.account = account
    return commitment, CriteriaSet.of(commitment.policy).evaluate(gather(account, at))


def _said(kind: str, commitment_id: UUID) -> Decision | None:
    return Decision.objects.filter(reference=f"{kind}:{commitment_id}").first()


def _decide(
    commitment: Commitment, kind: str, answer: Answer, lines: list[Line], at: datetime
) -> None:
    Decision.objects.create(
        account_id=commitment.account_id,
        policy_id=commitment.policy_id,
        reference=f"{kind}:{commitment.pk}",
        outcome=answer,
        lines=[line.as_json() for line in lines],
        decided_at=at,
    )


def _owed(commitment: Commitment, at: datetime) -> Line:
    lv, en = both(_("You owe the project what it pays for this training"), {})
    value, day = f"{commitment.support:.2f}", riga_date(at).isoformat()
    return Line("owed", Answer.NO.value, value, "stars", day, lv, en)
