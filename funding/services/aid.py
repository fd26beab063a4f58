"""Stipends, travel and housing costs: asked for, decided, and counted by the month (FUN-11).

Hours come from enrolments as evidence; funding knows no timetable. What a month gives is paid
through a list that two people approve (services.aid_lists).
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from funding import messages_aid as messages
from funding.enums import AidKind, AidState, CommitmentState
from funding.models import AidMonth, AidRequest, Commitment
from funding.rules.aid import amount_of_month, month_of
from funding.rules.terms import Terms
from funding.selectors_aid import policies_for
from funding.services import bank_accounts
from learning_accounts.models import LearningAccount
from stars.common.dates import add_months, riga_date
from stars.common.errors import Conflict, Invalid
from stars.common.money import ZERO, euro
from stars.common.permissions import actor_or_none, require
from stars.common.transactions import service

_LEARNS = (CommitmentState.HELD,)


def lock(request_id: UUID) -> AidRequest:
    """A request in the written order: learning account, then the request (docs/locking.md)."""
    account_id = AidRequest.objects.values_list("commitment__account_id", flat=True).get(
        pk=request_id
    )
    LearningAccount.objects.select_for_update(no_key=True).get(pk=account_id)
    return (
        AidRequest.objects.select_for_update(no_key=True, of=("self",))
        .select_related("commitment__account__person__user", "commitment__source", "policy")
        .get(pk=request_id)
    )


@service
def ask(
    *,
    commitment_id: UUID,
    kind: str,
    monthly: Decimal | None,
    iban: str,
    holder: str,
    actor: Any,
    at: datetime,
) -> AidRequest:
    """Ask for monthly aid of one kind (AidKind) for a training whose source has it for its type.

    A stipend is the policy's amount; of travel and housing costs `monthly` EUR are asked for, at
    most the policy's. It is paid to `iban` of `holder`. Raises `Conflict` where there is no such
    aid, it was asked for already or the training is over; `Invalid` with the field.
    """
    account_id = Commitment.objects.values_list("account_id", flat=True).get(pk=commitment_id)
    LearningAccount.objects.select_for_update(no_key=True).get(pk=account_id)
    commitment = (
        Commitment.objects.select_for_update(no_key=True, of=("self",))
        .select_related("account__person__user", "offer__version__type")
        .get(pk=commitment_id)
    )
    require(actor, "funding.ask_aid", commitment)
    if commitment.state not in _LEARNS:
        raise Conflict(_("This training is over."), code="over")
    policy = policies_for(commitment, at).get(kind)
    if policy is None:
        raise Conflict(_("The project does not pay this for your training."), code="no_aid")
    if _living(commitment.pk, kind).exists():
        raise Conflict(_("You have already asked for this."), code="asked")
    bank = bank_accounts.record(account_id=account_id, iban=iban, holder=holder, actor=actor, at=at)
    request = AidRequest.objects.create(
        commitment=commitment,
        policy=policy,
        kind=AidKind(kind),
        monthly=_monthly(kind, monthly, Terms.read(policy.terms)),
        bank_account=bank,
        asked_at=at,
    )
    request.log_birth(by=actor_or_none(actor), at=at)
    return request


def _living(commitment_id: UUID, kind: str) -> QuerySet[AidRequest]:
    states = (AidState.ASKED, AidState.APPROVED)
    return AidRequest.objects.filter(commitment=commitment_id, kind=kind, state__in=states)


def living(request: AidRequest) -> QuerySet[AidRequest]:
    """What was asked for the same kind and training since and is not over: one at most."""
    return _living(request.commitment_id, request.kind)


def _monthly(kind: str, monthly: Decimal | None, terms: Terms) -> Decimal:
    ceiling = terms.amount or ZERO
    if kind == AidKind.STIPEND:
        return ceiling
    if monthly is None or euro(monthly) <= 0:
        raise Invalid(_("Write how much you pay a month."), code="monthly", field="monthly")
    return min(euro(monthly), ceiling)


@service
def approve(*, request_id: UUID, actor: Any, at: datetime) -> AidRequest:
    """The agency agrees: months are counted from the one in which it was asked for."""
    return _decide(request_id, "approve", "", actor, at)


@service
def refuse(*, request_id: UUID, reason: str, actor: Any, at: datetime) -> AidRequest:
    """The agency refuses, with the reason that the person will read (`Invalid` without one)."""
    return _decide(request_id, "refuse", reason, actor, at)


def _decide(request_id: UUID, what: str, reason: str, actor: Any, at: datetime) -> AidRequest:
    request = lock(request_id)
    require(actor, "funding.decide_aid", request)
    if what == "refuse" and not reason.strip():
        raise Invalid(_("Write the reason: the person will read it."), code="note", field="note")
    request.decided_at, request.decided_by = at, actor_or_none(actor)
    request.reason = reason.strip()
    request.move(
        what,
        by=actor_or_none(actor),
        at=at,
        note=reason.strip(),
        also=("decided_at", "decided_by", "reason", "updated_at"),
    )
    messages.tell("aid_approved" if what == "approve" else "aid_refused", request, at)
    return request


@service
def approve_after_all(*, request_id: UUID, actor: Any, at: datetime) -> AidRequest:
    """A refusal was wrong (services.appeals): the same request once more, and approved.

    The refused one stays as it is; months count from the one in which it was asked for. Raises
    `Conflict` where it was not refused, or where the person has asked again since.
    """
    refused = lock(request_id)
    require(actor, "funding.decide_aid", refused)
    if refused.state != AidState.REFUSED:
        raise Conflict(_("This request was not refused."), code="not_refused")
    if living(refused).exists():
        raise Conflict(
            _("The person has asked again since: decide about that request."), code="asked"
        )
    again = AidRequest.objects.create(
        commitment_id=refused.commitment_id,
        policy_id=refused.policy_id,
        kind=refused.kind,
        monthly=refused.monthly,
        bank_account_id=refused.bank_account_id,
        asked_at=refused.asked_at,
    )
    again.log_birth(by=actor_or_none(actor), at=at)
    return _decide(again.pk, "approve", "", actor, at)


@service
def end(*, request_id: UUID, reason: str, actor: Any, at: datetime) -> AidRequest:
    """No more months are counted: the person no longer wants it, or the training is over.

    What was counted stays and is paid. Ending it twice changes nothing.
    """
    request = lock(request_id)
    require(actor, "funding.end_aid", request)
    if request.state == AidState.ENDED:
        return request
    request.reason = reason.strip()
    request.move(
        "end", by=actor_or_none(actor), at=at, note=reason.strip(), also=("reason", "updated_at")
    )
    return request


@service
def count_month(
    *,
    request_id: UUID,
    month: date,
    hours_held: Decimal,
    hours_attended: Decimal,
    actor: Any,
    at: datetime,
) -> AidMonth | None:
    """Count a month that is over (its first day) from academic hours held and attended in it.

    The same hours again change nothing. Other hours change a month that is in no list yet; of a
    month that is, they make a difference for a later list. Returns the row that was written, or
    the one that stands. None for a month before the request. Raises `Invalid` for a month that is
    not over and for hours that cannot be.
    """
    request = lock(request_id)
    require(actor, "funding.decide_aid", request)
    if request.state not in (AidState.APPROVED, AidState.ENDED):
        raise Conflict(_("Only months of an approved request count."), code="not_approved")
    if month.day != 1 or add_months(month, 1) > riga_date(at):
        raise Invalid(_("This month is not over yet."), code="month", field="month")
    if not 0 <= hours_attended <= hours_held:
        raise Invalid(_("Nobody attends more hours than were held."), code="hours")
    if month < month_of(riga_date(request.asked_at)):
        return None
    required = Terms.read(request.policy.terms).attendance_required
    amount = amount_of_month(request.monthly, hours_held, hours_attended, required)
    rows = AidMonth.objects.filter(request=request, month=month).order_by("corrects_id", "pk")
    known = list(rows.select_for_update(no_key=True))
    hours = {"hours_held": hours_held, "hours_attended": hours_attended}
    first = next((row for row in known if row.corrects_id is None), None)
    if first is None:
        return AidMonth.objects.create(request=request, month=month, amount=amount, **hours)
    if first.aid_list_id is None:
        return _rewrite(first, amount, hours)
    return _difference(first, [row for row in known if row is not first], amount, hours)


def _rewrite(row: AidMonth, amount: Decimal, hours: dict[str, Decimal]) -> AidMonth:
    """A row that stands in no list yet."""
    row.amount, row.hours_held, row.hours_attended = amount, *hours.values()
    row.save(update_fields=["amount", "hours_held", "hours_attended", "updated_at"])
    return row


def _difference(
    first: AidMonth, corrections: list[AidMonth], amount: Decimal, hours: dict[str, Decimal]
) -> AidMonth:
    """What a listed month lacks or has too much; nothing where the hours change no amount."""
    listed = first.amount + sum((r.amount for r in corrections if r.aid_list_id), ZERO)
    waiting = next((row for row in corrections if row.aid_list_id is None), None)
    if waiting is not None:
        if amount == listed:
            waiting.delete()
            return first
        return _rewrite(waiting, amount - listed, hours)
    if amount == listed:
        return first
    return AidMonth.objects.create(
        request_id=first.request_id,
        month=first.month,
        corrects=first,
        amount=amount - listed,
        **hours,
    )
