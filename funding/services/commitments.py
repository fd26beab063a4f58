"""Holding money for an application and what becomes of it (rules 6–9, 17, 18).

The caller (enrolments) has locked the learning account, the group and the application already;
locking the account again here costs nothing and keeps the functions safe on their own.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from catalogue.models import Offer
from funding.enums import (
    LIVE_GRANTS,
    AccountKind,
    CommitmentState,
    GrantState,
    PayerKind,
    PostingKind,
    ReleaseCause,
)
from funding.exceptions import KeyReused, QuoteChanged
from funding.models import (
    Commitment,
    CommitmentLine,
    CoPayment,
    Decision,
    Grant,
    LedgerAccount,
    Transfer,
)
from funding.rules.grants import replacement_end
from funding.rules.settlement import given_back, left_of_parts
from funding.rules.terms import Terms
from funding.services.co_payments import require_proved
from funding.services.ledger import Move, open_account, pool, post
from funding.services.pledges import lock_promises
from funding.services.quote import Quote, quote
from learning_accounts.models import LearningAccount
from stars.common.errors import Invalid
from stars.common.money import ZERO
from stars.common.permissions import actor_or_none
from stars.common.transactions import service


def lock_commitment(commitment_id: UUID) -> Commitment:
    """Learning account first, then the commitment, then its lots (docs/locking.md)."""
    account_id = Commitment.objects.values_list("account_id", flat=True).get(pk=commitment_id)
    LearningAccount.objects.select_for_update(no_key=True).get(pk=account_id)
    return (
        Commitment.objects.select_for_update(no_key=True, of=("self",))
        .select_related("ledger_account", "source", "policy", "account")
        .get(pk=commitment_id)
    )


def held_rest(commitment: Commitment) -> Decimal:
    """EUR that are still held: the support without the stages that are owed already (rule 8)."""
    early = commitment.stages.aggregate(sum=Sum("amount"))["sum"] or ZERO
    return commitment.support - early


def lock_lines(commitment: Commitment) -> list[CommitmentLine]:
    """Its lines with their lots locked, in the order of use; `amount` is what is still held.

    A price that was lowered gave money back to lots, and stages took theirs from the first lots.
    """
    lines = list(commitment.lines.order_by("order"))
    grants = Grant.objects.filter(pk__in=[line.grant_id for line in lines]).order_by("pk")
    locked = {g.pk: g for g in grants.select_for_update(no_key=True)}
    for line in lines:
        line.grant = locked[line.grant_id]
    lowered = Transfer.objects.filter(
        debit_id=commitment.ledger_account_id, posting__kind=PostingKind.ADJUST
    ).aggregate(sum=Sum("amount"))["sum"]
    parts = [line.amount for line in lines]
    if lowered:
        backs = given_back(parts, lowered)
        parts = [part - back for part, back in zip(parts, backs, strict=True)]
    early = commitment.support - held_rest(commitment)
    for line, left in zip(lines, left_of_parts(parts, early), strict=True):
        line.amount = left
    return lines


@service
def hold(
    *,
    account_id: UUID,
    offer_id: UUID,
    application_id: UUID,
    expected_support: Decimal,
    payer: str,
    use_support: bool,
    actor: Any,
    at: datetime,
    expected_employer: Decimal | None = None,
) -> Commitment | None:
    """Decide about support for an application and hold the money (rule 17).

    Returns None where the person uses no support or gets none. `expected_support` is the EUR the
    person confirmed, and `expected_employer` what an employer pays; `QuoteChanged` where they no
    longer hold. `payer` (PayerKind) is needed for what the employer leaves of the own part.
    Repeating it for the same application returns the first commitment; `KeyReused` where it comes
    with another account, offer or amount (2.7, case 3).
    """
    account = (
        LearningAccount.objects.select_for_update(no_key=True, of=("self",))
        .select_related("person")
        .get(pk=account_id)
    )
    if existing := Commitment.objects.filter(application_id=application_id).first():
        given = (account_id, offer_id, expected_support)
        if given != (existing.account_id, existing.offer_id, existing.support):
            raise KeyReused()
        return existing
    offer = Offer.objects.select_related("version__type").get(pk=offer_id)
    # What is left of a promise counts only under its lock: colleagues draw on the same one.
    locked = lock_promises(account, at)
    answer = quote(offer=offer, account=account, at=at, use_support=use_support)
    if answer.support != expected_support:
        raise QuoteChanged()
    if expected_employer is not None and answer.employer_part != expected_employer:
        raise QuoteChanged()
    if answer.employer and answer.employer.pledge_id not in locked:
        raise QuoteChanged()  # promised while we waited
    if answer.policy_id is not None:
        Decision.objects.create(
            account=account,
            policy_id=answer.policy_id,
            reference=f"application:{application_id}",
            outcome=answer.answer,
            lines=[line.as_json() for line in answer.lines],
            decided_at=at,
        )
    if not answer.support:
        return None
    if answer.rest and not payer:
        raise Invalid(_("Choose who pays the rest."), code="payer", field="payer")
    if answer.rest and answer.employer and payer == PayerKind.EMPLOYER:
        raise Invalid(
            _("Your employer pays a part already. Choose who pays the rest of it."),
            code="payer",
            field="payer",
        )
    return _write_hold(account, offer, application_id, answer, payer, actor, at)


def _write_hold(
    account: LearningAccount,
    offer: Offer,
    application_id: UUID,
    answer: Quote,
    payer: str,
    actor: Any,
    at: datetime,
) -> Commitment:
    assert answer.source_id is not None
    assert answer.policy_id is not None
    place = open_account(
        kind=AccountKind.COMMITMENT, source_id=answer.source_id, owner_key=str(application_id)
    )
    commitment = Commitment.objects.create(
        account=account,
        offer=offer,
        source_id=answer.source_id,
        policy_id=answer.policy_id,
        ledger_account=place,
        application_id=application_id,
        price=answer.price,
        support=answer.support,
        own_part=answer.own_part,
        held_at=at,
    )
    if answer.rest:
        CoPayment.objects.create(commitment=commitment, payer=payer, amount=answer.rest)
    if answer.employer:
        CoPayment.objects.create(
            commitment=commitment,
            payer=PayerKind.EMPLOYER,
            amount=answer.employer.amount,
            pledge_id=answer.employer.pledge_id,
        )
    moves = []
    if answer.lots:
        grants = Grant.objects.in_bulk([pk for pk, _amount in answer.lots])
        CommitmentLine.objects.bulk_create(
            CommitmentLine(commitment=commitment, grant_id=pk, order=i, amount=amount)
            for i, (pk, amount) in enumerate(answer.lots)
        )
        for pk, amount in answer.lots:
            moves.append(Move(grants[pk].ledger_account_id, place.pk, amount))
    else:
        moves.append(Move(pool(answer.source_id).pk, place.pk, answer.support))
    post(
        kind=PostingKind.HOLD,
        key=f"hold:{application_id}",
        reference=f"commitment:{commitment.pk}",
        moves=moves,
        effective_at=at,
        by=actor,
    )
    commitment.log_birth(by=actor_or_none(actor), at=at)
    return commitment


@service
def capture(
    *, commitment_id: UUID, evidence: dict[str, Any], actor: Any, at: datetime
) -> Commitment:
    """Turn the hold into an amount owed to the provider (rule 18); repeating it changes nothing.

    `evidence` (hours, attendance share, dates, document number) is frozen on the commitment.
    Raises `OwnPartMissing` where the policy wants the own part proved and it is not (rule 9).
    """
    commitment = lock_commitment(commitment_id)
    if commitment.captured_at is not None:
        return commitment
    require_proved(commitment)
    lines = lock_lines(commitment)
    commitment.evidence = evidence
    commitment.captured_at = at
    commitment.move(
        "capture", by=actor_or_none(actor), at=at, also=("evidence", "captured_at", "updated_at")
    )
    owed = open_account(
        kind=AccountKind.PAYABLE, source_id=commitment.source_id, owner_key=owed_to(commitment)
    )
    post(
        kind=PostingKind.CAPTURE,
        key=f"capture:{commitment.pk}",
        reference=f"commitment:{commitment.pk}",
        moves=[Move(commitment.ledger_account_id, owed.pk, held_rest(commitment))],
        effective_at=at,
        by=actor,
    )
    for line in lines:
        _use_up_if_empty(line.grant, actor, at)
    return commitment


def owed_to(commitment: Commitment) -> str:
    """The provider of the training, or the claim whose cost comes back to the person."""
    if commitment.offer_id is None:
        return f"claim:{commitment.claim.pk}"
    offers = Offer.objects.values_list("version__programme__provider_id", flat=True)
    return str(offers.get(pk=commitment.offer_id))


def _use_up_if_empty(grant: Grant, actor: Any, at: datetime) -> None:
    """A lot with nothing left and nothing held is used up."""
    if grant.state not in LIVE_GRANTS:
        return
    empty = LedgerAccount.objects.filter(pk=grant.ledger_account_id, balance=0).exists()
    held = grant.lines.filter(commitment__state=CommitmentState.HELD).exists()
    if empty and not held:
        grant.move("use_up", by=actor_or_none(actor), at=at)


@service
def release(
    *, commitment_id: UUID, cause: str, actor: Any, at: datetime, note: str = ""
) -> Commitment:
    """Give the held money back (rules 7, 8, 17); repeating it changes nothing.

    Lots whose term still runs get back exactly what was taken from them. For lots that have ended,
    `cause` (ReleaseCause) decides: the person's own withdrawal annuls the money, everything else
    gives it back once as a replacement lot.
    """
    commitment = lock_commitment(commitment_id)
    if commitment.state == CommitmentState.RELEASED:
        return commitment
    lines = lock_lines(commitment)
    commitment.release_cause = ReleaseCause(cause)
    commitment.ended_at = at
    commitment.move(
        "release",
        by=actor_or_none(actor),
        at=at,
        note=note,
        also=("release_cause", "ended_at", "updated_at"),
    )
    place = commitment.ledger_account_id
    source_pool = pool(commitment.source_id)
    moves: list[Move] = []
    late = ZERO
    for line in reversed(lines):
        grant = line.grant
        if not line.amount:
            continue
        if grant.ends_at > at and grant.state in LIVE_GRANTS:
            moves.append(Move(place, grant.ledger_account_id, line.amount))
        else:
            late += line.amount
    if not lines:
        moves.append(Move(place, source_pool.pk, held_rest(commitment)))
    if late:
        replacement = None
        if cause in Terms.read(lines[0].grant.policy.terms).replacement_causes:
            replacement = _replace(commitment, lines[0].grant, late, actor, at)
        target = replacement.ledger_account_id if replacement else source_pool.pk
        moves.append(Move(place, target, late))
    post(
        kind=PostingKind.RELEASE,
        key=f"release:{commitment.pk}",
        reference=f"commitment:{commitment.pk}",
        moves=moves,
        effective_at=at,
        by=actor,
    )
    _restate(lines, cause, actor, at)
    return commitment


def _restate(lines: list[CommitmentLine], cause: str, actor: Any, at: datetime) -> None:
    """Lots whose term has ended and of which nothing was used after all are annulled."""
    for line in lines:
        grant = line.grant
        used = grant.lines.exclude(
            commitment__state__in=(CommitmentState.RELEASED, CommitmentState.FORFEITED)
        ).exists()
        if grant.state == GrantState.USED_UP and grant.ends_at <= at and not used:
            note = "" if cause == ReleaseCause.PERSON else "replaced"
            grant.move("annul", by=actor_or_none(actor), at=at, note=note)


def _replace(
    commitment: Commitment, model: Grant, amount: Decimal, actor: Any, at: datetime
) -> Grant | None:
    """One lot for what came back after the term; None where the source itself has ended."""
    terms = Terms.read(model.policy.terms)
    ends_at = replacement_end(at, terms.replacement_days, commitment.source.ends_on)
    if terms.replacement_days == 0 or ends_at <= at:
        return None
    place = open_account(
        kind=AccountKind.LOT,
        source_id=commitment.source_id,
        owner_key=f"replacement:{commitment.pk}",
    )
    grant = Grant.objects.create(
        account_id=commitment.account_id,
        round_id=model.round_id,
        policy_id=model.policy_id,
        ledger_account=place,
        amount=amount,
        granted_at=at,
        ends_at=ends_at,
        replaces=commitment,
    )
    grant.log_birth(by=actor_or_none(actor), at=at, note="replacement")
    return grant


@service
def forfeit(*, commitment_id: UUID, actor: Any, at: datetime, note: str = "") -> Commitment:
    """Interrupted or expelled: the held part and the free rest of its lots are lost (rule 8, L893).

    Where the policy says that it comes back (`Terms.interrupted`), it is released instead.
    The money passes the forfeited account, so that it can be counted, back into the pool.
    """
    commitment = lock_commitment(commitment_id)
    if commitment.state == CommitmentState.FORFEITED:
        return commitment
    if Terms.read(commitment.policy.terms).interrupted == "release":
        person = ReleaseCause.PERSON
        return release(commitment_id=commitment_id, cause=person, actor=actor, at=at, note=note)
    lines = lock_lines(commitment)
    commitment.ended_at = at
    commitment.move(
        "forfeit", by=actor_or_none(actor), at=at, note=note, also=("ended_at", "updated_at")
    )
    lost = open_account(kind=AccountKind.FORFEITED, source_id=commitment.source_id)
    total = held_rest(commitment)
    moves = [Move(commitment.ledger_account_id, lost.pk, total)]
    places = [line.grant.ledger_account_id for line in lines]
    balances = dict(LedgerAccount.objects.filter(pk__in=places).values_list("pk", "balance"))
    for line in lines:
        rest = balances[line.grant.ledger_account_id]
        if rest > 0:
            moves.append(Move(line.grant.ledger_account_id, lost.pk, rest))
            total += rest
    moves.append(Move(lost.pk, pool(commitment.source_id).pk, total))
    post(
        kind=PostingKind.FORFEIT,
        key=f"forfeit:{commitment.pk}",
        reference=f"commitment:{commitment.pk}",
        moves=moves,
        effective_at=at,
        by=actor,
    )
    for line in lines:
        if line.grant.can("forfeit"):
            line.grant.move("forfeit", by=actor_or_none(actor), at=at)
    return commitment
