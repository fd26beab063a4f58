"""New rules for a scheme: a new version, never a change of an old one (FUN-3, rule 11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Avg, Count, Q, Sum
from django.utils.translation import gettext_lazy as _

from funding.criteria import CRITERIA, CriteriaSet, FactAmong, WrongCriteria
from funding.enums import AccountKind, CommitmentState, RoundState, SchemeKind
from funding.models import (
    AidMonth,
    AllocationRound,
    Commitment,
    LedgerAccount,
    PolicyVersion,
    Scheme,
)
from funding.rules.completeness import check
from funding.rules.grants import window_end
from funding.rules.terms import Terms, WrongTerms, used_by
from learning_accounts.enums import AccountState
from learning_accounts.models import LearningAccount
from stars.common import formats
from stars.common.dates import add_months, riga_date, start_of_day
from stars.common.errors import Conflict, Invalid
from stars.common.money import ZERO, round_euro, share_of
from stars.common.permissions import actor_or_none, require
from stars.common.transactions import service

MONTHS = 12  # of use that a preview looks back on
LEAVES_OUT = (CommitmentState.RELEASED, CommitmentState.FORFEITED)


@dataclass(frozen=True)
class Preview:
    """What a new version would change. Accounts are counted, amounts are EUR.

    `cost` is what one round would promise at most, or what the last twelve months of use would
    have cost, under the version that holds now and under the new one.
    """

    accounts: int
    eligible_before: int
    eligible: int
    gain: int
    lose: int
    served_before: int
    served: int
    cost_before: Decimal
    cost: Decimal
    available: Decimal
    rounds: tuple[str, ...] = ()
    previous: PolicyVersion | None = None
    terms: Terms = field(default_factory=Terms)


@service
def write_version(
    *,
    scheme_id: UUID,
    valid_from: date,
    terms: Mapping[str, Any],
    criteria: Sequence[Mapping[str, Any]],
    why: str,
    actor: Any,
    at: datetime,
    assumptions: Sequence[str] = (),
) -> PolicyVersion:
    """Write the next version of a scheme's rules, in force from `valid_from` (Europe/Riga).

    The version before ends the day before; what it granted keeps it (rule 11). Planned rounds that
    are due later follow the new one. Every parameter is stored, defaults too.

    Raises `WrongTerms`, `WrongCriteria`, `Invalid` for a day in the past or after the source, and
    `Conflict` where a version begins on that day or later.
    """
    scheme = (
        Scheme.objects.select_for_update(of=("self",)).select_related("source").get(pk=scheme_id)
    )
    require(actor, "funding.write_policy", scheme)
    read, conditions = _read(scheme, terms, criteria)
    if not why.strip():
        raise Invalid(_("Say what the new version is for."), code="why", field="why")
    previous = _before(scheme, valid_from, at)
    if previous is not None and (previous.valid_to is None or previous.valid_to > valid_from):
        previous.valid_to = valid_from
        previous.save(update_fields=["valid_to"])
    numbers = scheme.versions.order_by("-number").values_list("number", flat=True)
    version = PolicyVersion.objects.create(
        scheme=scheme,
        number=(numbers.first() or 0) + 1,
        valid_from=valid_from,
        terms=read.as_data(used_by(scheme.kind)),
        criteria=conditions,
        assumptions=list(assumptions),
        why=why.strip(),
        author=actor_or_none(actor),
    )
    for this in _later_rounds(scheme, valid_from).select_for_update(no_key=True, of=("self",)):
        assert read.term_months is not None
        this.policy = version
        this.ends_at = window_end(this.due_on, read.term_months, scheme.source.ends_on)
        this.cap = read.round_cap if read.round_cap is not None else this.cap
        this.save(update_fields=["policy", "ends_at", "cap", "updated_at"])
    return version


def preview_version(
    *,
    scheme_id: UUID,
    valid_from: date,
    terms: Mapping[str, Any],
    criteria: Sequence[Mapping[str, Any]],
    at: datetime,
) -> Preview:
    """Whom the new rules would reach and what they would cost, beside those that hold now.

    Nothing is written. Raises what `write_version` raises for the same input. One statement counts
    the accounts; facts are those of today, ages those of the day it begins.
    """
    scheme = Scheme.objects.select_related("source").get(pk=scheme_id)
    read, conditions = _read(scheme, terms, criteria)
    previous = _before(scheme, valid_from, at)
    after = CriteriaSet.read(conditions, scheme.pk).as_q(valid_from)
    before = CriteriaSet.of(previous).as_q(valid_from) if previous else Q(pk__in=[])
    old = Terms.read(previous.terms) if previous else Terms()
    asked = Q(pk__in=_asked(at))
    counted = LearningAccount.objects.filter(
        state=AccountState.ACTIVE, person__deceased=False
    ).aggregate(
        accounts=Count("pk"),
        eligible_before=Count("pk", filter=before),
        eligible=Count("pk", filter=after),
        gain=Count("pk", filter=after & ~Q(pk__in=_keys(before))),
        lose=Count("pk", filter=before & ~Q(pk__in=_keys(after))),
        served_before=Count("pk", filter=before & asked if old.requested else before),
        served=Count("pk", filter=after & asked if read.requested else after),
    )
    places = LedgerAccount.objects.filter(source=scheme.source_id, kind=AccountKind.POOL)
    return Preview(
        **counted,
        cost_before=_cost(scheme, old, counted["served_before"], at) if previous else ZERO,
        cost=_cost(scheme, read, counted["served"], at),
        available=places.aggregate(sum=Sum("balance"))["sum"] or ZERO,
        rounds=tuple(
            _later_rounds(scheme, valid_from).order_by("due_on").values_list("code", flat=True)
        ),
        previous=previous,
        terms=read,
    )


def _keys(condition: Q) -> Any:
    return LearningAccount.objects.filter(condition).values("pk")


def _asked(at: datetime) -> Any:
    waiting = LearningAccount.objects.filter(
        standing_requests__ended_at__isnull=True, standing_requests__asked_at__lte=at
    )
    return waiting.values("pk")


def _read(
    scheme: Scheme, terms: Mapping[str, Any], criteria: Sequence[Mapping[str, Any]]
) -> tuple[Terms, list[dict[str, Any]]]:
    read = check(scheme.kind, terms)
    CriteriaSet.read(criteria)
    try:
        CriteriaSet.read(read.priority)
    except WrongCriteria as error:
        raise WrongTerms(error.message, field="priority") from error
    for name in read.exempt:
        if name not in CRITERIA or _takes_values(name):
            raise WrongTerms(
                _("“%(value)s” is not one of the choices.") % {"value": name}, field="exempt"
            )
    return read, [dict(entry) for entry in criteria]


def _takes_values(name: str) -> bool:
    """Whether the criterion says nothing without parameters."""
    cls = CRITERIA[name]
    if issubclass(cls, FactAmong):
        return not cls().accepted()
    return name == "any_of"


def _before(scheme: Scheme, valid_from: date, at: datetime) -> PolicyVersion | None:
    """The version that a new one follows; refuses what would change the past or overlap."""
    if valid_from < riga_date(at):
        raise Invalid(
            _("New rules cannot begin in the past: choose today or a later day."),
            code="past",
            field="valid_from",
        )
    if valid_from > scheme.source.ends_on:
        raise Invalid(
            _("The project ends before that day."), code="after_source", field="valid_from"
        )
    latest = scheme.versions.order_by("-valid_from").first()
    if latest is not None and latest.valid_from >= valid_from:
        first = latest.valid_from + timedelta(days=1)
        raise Conflict(
            _("Version %(number)s begins on %(day)s. A new one can begin on %(first)s or later.")
            % {"number": latest.number, "day": _day(latest.valid_from), "first": _day(first)},
            code="overlap",
            field="valid_from",
        )
    return latest


def _day(day: date) -> str:
    return formats.day(day, formats.language(), year=True)


def _later_rounds(scheme: Scheme, valid_from: date) -> Any:
    rounds = AllocationRound.objects.filter(
        policy__scheme=scheme, state=RoundState.PLANNED, due_on__gte=valid_from
    )
    return rounds.order_by("pk")


def _cost(scheme: Scheme, terms: Terms, served: int, at: datetime) -> Decimal:
    """EUR that one round would promise, or that a year of use like the last one would cost."""
    if scheme.kind == SchemeKind.ALLOCATION:
        promised = (terms.amount or ZERO) * served
        return promised if terms.round_cap is None else min(promised, terms.round_cap)
    since = start_of_day(add_months(riga_date(at), -MONTHS))
    used = Commitment.objects.filter(policy__scheme=scheme, held_at__gte=since).exclude(
        state__in=LEAVES_OUT
    )
    if scheme.kind == SchemeKind.STIPEND:
        return (terms.amount or ZERO) * _months_of_aid(scheme, since)
    share = Decimal(1) if terms.share is None else terms.share
    sums = used.aggregate(sum=Sum("price"), mean=Avg("price"), n=Count("pk"))
    if terms.refund_ceiling is None:
        return share_of(sums["sum"] or ZERO, share)[0]
    one = min((sums["mean"] or ZERO) * share, terms.refund_ceiling)
    return round_euro(one * sums["n"])


def _months_of_aid(scheme: Scheme, since: datetime) -> int:
    paid = AidMonth.objects.filter(request__policy__scheme=scheme, month__gte=riga_date(since))
    return paid.filter(amount__gt=0).count()
