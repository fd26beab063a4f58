"""What becomes of owed money, in memory: claims, statements, payments (FUN-10, FUN-12).

Written from the rules and not from the code, like the model that it adds to.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from stars.common.dates import riga_date, start_of_day
from tests.funding.money_model import OWED, ZERO, Hold, Model, Purse


@dataclass(eq=False)
class Claim:
    """One invoice of one person."""

    key: Any
    purse: Purse
    promised: Decimal
    own_money: bool
    sent_at: datetime
    state: str
    hold: Hold | None = None

    @property
    def holds(self) -> list[Hold]:
        """What its payment pays."""
        return [self.hold] if self.hold else []


@dataclass(eq=False)
class Difference:
    """Too much was owed for a training; EUR below zero."""

    key: Any
    hold: Hold
    amount: Decimal
    at: datetime


@dataclass(eq=False)
class Bill:
    """A statement of the provider."""

    key: Any
    holds: list[Hold]
    differences: list[Difference]
    state: str = "draft"

    @property
    def total(self) -> Decimal:
        """EUR to be paid."""
        lines = [hold.support for hold in self.holds] + [d.amount for d in self.differences]
        return sum(lines, ZERO)


@dataclass(eq=False)
class Payment:
    """One payment through the bank."""

    key: Any
    pays: Bill | Claim
    amount: Decimal
    state: str = "ready"


class Books(Model):
    """The model with everything that comes after "owed"."""

    def __init__(self, pool: Decimal) -> None:
        super().__init__(pool)
        self.stopped, self.paid = ZERO, ZERO
        self.claims: list[Claim] = []
        self.bills: list[Bill] = []
        self.differences: list[Difference] = []
        self.payments: list[Payment] = []

    def sums(self) -> dict[str, Decimal]:
        """EUR on all accounts of each kind."""
        return {**super().sums(), "payable_held": self.stopped, "paid": self.paid}

    # --- Claims (rule 13): in order of receipt, nobody overtakes ---

    def line(self) -> list[Claim]:
        """Who waits for money, the first one first."""
        waiting = [claim for claim in self.claims if claim.state == "waiting"]
        return sorted(waiting, key=lambda claim: (claim.sent_at, str(claim.key)))

    def send(self, claim: Claim, now: datetime) -> None:
        """Own money is there; the pool's goes to whoever came first."""
        reached = claim.own_money or (not self.line() and self.pool >= claim.promised)
        self.claims.append(claim)
        claim.state = "submitted" if reached else "waiting"
        if reached:
            self.set_aside(claim, claim.promised, now)

    def set_aside(self, claim: Claim, amount: Decimal, now: datetime) -> None:
        """Hold the money of a claim; its key is known once the database has one."""
        parts = self.take(claim.purse, amount, now) if claim.own_money else []
        hold = Hold(None, amount, parts, of_claim=True)
        hold.from_pool = ZERO if claim.own_money else amount
        hold.price = hold.support
        self.pool -= hold.from_pool
        claim.hold = hold
        claim.purse.holds.append(hold)

    def serve(self, now: datetime) -> list[Claim]:
        """The line moves on as far as the money goes; returns who was served."""
        served = []
        for claim in self.line():
            if self.pool < claim.promised:
                break
            claim.state = "submitted"
            self.set_aside(claim, claim.promised, now)
            served.append(claim)
        return served

    def can_reopen(self, claim: Claim, now: datetime) -> bool:
        """An appeal was right and there is money for it, whoever stands in line."""
        if claim.own_money:
            return bool(self.draw(claim.purse, claim.promised, now))
        return self.pool >= claim.promised

    # --- Statements ---

    def settled(self, hold: Hold) -> bool:
        """Whether it stands in a statement that was not cancelled."""
        return any(hold in bill.holds for bill in self.bills if bill.state != "cancelled")

    def open_bill(self) -> Bill | None:
        """The one that is not decided yet."""
        return next((bill for bill in self.bills if bill.state == "draft"), None)

    def collect(self, key: Any, now: datetime) -> Bill | None:
        """What was earned before this month and stands in no statement; None for nothing."""
        until = start_of_day(riga_date(now).replace(day=1))
        everybody = [hold for purse in self.purses for hold in purse.holds]
        holds = [
            hold
            for hold in everybody
            if hold.state == "captured" and not hold.of_claim and not self.settled(hold)
            if hold.captured_at is not None and hold.captured_at < until
        ]
        living = [bill for bill in self.bills if bill.state != "cancelled"]
        waiting = [
            one
            for one in self.differences
            if one.at < until and one.hold.state != "payable_held"
            if not any(one in bill.differences for bill in living)
        ]
        bill = Bill(key, holds, [])
        for one in sorted(waiting, key=lambda one: (one.at, str(one.key))):
            if bill.total + one.amount < 0:
                break  # the oldest first; what cannot be borne waits
            bill.differences.append(one)
        return bill if holds else None

    def approve(self, bill: Bill) -> None:
        """Two people agreed: differences change what is owed, the rest waits for its payment."""
        bill.state = "approved"
        for hold in bill.holds:
            hold.state = "payable"
        for one in bill.differences:
            self.owed += one.amount
            self.pool -= one.amount
        if not bill.total:
            self._paid(bill)

    def corrected(self, hold: Hold) -> Decimal:
        """EUR of all differences of a training."""
        return sum((one.amount for one in self.differences if one.hold is hold), ZERO)

    # --- On hold, and through the bank ---

    def stop(self, amount: Decimal) -> None:
        """From owed to on hold; below zero the other way."""
        self.owed -= amount
        self.stopped += amount

    def _paid(self, what: Bill | Claim) -> None:
        what.state = "paid"
        for hold in what.holds:
            hold.state = "paid"

    def bank_paid(self, payment: Payment) -> None:
        """The money has left."""
        payment.state = "paid"
        self.owed -= payment.amount
        self.paid += payment.amount
        self._paid(payment.pays)

    def bank_sent_back(self, payment: Payment) -> None:
        """It is owed again, once, and everything that said "paid" says "approved"."""
        if payment.state == "paid":
            self.owed += payment.amount
            self.paid -= payment.amount
            payment.pays.state = "approved"
            for hold in payment.pays.holds:
                hold.state = "payable"
        payment.state = "rejected"

    def delivered(self) -> list[Hold]:
        """Trainings and claims for which somebody is owed or was paid (I3)."""
        return [hold for purse in self.purses for hold in purse.holds if hold.state in OWED]
