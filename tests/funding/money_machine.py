"""People, rounds, lots and holds as steps of a state machine (FUN-6); see test_money_machine.py."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from funding.exceptions import InsufficientFunds
from funding.models import Grant, Posting
from funding.services import commitments, grants, sources
from funding.services.ledger import reverse
from stars.common.dates import start_of_day
from stars.common.errors import Conflict
from stars.common.permissions import SYSTEM
from tests.funding import build
from tests.funding.books_model import Books
from tests.funding.money_model import DUE, OWED, SOURCE_ENDS, ZERO, Hold, Lot, Purse

AUTHORISED = Decimal("3000.00")
PRICES = st.sampled_from(["0.29", "19.99", "300.00", "333.33", "500.00", "570.00", "1200.00"])
WHO = st.integers(0, 1)
WHICH = st.integers(0, 30)


class People(RuleBasedStateMachine):
    """Two people, three rounds, one source; time goes forward only."""

    def begin(self) -> None:
        """The first of the steps; there is one, because their order would be left to chance."""
        # Each example in a transaction of its own that is undone at the end.
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.world = build.world(authorised=str(AUTHORISED))
        self.now = start_of_day(DUE[0]) - timedelta(days=1)
        self.model = Books(AUTHORISED)
        self.model.purses = [Purse(build.person(self.world)) for _ in range(2)]
        self.authorised: list[Posting] = []

    def teardown(self) -> None:
        if hasattr(self, "outer"):
            transaction.set_rollback(True)
            self.outer.__exit__(None, None, None)

    # --- Time and rounds ---

    @rule(days=st.integers(1, 45))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days)

    @precondition(lambda self: self.now < SOURCE_ENDS - timedelta(days=190))
    @rule()
    def half_a_year_passes(self) -> None:
        self.now += timedelta(days=182)

    @rule()
    def expire(self) -> None:
        grants.expire_due(at=self.now)
        self.model.expire(self.now)

    @rule(number=st.integers(0, 2))
    def run_round(self, number: int) -> None:
        this = self.world.rounds[number]
        if not start_of_day(this.due_on) <= self.now < this.ends_at:
            return
        self.model.expire(self.now)
        wanted = {p.account.pk: self.model.grants(number, p) for p in self.model.purses}
        if sum(wanted.values()) > self.model.pool:
            return
        build.run(self.world, number, self.now)
        made = {g.account_id: g for g in Grant.objects.filter(round=this, replaces=None)}
        for purse in self.model.purses:
            known = {lot.key for lot in purse.lots}
            grant = made.get(purse.account.pk)
            new = grant is not None and grant.pk not in known
            assert new == bool(wanted[purse.account.pk])
            if grant is not None and new:
                assert grant.amount == wanted[purse.account.pk]
                assert grant.cut == 500 - grant.amount
                self.model.give(purse, grant.pk, number, grant.amount)

    @rule(amount=st.sampled_from(["0.01", "750.00"]))
    def authorise(self, amount: str) -> None:
        posting = sources.authorise(
            source_id=self.world.source.pk,
            origin="state",
            amount=Decimal(amount),
            key=uuid4().hex,
            actor=SYSTEM,
            at=self.now,
        )
        self.authorised.append(posting)
        self.model.pool += Decimal(amount)
        self.model.authorised += Decimal(amount)

    @precondition(lambda self: self.authorised)
    @rule()
    def reverse(self) -> None:
        posting = self.authorised[-1]
        amount = posting.transfers.get().amount
        try:
            with transaction.atomic():
                reverse(posting=posting, effective_at=self.now, by=SYSTEM)
        except InsufficientFunds:
            assert self.model.pool < amount
            return
        self.authorised.pop()
        self.model.pool -= amount
        self.model.authorised -= amount
        with pytest.raises(Conflict), transaction.atomic():
            reverse(posting=posting.reversed_by, effective_at=self.now, by=SYSTEM)

    # --- A person and a lot ---

    def _lot(self, who: int, which: int) -> Lot | None:
        lots = self.model.purses[who].lots
        return lots[which % len(lots)] if lots else None

    @rule(who=WHO, which=WHICH)
    def keep(self, who: int, which: int) -> None:
        lot = self._lot(who, which)
        if lot is None:
            return
        if not self.model.may_keep(lot, self.now):
            with pytest.raises(Conflict):
                grants.accumulate(grant_id=lot.key, actor=SYSTEM, at=self.now)
            return
        grants.accumulate(grant_id=lot.key, actor=SYSTEM, at=self.now)
        self.model.keep(lot)

    @rule(who=WHO, which=WHICH)
    def decline(self, who: int, which: int) -> None:
        lot = self._lot(who, which)
        if lot is None:
            return
        if not self.model.may_decline(lot, self.now):
            with pytest.raises(Conflict):
                grants.decline(grant_id=lot.key, actor=SYSTEM, at=self.now)
            return
        grants.decline(grant_id=lot.key, actor=SYSTEM, at=self.now)
        self.model.decline(lot)

    # --- A person and an application ---

    @precondition(lambda self: self.now < SOURCE_ENDS)
    @rule(who=WHO, price=PRICES)
    def apply(self, who: int, price: str) -> None:
        purse, euros = self.model.purses[who], Decimal(price)
        support = sum((x for _lot, x in self.model.draw(purse, euros, self.now)), ZERO)
        made = commitments.hold(
            account_id=purse.account.pk,
            offer_id=build.offer(self.world, price).pk,
            application_id=uuid4(),
            expected_support=support,
            payer="person",
            use_support=True,
            actor=SYSTEM,
            at=self.now,
        )
        assert (made is not None) == bool(support)
        if made is not None:
            assert made.price == made.support + made.own_part
            self.model.hold(purse, made.pk, euros, self.now)

    def _hold(self, who: int, which: int) -> Hold | None:
        holds = [hold for hold in self.model.purses[who].holds if not hold.of_claim]
        return holds[which % len(holds)] if holds else None

    def _act(self, hold: Hold, then: str, **what: Any) -> bool:
        """Whether the service did it; it must do it exactly where the hold is still held."""
        service = getattr(commitments, then)
        call = {"commitment_id": hold.key, "actor": SYSTEM, "at": self.now, **what}
        if hold.state == "held":
            service(**call)
            return True
        done = {"capture": OWED, "release": ("released",), "forfeit": ("forfeited",)}[then]
        if hold.state in done:
            service(**call)  # again changes nothing
            return False
        with pytest.raises(Conflict):
            service(**call)
        return False

    @rule(who=WHO, which=WHICH)
    def capture(self, who: int, which: int) -> None:
        hold = self._hold(who, which)
        if hold and self._act(hold, "capture", evidence={"share": "0.90"}):
            self.model.capture(self.model.purses[who], hold, self.now)

    @rule(
        who=WHO, which=WHICH, cause=st.sampled_from(["person", "provider", "quality", "no_answer"])
    )
    def release(self, who: int, which: int, cause: str) -> None:
        hold = self._hold(who, which)
        if hold is None or not self._act(hold, "release", cause=cause):
            return
        self.gave_back(self.model.purses[who], hold, own_will=cause == "person")

    def gave_back(self, purse: Purse, hold: Hold, *, own_will: bool) -> None:
        """The model releases too, and takes over the lot that came of it."""
        back = self.model.release(purse, hold, own_will, self.now)
        new = Grant.objects.filter(replaces=hold.key).first()
        assert (new.amount if new else ZERO) == back
        if new:
            purse.lots.append(Lot(new.pk, new.amount, new.amount, new.ends_at, None))

    @rule(who=WHO, which=WHICH)
    def forfeit(self, who: int, which: int) -> None:
        hold = self._hold(who, which)
        if hold and self._act(hold, "forfeit"):
            self.model.forfeit(hold)
