"""A person's account from one day to another: what was there, every movement, what is there.

Computed from the movements alone, so that opening + changes = closing for every grant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from funding.models import Grant
from funding.selectors import last_usable_day
from funding.selectors_account import grants_of
from funding.selectors_movements import Movement, movements
from learning_accounts.models import LearningAccount
from stars.common.dates import riga_date
from stars.common.errors import Invalid
from stars.common.money import ZERO


@dataclass(frozen=True)
class LotBalance:
    """One grant in the period. EUR; `last_day` is None when nothing of it was left to end."""

    granted_on: date
    granted: Decimal
    cut: Decimal
    opening: Decimal
    change: Decimal
    closing: Decimal
    last_day: date | None


@dataclass(frozen=True)
class AccountStatement:
    """The account from `first` to `last` (days in Riga, both included). EUR."""

    first: date
    last: date
    opening: Decimal
    closing: Decimal
    held_opening: Decimal
    held_closing: Decimal
    lots: list[LotBalance]
    # Oldest first.
    movements: list[Movement]

    @property
    def change(self) -> Decimal:
        """What the period changed of the free money."""
        return self.closing - self.opening

    @property
    def ending(self) -> list[LotBalance]:
        """What ends when: grants with free money at the end of the period, the soonest first."""
        live = [lot for lot in self.lots if lot.last_day]
        return sorted(live, key=lambda lot: (lot.last_day, lot.granted_on))


def account_statement(
    account: LearningAccount, *, first: date, last: date, today: date
) -> AccountStatement:
    """The statement of one account as it stands on `today` (Riga); four queries, whatever is in it.

    `Invalid` where the days are the wrong way round or the last one is still to come.
    """
    if first > last:
        raise Invalid(_("The first day comes after the last one."), code="period", field="first")
    if last > today:
        raise Invalid(_("This day is still to come."), code="future", field="last")
    history = movements(account)[::-1]
    grants = list(grants_of(account).order_by("granted_at", "pk"))
    return _between(grants, history, first, last)


def _between(
    grants: Sequence[Grant], history: Sequence[Movement], first: date, last: date
) -> AccountStatement:
    before = [m for m in history if riga_date(m.at) < first]
    within = [m for m in history if first <= riga_date(m.at) <= last]
    opening = before[-1].balance if before else ZERO
    held = before[-1].held_balance if before else ZERO
    seen = [grant for grant in grants if riga_date(grant.granted_at) <= last]
    lots = [_lot(grant, before, within, last) for grant in seen]
    return AccountStatement(
        first=first,
        last=last,
        opening=opening,
        closing=opening + sum((m.amount for m in within), ZERO),
        held_opening=held,
        held_closing=held + sum((m.held for m in within), ZERO),
        # What was over before the period began is not repeated.
        lots=[lot for lot in lots if lot.opening or lot.change or lot.granted_on >= first],
        movements=within,
    )


def _lot(
    grant: Grant, before: Sequence[Movement], within: Sequence[Movement], last: date
) -> LotBalance:
    opening = _sum(before, grant.pk)
    change = _sum(within, grant.pk)
    closing = opening + change
    return LotBalance(
        granted_on=riga_date(grant.granted_at),
        granted=grant.amount,
        cut=grant.cut,
        opening=opening,
        change=change,
        closing=closing,
        last_day=_last_day(grant, last) if closing else None,
    )


def _sum(rows: Sequence[Movement], grant_id: UUID) -> Decimal:
    return sum((m.lots.get(grant_id, ZERO) for m in rows), ZERO)


def _last_day(grant: Grant, on: date) -> date:
    """The last usable day as it was known on that day: keeping it came later or not."""
    kept_later = grant.accumulated_at is not None and riga_date(grant.accumulated_at) > on
    return last_usable_day(grant.round.ends_at if kept_later else grant.ends_at)
