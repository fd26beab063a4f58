"""Small worlds for tests of settlement: people who completed, two officers, an account number."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import User
from funding.enums import AccountKind
from funding.models import Commitment, LedgerAccount, Payment, PaymentFile, Statement
from funding.services import bank_accounts, commitments, payment_files, settling, statements
from funding.services.reconcile import reconcile
from learning_accounts.models import LearningPath
from stars.common.dates import add_working_days, now, riga_date
from stars.common.errors import DomainError
from stars.common.permissions import SYSTEM
from tests.funding import build
from tests.funding.test_approvals import officer
from tests.funding.test_bank_accounts import LATVIAN, OTHER

JUNE, JULY, AUGUST = date(2025, 6, 1), date(2025, 7, 1), date(2025, 8, 1)
AFTER = build.riga(2025, 8, 5)


@dataclass
class Scene:
    """A source with money, its provider, and the two officers who approve."""

    world: build.World
    first: User = field(default_factory=officer)
    second: User = field(default_factory=officer)

    @property
    def provider(self) -> Any:
        return self.world.provider

    def held(self, price: str = "300.00", at: datetime | None = None) -> Commitment:
        """Somebody with full cover whose training of `price` EUR has begun."""
        person = build.person(self.world)
        LearningPath.objects.create(account=person, goal="Mērķis", begun_at=build.ASKED)
        offer = build.offer(self.world, price, "further_education")
        return build.hold(person, offer, at or build.riga(2025, 5, 1), support=price)

    def captured(
        self, price: str = "300.00", at: datetime | None = None, **evidence: Any
    ) -> Commitment:
        """Somebody who completed, on 10 June 2025 or at `at`."""
        when = at or build.riga(2025, 6, 10)
        proof = {"hours": 30, "attendance_share": "0.90", "completed_on": "2025-06-09"}
        return commitments.capture(
            commitment_id=self.held(price).pk,
            evidence={**proof, **evidence},
            actor=SYSTEM,
            at=when,
        )

    def statement(self, month: date = JUNE, at: datetime = AFTER) -> Statement:
        """The draft of a month."""
        return statements.make(
            provider_id=self.provider.pk,
            source_id=self.world.source.pk,
            month=month,
            actor=self.first,
            at=at,
        )

    def approved(self, month: date = JUNE, at: datetime = AFTER) -> Statement:
        """The same, approved by two people."""
        made = self.statement(month, at)
        asked = settling.put_forward(statement_id=made.pk, actor=self.first, at=at)
        settling.decide(approval_id=asked.pk, approved=True, actor=self.second, at=at)
        return Statement.objects.get(pk=made.pk)

    def payment(self, statement: Statement) -> Payment:
        """Its living payment, or the last one."""
        rows = Payment.objects.filter(reference=f"statement:{statement.pk}")
        return rows.order_by("-created_at")[0]

    def file(self, payment: Payment, stage: str = "sent", at: datetime | None = None) -> Any:
        """A file with the payment alone: "waiting", "approved" or "sent"."""
        when = at or now()
        made = payment_files.make_file(
            payment_ids=[payment.pk],
            execute_on=add_working_days(riga_date(when), 1),
            actor=self.first,
            at=when,
        )
        if stage != "waiting":
            payment_files.decide_file(
                approval_id=made.approvals.get().pk, approved=True, actor=self.second, at=when
            )
        if stage == "sent":
            payment_files.send_file(file_id=made.pk, actor=self.first, at=when)
        return PaymentFile.objects.get(pk=made.pk)

    def new_account(self, iban: str = OTHER, at: datetime | None = None) -> None:
        """The provider is paid somewhere else from now on."""
        bank_accounts.record(
            organisation_id=self.provider.organisation_id,
            iban=iban,
            holder="Izdomāta skola",
            actor=SYSTEM,
            at=at or now(),
        )

    def balance(self, kind: AccountKind) -> Decimal:
        """What stands on the provider's account of that kind."""
        owner = "" if kind == AccountKind.POOL else str(self.provider.pk)
        row = LedgerAccount.objects.filter(
            kind=kind, source=self.world.source, owner_key=owner
        ).first()
        return row.balance if row else Decimal(0)


def scene(**kwargs: Any) -> Scene:
    """A scene whose provider has told its account number."""
    made = Scene(build.world(**kwargs))
    bank_accounts.record(
        organisation_id=made.provider.organisation_id,
        iban=LATVIAN,
        holder="Izdomāta skola",
        actor=SYSTEM,
        at=build.riga(2025, 1, 1),
    )
    return made


def proves() -> list[dict[str, str]]:
    """What reconciliation finds wrong: nothing, in a right world."""
    return list(reconcile(at=AFTER).problems)


@contextmanager
def refused(code: str) -> Iterator[None]:
    """What stands inside is refused, with this code."""
    with pytest.raises(DomainError) as error:
        yield
    assert error.value.code == code
