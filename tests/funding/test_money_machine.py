"""Money in any order: after every step the database says what a small model says (FUN-6).

The steps are those of `money_machine` and `books_machine`, the model is `books_model`. The
invariants I1-I5 (reading 2.7) are looked at after each step. Controls show that a fault which
somebody plants is found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import ProgrammingError, connection, transaction
from django.db.models import Q, Sum
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from funding.enums import AccountKind, PostingKind
from funding.models import Claim, Commitment, Grant, LedgerAccount, Payment, Statement
from funding.services.ledger import Move, pool, post
from funding.services.reconcile import reconcile
from stars.common.permissions import SYSTEM
from tests.funding.books_machine import Money
from tests.funding.money_model import ZERO

STEPS = settings(
    max_examples=15,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
# What a fault looks like is of no interest here, only that it is found.
FIND = settings(
    STEPS, max_examples=60, stateful_step_count=12, phases=[Phase.generate], database=None
)


class Proved(Money):
    """The machine with what has to hold after each of its steps."""

    @invariant()
    def people_have_what_the_model_says(self) -> None:
        for purse in self.model.purses:
            rows = Grant.objects.filter(account=purse.account).select_related("ledger_account")
            found = {g.pk: (g.state, g.ledger_account.balance, g.ends_at) for g in rows}
            assert found == {lot.key: (lot.state, lot.free, lot.ends_at) for lot in purse.lots}
            held = Commitment.objects.filter(account=purse.account).select_related("ledger_account")
            assert {c.pk: (c.state, c.ledger_account.balance) for c in held} == {
                h.key: (h.state, h.support if h.state == "held" else ZERO) for h in purse.holds
            }

    @invariant()
    def papers_say_what_the_model_says(self) -> None:
        assert dict(Claim.objects.values_list("pk", "state")) == {
            one.key: one.state for one in self.model.claims
        }
        assert dict(Payment.objects.values_list("pk", "state")) == {
            one.key: one.state for one in self.model.payments
        }
        found = {row.pk: (row.state, row.total) for row in Statement.objects.all()}
        assert found == {one.key: (one.state, one.total) for one in self.model.bills}

    @invariant()
    def i1_nothing_is_below_zero(self) -> None:
        below = LedgerAccount.objects.filter(balance__lt=0)
        assert not below.exclude(kind=AccountKind.APPROPRIATION).exists()

    @invariant()
    def i2_each_kind_has_the_sum_of_its_movements(self) -> None:
        rows = LedgerAccount.objects.filter(source=self.world.source).order_by()
        sums = dict(rows.values_list("kind").annotate(sum=Sum("balance")))
        assert {kind: amount for kind, amount in sums.items() if amount} == {
            kind: amount for kind, amount in self.model.sums().items() if amount
        }
        assert not sum(sums.values())

    @invariant()
    def i3_what_was_delivered_has_its_price(self) -> None:
        keys = [hold.key for hold in self.model.delivered()]
        left = Q(ledger_account__debits__posting__kind=PostingKind.CAPTURE)
        rows = Commitment.objects.filter(pk__in=keys).annotate(
            owed=Sum("ledger_account__debits__amount", filter=left)
        )
        parts = {row.pk: row.owed + row.own_part for row in rows}
        assert parts == {hold.key: hold.price for hold in self.model.delivered()}

    @invariant()
    def i4_no_more_is_settled_than_is_owed(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT l.commitment_id FROM funding_statementline l"
                " JOIN funding_commitment c ON c.id = l.commitment_id WHERE l.counts"
                " GROUP BY l.commitment_id, c.support HAVING sum(l.amount) > c.support"
            )
            assert not cursor.fetchall()
        living = Payment.objects.filter(state__in=["ready", "held", "sent", "paid"])
        paid = living.aggregate(sum=Sum("amount"))["sum"] or ZERO
        everything = self.model.owed + self.model.stopped + self.model.paid
        assert paid <= everything

    @invariant()
    def i5_only_the_ledger_changes_a_balance(self) -> None:
        with connection.cursor() as cursor, pytest.raises(ProgrammingError), transaction.atomic():
            cursor.execute("UPDATE funding_ledgeraccount SET balance = balance + 1")

    @invariant()
    def it_proves(self) -> None:
        run = reconcile(at=self.now)
        assert run.ok, run.problems


@pytest.fixture(autouse=True)
def disk(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.django_db
def test_money_in_any_order() -> None:
    run_state_machine_as_test(Proved, settings=STEPS)


# --- One long way through it, so that the far end is reached whatever chance does ----------------

WAY: list[tuple[str, dict[str, Any]]] = [
    ("apply", {"who": 0, "price": "570.00"}),
    ("apply", {"who": 1, "price": "300.00"}),
    ("capture", {"who": 0, "which": 0}),
    ("capture", {"who": 1, "which": 0}),
    ("claim", {"who": 1, "amount": "380.00", "own_money": True}),
    ("claim", {"who": 0, "amount": "760.00", "own_money": False}),
    ("claim", {"who": 0, "amount": "2100.00", "own_money": False}),
    ("approve_claim", {"which": 0, "less": False}),
    ("approve_claim", {"which": 0, "less": True}),
    ("reject", {"which": 2}),
    ("time_passes", {"days": 40}),
    ("stop_training", {"which": 0}),
    ("settle", {}),
    ("decide_statement", {"keep": False}),
    ("free_training", {"which": 0}),
    ("settle", {}),
    ("decide_statement", {"keep": True}),
    ("stop_or_free_payment", {"which": 2}),
    ("stop_or_free_payment", {"which": 2}),
    ("send_payments", {}),
    ("bank_says", {"which": 2, "says": "paid"}),
    ("bank_says", {"which": 0, "says": "paid"}),
    ("bank_says", {"which": 1, "says": "rejected"}),
    ("correct", {"which": 0, "amount": "60.00"}),
    ("bank_says", {"which": 2, "says": "rejected"}),
    ("half_a_year_passes", {}),
    ("run_round", {"number": 1}),
    ("apply", {"who": 0, "price": "300.00"}),
    ("capture", {"who": 0, "which": 1}),
    ("time_passes", {"days": 40}),
    ("settle", {}),
    ("decide_statement", {"keep": True}),
    ("send_payments", {}),
    ("bank_says", {"which": 5, "says": "paid"}),
]
HOLDS = [name for name in vars(Proved) if not name.startswith("__")]


def check(machine: Proved) -> None:
    """Everything that has to hold after a step."""
    for name in HOLDS:
        getattr(machine, name)()


@pytest.fixture
def gone() -> Iterator[Proved]:
    """The machine at the end of that way, with every step proved."""
    machine = Proved()
    machine.open_the_books()
    try:
        for name, values in WAY:
            getattr(machine, name)(**values)
            check(machine)
        yield machine
    finally:
        machine.teardown()


@pytest.mark.django_db
def test_the_whole_way_through_claims_statements_and_the_bank(gone: Proved) -> None:
    assert [bill.state for bill in gone.model.bills] == ["cancelled", "approved", "paid"]
    assert gone.model.bills[-1].total == Decimal("240.00")
    assert [claim.state for claim in gone.model.claims] == ["paid", "approved", "rejected"]
    assert sorted(one.state for one in gone.model.payments) == (
        ["paid"] * 2 + ["rejected"] * 2 + ["sent"] * 2
    )


# --- Controls: a planted fault is found -----------------------------------------------------------


def book(machine: Proved, debit: LedgerAccount, credit: LedgerAccount, amount: Decimal) -> None:
    """Move money past every service."""
    post(
        kind=PostingKind.ADJUST,
        key=f"planted:{uuid4()}",
        reference="planted",
        moves=[Move(debit.pk, credit.pk, amount)],
        effective_at=machine.now,
        by=SYSTEM,
    )


def pay_twice(machine: Proved) -> None:
    """The bank's money is booked once more under another key."""
    places = LedgerAccount.objects.filter(source=machine.world.source)
    owed = places.filter(kind=AccountKind.PAYABLE, balance__gt=0)[0]
    book(machine, owed, places.filter(kind=AccountKind.PAID)[0], Decimal("0.01"))


def give_out_of_nowhere(machine: Proved) -> None:
    """A person's lot gets a cent that nobody granted."""
    lot = Grant.objects.order_by("-granted_at")[0]
    book(machine, pool(machine.world.source.pk), lot.ledger_account, Decimal("0.01"))


def say_paid(machine: Proved) -> None:
    """A statement says "paid" though its money came back."""
    Statement.objects.filter(state="approved").update(state="paid")


def owe_without_posting(machine: Any) -> None:
    """Somebody says "owed" and moves no money."""
    held = next(h for p in machine.model.purses for h in p.holds if h.state == "held")
    Commitment.objects.filter(pk=held.key).update(state="captured", captured_at=machine.now)
    held.state, held.captured_at = "captured", machine.now


@pytest.mark.django_db
@pytest.mark.parametrize("plant", [pay_twice, give_out_of_nowhere, say_paid])
def test_control_each_planted_fault_is_seen(gone: Proved, plant: Callable[[Proved], None]) -> None:
    plant(gone)
    with pytest.raises(AssertionError):
        check(gone)


class Faulty(Proved):
    """The machine in which one step is wrong."""

    @rule()
    def plant(self) -> None:
        if not self.holding():
            self.apply(who=0, price="570.00")
        if self.holding():
            owe_without_posting(self)

    def holding(self) -> bool:
        return any(h.state == "held" for p in self.model.purses for h in p.holds)


@pytest.mark.django_db
def test_control_the_machine_finds_a_planted_fault() -> None:
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Faulty, settings=FIND)
