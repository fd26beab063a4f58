"""The rules of money as a small model in memory, written from money-rules.md and not from the code.

It knows lots, holds and what stands on each kind of account; tests/funding/books_model.py adds what
becomes of owed money. What the services did to the database must look the same here after every
step (tests/funding/test_money_machine.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from stars.common.dates import add_months, riga_date, start_of_day

LIVE = ("active", "accumulated")
# Owed to whoever is paid, and what came after that.
OWED = ("captured", "payable", "payable_held", "paid")
FULL, CEILING = Decimal(500), Decimal(1000)
SOURCE_ENDS = start_of_day(date(2026, 7, 1))
DUE = (date(2024, 12, 9), date(2025, 6, 9), date(2025, 12, 9))
ZERO = Decimal(0)


@dataclass(eq=False)
class Lot:
    """Money with a term; `round` is None for one that gives money back (rule 7)."""

    key: Any
    amount: Decimal
    free: Decimal
    ends_at: datetime
    round: int | None
    state: str = "active"


@dataclass(eq=False)
class Hold:
    """Money of one application or claim, from lots or from the pool."""

    key: Any
    price: Decimal
    parts: list[tuple[Lot, Decimal]]
    state: str = "held"
    from_pool: Decimal = ZERO
    of_claim: bool = False
    captured_at: datetime | None = None

    @property
    def support(self) -> Decimal:
        """EUR from the source."""
        return self.from_pool + self.from_lots

    @property
    def from_lots(self) -> Decimal:
        """EUR of the person's own money."""
        return sum((amount for _lot, amount in self.parts), ZERO)


@dataclass(eq=False)
class Purse:
    """One person."""

    account: Any
    lots: list[Lot] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)

    def usable(self, now: datetime) -> list[Lot]:
        """Soonest ending first; of those that end together by key, as the database says."""
        return sorted(
            (lot for lot in self.lots if lot.state in LIVE and lot.ends_at > now and lot.free),
            key=lambda lot: (lot.ends_at, str(lot.key)),
        )

    def of(self, lot: Lot, *states: str) -> list[Hold]:
        """Holds in one of `states` that took from `lot`."""
        return [h for h in self.holds if h.state in states and any(x is lot for x, _ in h.parts)]


class Model:
    """Everything the ledger should say."""

    def __init__(self, pool: Decimal) -> None:
        self.authorised, self.pool, self.owed = pool, pool, ZERO
        self.purses: list[Purse] = []

    def sums(self) -> dict[str, Decimal]:
        """EUR on all accounts of each kind."""
        lots = (lot.free for purse in self.purses for lot in purse.lots)
        holds = (h.support for purse in self.purses for h in purse.holds if h.state == "held")
        return {
            "appropriation": -self.authorised,
            "pool": self.pool,
            "lot": sum(lots, ZERO),
            "commitment": sum(holds, ZERO),
            "payable": self.owed,
        }

    # --- Rounds (rules 1–6) ---

    def grants(self, number: int, purse: Purse) -> Decimal:
        """EUR that the round gives this person now; zero for nothing."""
        own = [lot for lot in purse.lots if lot.round is not None]
        if any(lot.round == number for lot in own):
            return ZERO
        earlier = [lot for lot in own if lot.state != "declined"]
        if len(earlier) > 1 or (earlier and not self._again(number, purse, earlier[0])):
            return ZERO
        has = sum((lot.free for lot in purse.lots if lot.state in LIVE), ZERO)
        has += sum((h.from_lots for h in purse.holds if h.state == "held"), ZERO)
        return max(ZERO, min(FULL, CEILING - has))

    def _again(self, number: int, purse: Purse, first: Lot) -> bool:
        """Rule 3: directly after the first, kept, or used with the training completed."""
        if first.round != number - 1:
            return False
        if first.state == "accumulated":
            return True
        learning = bool(purse.of(first, "held"))
        return first.state in ("active", "used_up") and (
            bool(purse.of(first, *OWED)) and not learning
        )

    def give(self, purse: Purse, key: Any, number: int, amount: Decimal) -> None:
        """A grant of the round."""
        ends = min(start_of_day(add_months(DUE[number], 6)), SOURCE_ENDS)
        self.pool -= amount
        purse.lots.append(Lot(key, amount, amount, ends, number))

    def expire(self, now: datetime) -> None:
        """Rule 6: the free part goes, the held part stays."""
        for purse in self.purses:
            for lot in purse.lots:
                if lot.state in LIVE and lot.ends_at <= now:
                    self.pool += lot.free
                    lot.free = ZERO
                    used = purse.of(lot, "held", *OWED)
                    lot.state = "used_up" if used else "annulled"

    def may_keep(self, lot: Lot, now: datetime) -> bool:
        """Rule 5: before the end, once, while something is left."""
        return (
            lot.state == "active" and lot.ends_at > now and lot.free > 0 and lot.round is not None
        )

    def keep(self, lot: Lot) -> None:
        """Six more months from the due date, never beyond the source."""
        assert lot.round is not None
        longer = min(start_of_day(add_months(DUE[lot.round], 12)), SOURCE_ENDS)
        lot.ends_at, lot.state = max(lot.ends_at, longer), "accumulated"

    def may_decline(self, lot: Lot, now: datetime) -> bool:
        """Only untouched money can be given back."""
        return lot.state in LIVE and lot.ends_at > now and lot.free == lot.amount

    def decline(self, lot: Lot) -> None:
        """The money returns to the pool."""
        self.pool += lot.free
        lot.free, lot.state = ZERO, "declined"

    # --- One application (rules 7, 8, 17, 18) ---

    def draw(self, purse: Purse, price: Decimal, now: datetime) -> list[tuple[Lot, Decimal]]:
        """What would be taken from which lot."""
        parts, rest = [], price
        for lot in purse.usable(now):
            take = min(lot.free, rest)
            if take:
                parts.append((lot, take))
                rest -= take
        return parts

    def hold(self, purse: Purse, key: Any, price: Decimal, now: datetime) -> None:
        """Take it."""
        purse.holds.append(Hold(key, price, self.take(purse, price, now)))

    def take(self, purse: Purse, price: Decimal, now: datetime) -> list[tuple[Lot, Decimal]]:
        """From the lots; returns how much of which."""
        parts = self.draw(purse, price, now)
        for lot, amount in parts:
            lot.free -= amount
        return parts

    def capture(self, purse: Purse, hold: Hold, now: datetime) -> None:
        """Owed to the provider; a lot with nothing free and nothing held is used up."""
        hold.state, hold.captured_at = "captured", now
        self.owed += hold.support
        for lot, _amount in hold.parts:
            if lot.state in LIVE and not lot.free and not purse.of(lot, "held"):
                lot.state = "used_up"

    def release(self, purse: Purse, hold: Hold, own_will: bool, now: datetime) -> Decimal:
        """Back to the same lots; EUR whose lots have ended come back as returned, or are lost."""
        hold.state = "released"
        self.pool += hold.from_pool
        late = ZERO
        for lot, amount in hold.parts:
            if lot.ends_at > now and lot.state in LIVE:
                lot.free += amount
            else:
                late += amount
        for lot, _amount in hold.parts:
            ended = lot.state == "used_up" and lot.ends_at <= now
            if ended and not purse.of(lot, "held", *OWED):
                lot.state = "annulled"
        if own_will or replacement_end(now) <= now:
            self.pool += late
            return ZERO
        return late

    def forfeit(self, hold: Hold) -> None:
        """The held part and the free rest of its lots are lost (rule 8)."""
        hold.state = "forfeited"
        self.pool += hold.support
        for lot, _amount in hold.parts:
            self.pool += lot.free
            lot.free = ZERO
            if lot.state != "declined":
                lot.state = "forfeited"


def replacement_end(now: datetime) -> datetime:
    """60 whole days, at most to the end of the source (rule 7)."""
    return min(start_of_day(riga_date(now) + timedelta(days=61)), SOURCE_ENDS)
