"""The ledger's own promises: once per key, never negative, reversed once."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from funding.enums import AccountKind, PostingKind
from funding.exceptions import InsufficientFunds, KeyReused
from funding.models import LedgerAccount, Posting, Transfer
from funding.services import grants
from funding.services.ledger import Move, open_account, pool, post, reverse
from funding.services.reconcile import reconcile
from stars.common.dates import now
from stars.common.errors import Conflict
from stars.common.permissions import SYSTEM
from tests.conftest import as_owner
from tests.funding import build
from tests.funding.build import riga

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def w() -> build.World:
    return build.world(authorised="500.00")


def pay(w: build.World, amount: str, key: str) -> Posting:
    paid = open_account(kind=AccountKind.PAID, source_id=w.source.pk)
    with transaction.atomic():
        return post(
            kind=PostingKind.PAY,
            key=key,
            reference="test",
            moves=[Move(pool(w.source.pk).pk, paid.pk, D(amount))],
            effective_at=riga(2025, 1, 1),
            by=SYSTEM,
        )


def test_retry_after_success_returns_the_first_posting(w: build.World) -> None:
    first = pay(w, "400.00", "k")
    assert pay(w, "400.00", "k") == first
    assert Transfer.objects.filter(posting=first).count() == 1


def test_case_3_the_same_key_with_other_lines_is_a_conflict(w: build.World) -> None:
    pay(w, "400.00", "k")
    with pytest.raises(KeyReused):
        pay(w, "300.00", "k")
    assert pool(w.source.pk).balance == D("100.00")


def test_never_negative_and_nothing_half_written(w: build.World) -> None:
    before = Posting.objects.count()
    with pytest.raises(InsufficientFunds):
        pay(w, "500.01", "k")
    assert Posting.objects.count() == before
    assert pool(w.source.pk).balance == D("500.00")


def test_case_24_reversal_once_and_never_of_a_reversal(w: build.World) -> None:
    posting = pay(w, "400.00", "k")
    back = reverse(posting=posting, effective_at=riga(2025, 1, 2), by=SYSTEM)
    assert reverse(posting=posting, effective_at=riga(2025, 1, 2), by=SYSTEM) == back
    assert pool(w.source.pk).balance == D("500.00")
    with pytest.raises(Conflict):
        reverse(posting=back, effective_at=riga(2025, 1, 3), by=SYSTEM)


def test_an_account_opened_with_a_balance_is_empty(w: build.World) -> None:
    LedgerAccount.objects.create(
        kind=AccountKind.LOT, source=w.source, owner_key="x", balance=D("500.00")
    )
    assert LedgerAccount.objects.get(owner_key="x").balance == 0
    assert reconcile(at=now()).ok


@pytest.mark.parametrize("amount", ["0.00", "-1.00"])
def test_a_transfer_is_positive(w: build.World, amount: str) -> None:
    with pytest.raises(ValueError, match="positive"):
        pay(w, amount, "k")
    with pytest.raises(IntegrityError), transaction.atomic():
        Transfer.objects.create(
            posting=Posting.objects.get(),
            debit=pool(w.source.pk),
            credit=LedgerAccount.objects.get(kind="appropriation"),
            amount=D(amount),
        )


def test_money_cannot_go_round_in_place(w: build.World) -> None:
    place = pool(w.source.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Transfer.objects.create(
            posting=Posting.objects.get(), debit=place, credit=place, amount=D(1)
        )


def test_a_posting_needs_lines(w: build.World) -> None:
    with pytest.raises(ValueError, match="at least one"):
        post(kind="pay", key="k", reference="", moves=[], effective_at=now(), by=SYSTEM)


@pytest.mark.django_db(transaction=True)
def test_reconcile_finds_a_balance_that_does_not_follow(w: build.World) -> None:
    """Proof that the proof can fail: only the tables' owner can break a balance."""
    pk = pool(w.source.pk).pk
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("UPDATE funding_ledgeraccount SET balance = 499 WHERE id = %s", [pk])
    run = reconcile(at=now())
    assert not run.ok
    assert {p["check"] for p in run.problems} == {"balances", "nothing_lost"}
    with pytest.raises(SystemExit) as stopped:
        call_command("reconcile", "--json")
    assert stopped.value.code == 1


def test_a_posting_says_who_did_it(w: build.World) -> None:
    account = build.person(w)
    build.run(w, 0)
    grants.decline(grant_id=build.lot(account).pk, actor=account.person.user, at=riga(2025, 1, 10))
    said = dict(Posting.objects.values_list("kind", "by"))
    assert said[PostingKind.GRANT] is None
    assert said[PostingKind.DECLINE] == account.person.user_id
