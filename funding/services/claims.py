"""A claim from being sent to being paid (rule 13, FUN-10).

The agency decides, and another pair of eyes looks at the payment file later (services.payments).
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from funding import messages_claims as messages
from funding.enums import AccountKind, Answer, ClaimState, ReleaseCause
from funding.exceptions import QuoteChanged
from funding.models import Claim, Commitment, Decision, LedgerAccount, Payment
from funding.rules.claims import issuer_key, number_key
from funding.selectors_claims import (
    SAME_INVOICE,
    Assessment,
    assess,
    refund_line,
    say,
)
from funding.services import bank_accounts, commitments, payments
from funding.services import claim_money as money
from funding.services.claim_drafts import lock_claim as lock
from stars.common.dates import riga_date
from stars.common.errors import Conflict, DomainError, Invalid
from stars.common.money import euro
from stars.common.permissions import SYSTEM, actor_or_none, require
from stars.common.transactions import service


@service
def submit(
    *,
    claim_id: UUID,
    expected_amount: Decimal,
    own_money: bool,
    actor: Any,
    at: datetime,
) -> Claim:
    """Send a draft: check it, keep the decision, and hold the money or stand in line.

    `expected_amount` is the EUR that the person was shown; `QuoteChanged` where it is another by
    now. `own_money` draws on the lots of the learning account where the policy allows it. Raises
    `Invalid` or `Conflict` with the field that is to be mended. Sending twice changes nothing.
    """
    claim = lock(claim_id)
    require(actor, "funding.use_own_money", claim.account)
    if claim.state in (ClaimState.SUBMITTED, ClaimState.WAITING):
        return claim
    if claim.state != ClaimState.DRAFT:
        claim.WORKFLOW.target("submit", claim.state)  # says why
    answer = assess(claim, at)
    amount = _to_pay(answer, own_money)
    if amount != expected_amount:
        raise QuoteChanged()
    assert answer.plan is not None
    claim.policy = answer.plan.policy
    claim.scheme_id = answer.plan.policy.scheme_id
    claim.submitted_at = at
    claim.invoice_issuer = issuer_key(claim.invoice_issuer)
    claim.invoice_number = number_key(claim.invoice_number)
    Decision.objects.create(
        account_id=claim.account_id,
        policy=claim.policy,
        reference=f"claim:{claim.pk}",
        outcome=answer.answer,
        lines=[line.as_json() for line in (*answer.lines, refund_line(amount, riga_date(at)))],
        decided_at=at,
    )
    facts = ("policy", "scheme", "submitted_at", "invoice_issuer", "invoice_number")
    if own_money or money.may_have(claim, amount, in_turn=False):
        claim.commitment = money.hold(claim, amount, own_money=own_money, actor=actor, at=at)
        _move(claim, "submit", actor, at, also=("commitment", *facts))
        messages.tell("claim_received", claim, at)
    else:
        _move(claim, "queue", actor, at, also=facts)
        messages.tell("claim_waits", claim, at)
    return claim


def _to_pay(answer: Assessment, own_money: bool) -> Decimal:
    """EUR to hold; raises what stands in the way."""
    if answer.problems:
        first = answer.problems[0]
        error = Conflict if first.code in ("duplicate_invoice", "too_soon") else Invalid
        raise error(say(first), code=first.code, field=first.field)
    if answer.answer != Answer.YES:
        texts = [line.text for line in answer.lines if line.answer != Answer.YES]
        raise Conflict(" ".join(f"{text}." for text in texts), code="not_eligible")
    if own_money and not answer.own_money:
        raise QuoteChanged()
    return min(answer.amount, answer.own_money) if own_money else answer.amount


def _move(
    claim: Claim,
    transition: str,
    actor: Any,
    at: datetime,
    *,
    also: tuple[str, ...],
    note: str = "",
) -> None:
    """Move the claim; the database refuses an invoice that is in another living claim."""
    try:
        with transaction.atomic():
            claim.move(
                transition, by=actor_or_none(actor), at=at, note=note, also=(*also, "updated_at")
            )
    except IntegrityError as error:
        if "claim_invoice_once" not in str(error):
            raise
        raise Conflict(SAME_INVOICE, code="duplicate_invoice", field="invoice_number") from error


@service
def withdraw(*, claim_id: UUID, actor: Any, at: datetime) -> Claim:
    """The person no longer wants it: the money goes back where it came from.

    A draft is deleted instead (claim_drafts.discard). Doing it twice changes nothing.
    """
    claim = lock(claim_id)
    require(actor, "funding.use_own_money", claim.account)
    if claim.state == ClaimState.WITHDRAWN:
        return claim
    claim.WORKFLOW.target("withdraw", claim.state)
    # Lots that ended meanwhile are annulled: it is the person's own wish (rule 7).
    money.give_back(claim, ReleaseCause.PERSON, actor=actor, at=at, note="")
    _move(claim, "withdraw", actor, at, also=())
    return claim


def serve_waiting(*, at: datetime) -> int:
    """Take from the lines whoever money and quota reach, in order of receipt; returns how many.

    Each claim is a transaction of its own. A line stops at the first that cannot be served.
    """
    waiting = Claim.objects.filter(
        state=ClaimState.WAITING, policy__scheme__source__ends_on__gte=riga_date(at)
    )
    served, stopped = 0, set()
    line = waiting.order_by("submitted_at", "pk").values_list("pk", "scheme_id")
    for key, scheme_id in list(line):
        if scheme_id in stopped:
            continue
        if _serve(claim_id=key, at=at):
            served += 1
        else:
            stopped.add(scheme_id)
    return served


@service
def _serve(*, claim_id: UUID, at: datetime) -> bool:
    claim = lock(claim_id)
    if claim.state != ClaimState.WAITING:
        return True  # withdrawn or served meanwhile: it stands in nobody's way
    amount = money.promised(claim)
    if not money.may_have(claim, amount, in_turn=True):
        return False
    claim.commitment = money.hold(claim, amount, own_money=False, actor=SYSTEM, at=at)
    _move(claim, "submit", SYSTEM, at, also=("commitment",))
    messages.tell("claim_served", claim, at)
    return True


@service
def approve(
    *,
    claim_id: UUID,
    actor: Any,
    at: datetime,
    amount: Decimal | None = None,
    reason: str = "",
) -> Claim:
    """Say yes: the held money becomes owed to the person, and a payment waits for its file.

    `amount` is EUR where it is less than was promised; then the person reads `reason` and the
    difference goes back. Raises `Invalid` for more than was promised or for no reason,
    `NotAllowed` for one's own claim.
    """
    claim = _to_decide(claim_id, actor)
    claim.WORKFLOW.target("approve", claim.state)
    held = claim.commitment
    assert held is not None
    pays = held.support if amount is None else _at_most(amount, held.support)
    less = pays < held.support
    if less:
        if not reason.strip():
            raise Invalid(
                _("Write the reason: the person will read it."), code="reason", field="reason"
            )
        claim.commitment = _less(claim, pays, actor, at, reason)
    assert claim.commitment is not None
    # The number that the person gave last, be it after the claim was sent.
    claim.bank_account = bank_accounts.current(account_id=claim.account_id)
    assert claim.bank_account is not None
    commitment = _owe(claim, claim.commitment, actor, at)
    claim.decided_at, claim.decided_by, claim.reason = at, actor_or_none(actor), reason.strip()
    also = ("commitment", "bank_account", "decided_at", "decided_by", "reason")
    _move(claim, "approve", actor, at, also=also, note=claim.reason)
    payments.create_payment(
        source_id=commitment.source_id,
        reference=f"claim:{claim.pk}",
        payable_id=_payable(claim, commitment).pk,
        amount=commitment.support,
        bank_account_id=claim.bank_account.pk,
        actor=actor,
        at=at,
    )
    messages.tell("claim_less" if less else "claim_approved", claim, at)
    return claim


def _to_decide(claim_id: UUID, actor: Any) -> Claim:
    claim = lock(claim_id)
    require(actor, "funding.decide_claim", claim)
    return claim


def _at_most(amount: Decimal, most: Decimal) -> Decimal:
    try:
        wanted = euro(amount)
    except DomainError as error:
        raise Invalid(error.message, code=error.code, field="amount") from error
    if not 0 < wanted <= most:
        raise Invalid(
            _("Write an amount between one cent and what is held for the claim."),
            code="amount",
            field="amount",
        )
    return wanted


def _less(claim: Claim, pays: Decimal, actor: Any, at: datetime, reason: str) -> Commitment:
    """Another commitment for less; what is left over is back in the pool or on the lots."""
    own = money.from_own_money(claim.commitment_id)
    money.give_back(claim, ReleaseCause.AGENCY, actor=actor, at=at, note=reason.strip())
    return money.hold(claim, pays, own_money=own, actor=actor, at=at)


def _owe(claim: Claim, held: Commitment, actor: Any, at: datetime) -> Commitment:
    claim.save(update_fields=["commitment", "updated_at"])  # whose money it is: `claim:<id>`
    evidence = {
        **held.evidence,
        "earned_on": str(claim.earned_on),
        "document_number": claim.document_number,
        "invoice_issuer": claim.invoice_issuer,
        "invoice_number": claim.invoice_number,
        "invoiced_on": str(claim.invoiced_on),
        "invoiced": str(claim.amount),
    }
    owed = commitments.capture(commitment_id=held.pk, evidence=evidence, actor=actor, at=at)
    owed.move("approve", by=actor_or_none(actor), at=at, also=("updated_at",))
    return owed


def _payable(claim: Claim, commitment: Commitment) -> LedgerAccount:
    return LedgerAccount.objects.get(
        kind=AccountKind.PAYABLE, source=commitment.source_id, owner_key=f"claim:{claim.pk}"
    )


@service
def reject(*, claim_id: UUID, reason: str, actor: Any, at: datetime) -> Claim:
    """Say no with a reason that the person reads; the money goes back.

    A lot whose term ended meanwhile comes back as a new one (rule 7): it was not the person who
    left. `NotAllowed` for one's own claim.
    """
    claim = _to_decide(claim_id, actor)
    claim.WORKFLOW.target("reject", claim.state)
    if not reason.strip():
        raise Invalid(
            _("Write the reason: the person will read it."), code="reason", field="reason"
        )
    money.give_back(claim, ReleaseCause.AGENCY, actor=actor, at=at, note=reason.strip())
    claim.decided_at, claim.decided_by, claim.reason = at, actor_or_none(actor), reason.strip()
    also = ("decided_at", "decided_by", "reason")
    _move(claim, "reject", actor, at, also=also, note=claim.reason)
    messages.tell("claim_rejected", claim, at)
    return claim


@service
def reopen(*, claim_id: UUID, actor: Any, at: datetime, note: str = "") -> Claim:
    """An appeal was right: the money is held anew and the claim is decided again.

    It had its place before: quota and line are not asked. Raises `InsufficientFunds` where there
    is no money, `Conflict` where the invoice is in another living claim by now.
    """
    claim = _to_decide(claim_id, actor)
    claim.WORKFLOW.target("reopen", claim.state)
    own = money.from_own_money(claim.commitment_id)
    claim.commitment = money.hold(claim, money.promised(claim), own_money=own, actor=actor, at=at)
    claim.decided_at, claim.decided_by, claim.reason = None, None, ""
    also = ("commitment", "decided_at", "decided_by", "reason")
    _move(claim, "reopen", actor, at, also=also, note=note)
    messages.tell("claim_reopened", claim, at)
    return claim


@service
def mark_paid(*, claim_id: UUID, actor: Any, at: datetime) -> Claim:
    """The bank has paid it; hearing it twice changes nothing (payments.hear)."""
    claim = lock(claim_id)
    if claim.state == ClaimState.PAID:
        return claim
    _move(claim, "pay", actor, at, also=())
    assert claim.commitment is not None
    claim.commitment.move("pay", by=actor_or_none(actor), at=at, also=("updated_at",))
    messages.tell("claim_paid", claim, at)
    return claim


def hear_paid(claim_id: UUID, payment: Payment, actor: Any, at: datetime) -> None:
    """What `payments.hear` calls for "claim:<id>"."""
    mark_paid(claim_id=claim_id, actor=actor, at=at)


@service
def come_back(*, claim_id: UUID, actor: Any, at: datetime) -> Claim:
    """The bank did not pay it, or sent it back: it is owed again, and the person hears why.

    The payment that replaces the old one pays it; nothing has to be decided again.
    """
    claim = lock(claim_id)
    if claim.state == ClaimState.PAID:
        _move(claim, "come_back", actor, at, also=())
        assert claim.commitment is not None
        claim.commitment.move("come_back", by=actor_or_none(actor), at=at, also=("updated_at",))
    messages.tell("claim_came_back", claim, at)
    return claim


def hear_came_back(claim_id: UUID, payment: Payment, actor: Any, at: datetime) -> None:
    """The other one."""
    come_back(claim_id=claim_id, actor=actor, at=at)
