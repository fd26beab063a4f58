"""A decision put before a person of the agency: asked, answered, changed or taken back (FUN-8)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from catalogue.models import Offer
from funding import selectors_claims
from funding.criteria import CriteriaSet, Line
from funding.enums import AidState, Answer, AppealState, ClaimState
from funding.facts import gather
from funding.messages_appeals import tell
from funding.models import AidRequest, AllocationRound, Appeal, Claim, Commitment, Decision, Waiver
from funding.second_grant import refused_second
from funding.services import aid, claims, cover
from funding.services.quote import quote
from learning_accounts.models import LearningAccount
from stars.common.dates import add_months, add_working_days, riga_date
from stars.common.errors import Conflict, DomainError, Invalid
from stars.common.permissions import actor_or_none, require
from stars.common.transactions import service

ANSWER_DAYS = 10  # working days in which a person of the agency answers (A)
ASKED_AT_MOST, WITHIN_DAYS = 5, 30  # questions of one account
LONGEST = 2000  # characters of a text
WAIVED_MONTHS = 12  # a waiver's longest time (A)
# What no decision can stand in for: there has to be an account, and support is given once for
# each training from money that is there.
NEVER_WAIVED = frozenset({"account_open", "first_time", "money"})


class TooOften(DomainError):
    """More questions than anybody has."""

    status = 429
    code = "too_many"


@dataclass(frozen=True)
class Refusal:
    """What was refused: under which scheme, with which lines, and by which words."""

    scheme_id: UUID
    lines: list[dict[str, Any]]
    text: str = ""


def refusal(account: LearningAccount, reference: str, at: datetime) -> Refusal:
    """What was refused to this account under `reference`, as it stands at the moment `at`.

    `reference` is "offer:<id>", "round:<id>", "claim:<id>", "aid_request:<id>" or
    "commitment:<id>" (full cover that is to be lost). Raises `Invalid` where nothing was refused.
    """
    kind, _colon, key = reference.partition(":")
    looks = {
        "offer": _of_offer,
        "round": _of_round,
        "claim": _of_claim,
        "aid_request": _of_aid,
        "commitment": _of_cover,
    }
    try:
        found = looks[kind](account, UUID(key), at)
    except (KeyError, ValueError):
        found = None
    if found is None:
        raise Invalid(_("There is no refusal here."), code="no_refusal")
    return found


@service
def ask(*, account_id: UUID, reference: str, text: str, actor: Any, at: datetime) -> Appeal:
    """Put a refusal before a person of the agency, in the person's own words.

    Raises `Invalid` without a refusal or words, `Conflict` where it was asked already and waits,
    `TooOften` after five questions within 30 days.
    """
    account = (
        LearningAccount.objects.select_for_update(no_key=True, of=("self",))
        .select_related("person__user")
        .get(pk=account_id)
    )
    require(actor, "funding.use_own_money", account)
    if not text.strip():
        raise Invalid(_("Say why you do not agree."), code="text", field="text")
    if len(text) > LONGEST:
        raise Invalid(_("That is too long."), code="text", field="text")
    own = Appeal.objects.filter(account=account)
    if own.filter(reference=reference, state=AppealState.ASKED).exists():
        raise Conflict(_("You have asked already. Somebody is looking at it."), code="asked")
    if own.filter(asked_at__gt=at - timedelta(days=WITHIN_DAYS)).count() >= ASKED_AT_MOST:
        raise TooOften(_("That was very often. Wait a little and try again."))
    refused = refusal(account, reference, at)
    appeal = Appeal.objects.create(
        account=account,
        scheme_id=refused.scheme_id,
        reference=reference,
        text=text.strip(),
        lines=refused.lines,
        asked_at=at,
        answer_by=add_working_days(riga_date(at), ANSWER_DAYS),
    )
    appeal.log_birth(by=actor_or_none(actor), at=at)
    return appeal


@service
def withdraw(*, appeal_id: UUID, actor: Any, at: datetime) -> Appeal:
    """The person no longer asks."""
    appeal = _lock(appeal_id)
    require(actor, "funding.use_own_money", appeal.account)
    appeal.move("withdraw", by=actor_or_none(actor), at=at)
    return appeal


@service
def uphold(*, appeal_id: UUID, answer: str, actor: Any, at: datetime) -> Appeal:
    """The refusal stands, for the reason that the person reads."""
    appeal = _to_decide(appeal_id, answer, actor)
    return _answer(appeal, "uphold", answer, actor, at)


@service
def change(
    *,
    appeal_id: UUID,
    answer: str,
    waive: Sequence[str] = (),
    until: date | None = None,
    actor: Any,
    at: datetime,
) -> Appeal:
    """The refusal was wrong or too hard: the person gets what was refused.

    `waive` names criteria of the refusal that count as fulfilled for this person under the
    scheme, from today to the day `until` (inclusive, at most twelve months). A rejected claim is
    opened again; refused monthly aid is given; full cover that was to be lost stays. Raises
    `Invalid` for criteria that were not refused, that can never be waived, or without anything
    that would change.
    """
    appeal = _to_decide(appeal_id, answer, actor)
    changed = _waive(appeal, waive, until, at)
    kind, _colon, key = appeal.reference.partition(":")
    if kind == "claim" and Claim.objects.filter(pk=key, state=ClaimState.REJECTED).exists():
        claims.reopen(claim_id=UUID(key), actor=actor, at=at)
        changed = True
    if kind == "aid_request":
        aid.approve_after_all(request_id=UUID(key), actor=actor, at=at)
        changed = True
    if kind == "commitment":
        cover.keep(Commitment.objects.get(pk=key), at)
        changed = True
    if not changed:
        raise Invalid(
            _("Choose what shall not be asked of this person, and until when."),
            code="waive",
            field="waive",
        )
    return _answer(appeal, "change", answer, actor, at)


def _waive(appeal: Appeal, names: Sequence[str], until: date | None, at: datetime) -> bool:
    refused = set(waivable(appeal.lines))
    if unknown := sorted(set(names) - refused):
        raise Invalid(
            _("This was not refused, or cannot be waived: %(names)s")
            % {"names": ", ".join(unknown)},
            code="waive",
            field="waive",
        )
    if not names:
        return False
    today = riga_date(at)
    if until is None or not today <= until <= add_months(today, WAIVED_MONTHS):
        raise Invalid(_("Name a day within the next twelve months."), code="until", field="until")
    Waiver.objects.bulk_create(
        Waiver(
            account_id=appeal.account_id,
            scheme_id=appeal.scheme_id,
            criterion=name,
            appeal=appeal,
            valid_from=today,
            valid_to=until,
        )
        for name in dict.fromkeys(names)
    )
    return True


def waivable(lines: Iterable[dict[str, Any]]) -> list[str]:
    """Names of the refused criteria that a person of the agency may waive."""
    return [
        line["criterion"]
        for line in lines
        if line.get("answer") != Answer.YES
        and line.get("criterion")
        and line["criterion"] not in NEVER_WAIVED
    ]


def _lock(appeal_id: UUID) -> Appeal:
    """Learning account first, then the appeal (docs/locking.md)."""
    account_id = Appeal.objects.values_list("account_id", flat=True).get(pk=appeal_id)
    LearningAccount.objects.select_for_update(no_key=True).get(pk=account_id)
    return (
        Appeal.objects.select_for_update(no_key=True, of=("self",))
        .select_related("account__person__user", "scheme")
        .get(pk=appeal_id)
    )


def _to_decide(appeal_id: UUID, answer: str, actor: Any) -> Appeal:
    appeal = _lock(appeal_id)
    require(actor, "funding.decide_appeal", appeal)
    if not answer.strip():
        raise Invalid(
            _("Write the reason: the person will read it."), code="answer", field="answer"
        )
    return appeal


def _answer(appeal: Appeal, transition: str, answer: str, actor: Any, at: datetime) -> Appeal:
    appeal.answer, appeal.decided_at = answer.strip(), at
    appeal.decided_by = actor_or_none(actor)
    also = ("answer", "decided_at", "decided_by", "updated_at")
    appeal.move(transition, by=actor_or_none(actor), at=at, also=also)
    tell(appeal, at)
    return appeal


def _json(lines: Iterable[Line]) -> list[dict[str, Any]]:
    return [dict(line.as_json()) for line in lines]


def _of_offer(account: LearningAccount, key: UUID, at: datetime) -> Refusal | None:
    offer = Offer.objects.select_related("version__type").filter(pk=key).first()
    if offer is None:
        return None
    said = quote(offer=offer, account=account, at=at)
    if said.policy_id is None or said.answer == Answer.YES or said.reason_code != "criteria":
        return None
    policy = said.scheme_id
    assert policy is not None
    return Refusal(policy, _json(said.lines), str(said.reason))


def _of_round(account: LearningAccount, key: UUID, at: datetime) -> Refusal | None:
    this = AllocationRound.objects.select_related("policy").filter(pk=key).first()
    if this is None or this.grants.filter(account=account).exists():
        return None
    lines = CriteriaSet.of(this.policy).evaluate(gather(account, at))
    if all(line.answer == Answer.YES for line in lines):
        again = refused_second(this, account, at)
        if again is None:
            return None
        lines.append(again)
    return Refusal(this.policy.scheme_id, _json(lines))


def _of_claim(account: LearningAccount, key: UUID, at: datetime) -> Refusal | None:
    own = Claim.objects.filter(account=account).select_related("account__person", "what", "policy")
    claim = own.filter(pk=key).first()
    if claim is None:
        return None
    if claim.state == ClaimState.REJECTED:
        return Refusal(claim.scheme_id, [], claim.reason)
    if claim.state != ClaimState.DRAFT:
        return None
    said = selectors_claims.assess(claim, at)
    if said.answer != Answer.NO or said.plan is None:
        return None
    return Refusal(said.plan.policy.scheme_id, _json(said.lines))


def _of_aid(account: LearningAccount, key: UUID, at: datetime) -> Refusal | None:
    own = AidRequest.objects.filter(commitment__account=account, state=AidState.REFUSED)
    found = own.select_related("policy").filter(pk=key).first()
    if found is None or aid.living(found).exists():
        return None
    return Refusal(found.policy.scheme_id, [], found.reason)


def _of_cover(account: LearningAccount, key: UUID, at: datetime) -> Refusal | None:
    """Full cover that the person was told will be lost."""
    own = Commitment.objects.filter(account=account, pk=key).select_related("policy").first()
    told = Decision.objects.filter(reference=f"{cover.TOLD}:{key}", account=account).first()
    kept = Decision.objects.filter(reference=f"{cover.KEPT}:{key}").exists()
    if own is None or told is None or kept:
        return None
    return Refusal(own.policy.scheme_id, told.lines)
