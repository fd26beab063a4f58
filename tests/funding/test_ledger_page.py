"""docs/ledger.md is no story: its example is replayed and every figure compared."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings

from funding.enums import AccountKind, ReleaseCause
from funding.models import Commitment, LedgerAccount, Transfer
from funding.services import commitments, grants
from funding.services.reconcile import reconcile
from learning_accounts.models import LearningAccount
from stars.common.permissions import SYSTEM
from tests.funding import build
from tests.funding.build import riga

pytestmark = pytest.mark.django_db

BY_KIND = {
    AccountKind.APPROPRIATION: "appropriation",
    AccountKind.POOL: "pool",
    AccountKind.PAYABLE: "owed",
    AccountKind.FORFEITED: "forfeited",
}


def _tables() -> list[list[dict[str, str]]]:
    """The page's tables as rows with the heading of each column."""
    text = (Path(settings.BASE_DIR) / "docs" / "ledger.md").read_text(encoding="utf-8")
    tables: list[list[list[str]]] = [[]]
    for line in text.splitlines():
        if line.startswith("|"):
            tables[-1].append([cell.strip() for cell in line.strip("|").split("|")])
        elif tables[-1]:
            tables.append([])
    return [[dict(zip(rows[0], row, strict=True)) for row in rows[2:]] for rows in tables if rows]


class Replay:
    """The example through the services; `steps` yields after each numbered step."""

    def __init__(self) -> None:
        self.world = build.world(authorised="2000.00")
        self.people: dict[str, LearningAccount] = {}
        self.held: dict[str, Commitment] = {}

    def steps(self) -> Iterator[int]:
        yield 1
        self.people = {name: build.person(self.world) for name in "ABC"}
        build.run(self.world, 0)
        yield 2
        for step, name, price, support, at in (
            (3, "A", "570.00", "500.00", riga(2025, 1, 10)),
            (4, "B", "300.00", "300.00", riga(2025, 1, 11)),
            (5, "C", "200.00", "200.00", riga(2025, 1, 12)),
        ):
            self._hold(name, price, support, at)
            yield step
        commitments.release(
            commitment_id=self.held["B"].pk,
            cause=ReleaseCause.PERSON,
            actor=SYSTEM,
            at=riga(2025, 1, 20),
        )
        yield 6
        commitments.capture(
            commitment_id=self.held["A"].pk, evidence={}, actor=SYSTEM, at=riga(2025, 3, 1)
        )
        yield 7
        commitments.forfeit(commitment_id=self.held["C"].pk, actor=SYSTEM, at=riga(2025, 3, 2))
        yield 8
        grants.expire_due(at=self.world.rounds[0].ends_at)
        yield 9

    def _hold(self, name: str, price: str, support: str, at: datetime) -> None:
        offer = build.offer(self.world, price)
        self.held[name] = build.hold(self.people[name], offer, at, support=support)

    def names(self) -> dict[int, str]:
        """Ledger account → its name on the page."""
        lots = {build.lot(a).ledger_account_id: f"lot {n}" for n, a in self.people.items()}
        held = {c.ledger_account_id: f"held {n}" for n, c in self.held.items()}
        rest = LedgerAccount.objects.filter(source=self.world.source, kind__in=BY_KIND)
        return {a.pk: BY_KIND[AccountKind(a.kind)] for a in rest} | lots | held

    def balances(self) -> dict[str, Decimal]:
        """Name on the page → EUR."""
        names = self.names()
        found = LedgerAccount.objects.filter(pk__in=names).values_list("pk", "balance")
        return {names[pk]: balance for pk, balance in found}


def test_balances_after_each_step() -> None:
    page = next(table for table in _tables() if "pool" in table[0])
    replay = Replay()
    for row, step in zip(page, replay.steps(), strict=True):
        actual = replay.balances()
        expected = {name: Decimal(cell) for name, cell in row.items() if name != "step"}
        assert int(row["step"]) == step
        assert {name: actual.get(name, Decimal(0)) for name in expected} == expected, step
        assert sum(expected.values()) == 0
        assert reconcile(at=riga(2025, 7, 1)).ok


def test_transfers_of_each_step() -> None:
    page = next(table for table in _tables() if "posting" in table[0])
    replay = Replay()
    seen: set[int] = set()
    for step in replay.steps():
        names = replay.names()
        new = Transfer.objects.filter(debit__source=replay.world.source).exclude(pk__in=seen)
        written = {
            (t.posting.kind, names[t.debit_id], names[t.credit_id], f"{t.amount:.2f}")
            for t in new.select_related("posting")
        }
        seen.update(new.values_list("pk", flat=True))
        told = {
            (row["posting"], row["debit (gives)"], row["credit (receives)"], row["EUR"])
            for row in page
            if int(row["step"]) == step
        }
        assert written == told, step


def test_what_becomes_of_the_grants() -> None:
    replay = Replay()
    for _step in replay.steps():
        pass
    states = {name: build.lot(account).state for name, account in replay.people.items()}
    assert states == {"A": "used_up", "B": "annulled", "C": "forfeited"}
    assert replay.held["A"].own_part == Decimal("70.00")
