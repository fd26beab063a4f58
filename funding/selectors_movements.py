"""The history of one person's money in words: what happened to each euro (ILA-4).

Every line is one posting, so that sums over lines are sums over the ledger; a choice that moved
nothing has a line as well.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from funding.enums import AccountKind, PostingKind
from funding.models import Commitment, Grant, Posting, Transfer
from funding.rules.terms import Terms
from learning_accounts.models import LearningAccount
from stars.common import formats
from stars.common.dates import riga_date
from stars.common.money import ZERO

KEPT = "accumulate"


@dataclass(frozen=True)
class Movement:
    """One line of the account's history. EUR.

    `amount` is what it changed of the free money, `lots` the same for each grant, `held` what it
    changed of the reserved money; `balance` and `held_balance` are what was there afterwards.
    """

    at: datetime
    text: str | Promise
    params: dict[str, Any]
    amount: Decimal
    kind: str
    lots: Mapping[UUID, Decimal] = field(default_factory=dict)
    held: Decimal = ZERO
    balance: Decimal = ZERO
    held_balance: Decimal = ZERO

    @property
    def sentence(self) -> str:
        """The text with its values, in the language of the page."""
        language = formats.language()

        def written(value: Any) -> Any:
            if isinstance(value, Decimal):
                return formats.money(value, language)
            if isinstance(value, datetime):
                last = riga_date(value) - timedelta(days=1)
                return formats.day(last, language, "dative", year=True)
            if isinstance(value, Commitment):
                return value.title
            return value

        return str(self.text) % {key: written(value) for key, value in self.params.items()}


@dataclass
class _Entry:
    """What one posting did to the money of one person."""

    posting: Posting
    lots: dict[UUID, Decimal] = field(default_factory=dict)
    held: Decimal = ZERO
    commitment: Commitment | None = None
    from_pool: Decimal = ZERO
    to_pool: Decimal = ZERO
    owed: Decimal = ZERO

    @property
    def amount(self) -> Decimal:
        return sum(self.lots.values(), ZERO)


def movements(account: LearningAccount) -> list[Movement]:
    """Every change of the money, newest first, in words; three queries.

    A posting may touch several lots; the person sees it as one line.
    """
    grants = {
        grant.ledger_account_id: grant
        for grant in Grant.objects.filter(account=account).select_related("policy", "round")
    }
    lots = {grant.pk: grant for grant in grants.values()}
    commitments = {
        row.ledger_account_id: row
        for row in Commitment.objects.filter(account=account).select_related(
            "offer__version", "claim__what"
        )
    }
    entries = _entries(grants, commitments)
    drawn = {
        entry.commitment.pk
        for entry in entries
        if entry.commitment and entry.lots and entry.posting.kind == PostingKind.HOLD
    }
    told = [_told(entry, lots, drawn) for entry in entries]
    told += [_kept(grant) for grant in lots.values() if grant.accumulated_at]
    result, free, held = [], ZERO, ZERO
    left: dict[UUID, Decimal] = defaultdict(lambda: ZERO)
    # The order of writing holds among what happened at one moment.
    for movement in sorted(told, key=lambda m: m.at):
        free, held = free + movement.amount, held + movement.held
        for grant_id, change in movement.lots.items():
            left[grant_id] += change
        params = movement.params
        if movement.kind == KEPT:
            params = params | {"amount": left[next(iter(movement.lots))]}
        result.append(replace(movement, params=params, balance=free, held_balance=held))
    return result[::-1]


def _entries(grants: dict[int, Grant], commitments: dict[int, Commitment]) -> list[_Entry]:
    """The postings that touched these places, in the order of their effect."""
    places = [*grants, *commitments]
    transfers = (
        Transfer.objects.filter(Q(debit__in=places) | Q(credit__in=places))
        .select_related("posting", "debit", "credit")
        .order_by("posting__effective_at", "posting__booked_at", "pk")
    )
    entries: dict[UUID, _Entry] = {}
    for transfer in transfers:
        entry = entries.setdefault(transfer.posting_id, _Entry(transfer.posting))
        sides = ((transfer.debit, -transfer.amount), (transfer.credit, transfer.amount))
        for place, change in sides:
            if grant := grants.get(place.pk):
                entry.lots[grant.pk] = entry.lots.get(grant.pk, ZERO) + change
            elif commitment := commitments.get(place.pk):
                entry.held += change
                entry.commitment = commitment
        if transfer.debit.kind == AccountKind.POOL:
            entry.from_pool += transfer.amount
        if transfer.credit.kind in (AccountKind.POOL, AccountKind.FORFEITED):
            entry.to_pool += transfer.amount
        if transfer.credit.kind == AccountKind.PAYABLE:
            entry.owed += transfer.amount
    return list(entries.values())


def _told(entry: _Entry, lots: dict[UUID, Grant], drawn: set[UUID]) -> Movement:
    text, params = _words(entry, lots, drawn)
    return Movement(
        at=entry.posting.effective_at,
        text=text,
        params=params,
        amount=entry.amount,
        kind=entry.posting.kind,
        lots=entry.lots,
        held=entry.held,
    )


Words = tuple[str | Promise, dict[str, Any]]


def _words(entry: _Entry, lots: dict[UUID, Grant], drawn: set[UUID]) -> Words:
    """What to say about a posting; `drawn` are the commitments that lots pay for."""
    match entry.posting.kind:
        case PostingKind.GRANT:
            return _granted(entry, lots)
        case PostingKind.HOLD:
            return _held(entry)
        case PostingKind.RELEASE:
            return _released(entry, lots, drawn)
        case PostingKind.CAPTURE | PostingKind.STAGE:
            return _owed(entry)
        case PostingKind.FORFEIT:
            return _forfeited(entry)
        case PostingKind.ANNUL:
            return _("The time to use this money ended, so it left your account."), {}
        case PostingKind.DECLINE:
            return _("You gave this money back."), {}
        case _:
            return _("A correction."), {}


def _granted(entry: _Entry, lots: dict[UUID, Grant]) -> Words:
    grant = lots[next(iter(entry.lots))]
    if not grant.cut:
        return _("You received money for training."), {}
    return _(
        "You received money for training. %(cut)s were not given: what you can use and what is"
        " reserved is never more than %(ceiling)s together."
    ), {"cut": grant.cut, "ceiling": Terms.read(grant.policy.terms).ceiling}


def _held(entry: _Entry) -> Words:
    params = {"title": entry.commitment}
    if entry.lots:
        text = _(
            "We set money aside for “%(title)s”. If you withdraw before the start, it comes back."
        )
        return text, params
    return _("The project set aside %(amount)s for “%(title)s”."), params | {"amount": entry.held}


def _released(entry: _Entry, lots: dict[UUID, Grant], drawn: set[UUID]) -> Words:
    """Back to the lots, as a lot with a new term, or gone since the term had ended (rule 7)."""
    params: dict[str, Any] = {"title": entry.commitment, "amount": -entry.held}
    new = next((lots[pk] for pk in entry.lots if lots[pk].replaces_id), None)
    if new is not None:
        return _(
            "The money set aside for “%(title)s” came back. %(new)s of it have a new term, since"
            " the old one had ended: until %(until)s."
        ), params | {"new": new.amount, "until": new.ends_at}
    if entry.lots and entry.to_pool:
        return _(
            "A part of the money set aside for “%(title)s” came back. The term of %(lost)s had"
            " ended, so they were annulled."
        ), params | {"lost": entry.to_pool}
    if entry.lots:
        return _("The money set aside for “%(title)s” came back to your account."), params
    if entry.commitment is not None and entry.commitment.pk in drawn:
        return _(
            "You left “%(title)s” after the term had ended, so its money was annulled."
        ), params
    return _("The project took back %(amount)s set aside for “%(title)s”."), params


def _owed(entry: _Entry) -> Words:
    params = {"title": entry.commitment, "amount": entry.owed}
    if entry.commitment is not None and entry.commitment.offer_id is None:
        return _("“%(title)s” was recognised. We pay %(amount)s back to you."), params
    if entry.posting.kind == PostingKind.STAGE:
        return _("You completed a part of “%(title)s”. We pay %(amount)s to the provider."), params
    return _("You completed “%(title)s”. We pay %(amount)s to the provider."), params


def _forfeited(entry: _Entry) -> Words:
    params = {"title": entry.commitment, "amount": -entry.held, "free": -entry.amount}
    if entry.amount:
        return _(
            "You stopped “%(title)s”. You lost %(amount)s reserved for it and %(free)s of the same"
            " money that were still free."
        ), params
    return _("You stopped “%(title)s”. You lost %(amount)s reserved for it."), params


def _kept(grant: Grant) -> Movement:
    """Keeping a lot moves no money."""
    assert grant.accumulated_at is not None
    return Movement(
        at=grant.accumulated_at,
        text=_("You chose to keep %(amount)s for one more period, until %(until)s."),
        params={"until": grant.ends_at},
        amount=ZERO,
        kind=KEPT,
        lots={grant.pk: ZERO},
    )
