"""Erasing a person leaves the ledger summing and free of personal data; audits come first."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connection

from accounts.models import PersonCode
from funding.models import (
    Appeal,
    BankAccount,
    Claim,
    Commitment,
    Decision,
    FundingLog,
    LedgerAccount,
    Payment,
    PledgeEmployee,
    Posting,
    Transfer,
)
from funding.services import claims, commitments, erasure, grants, retention
from funding.services.reconcile import reconcile
from stars.common.errors import Conflict, NotAllowed
from stars.common.permissions import SYSTEM
from stars.files.models import StoredFile
from tests import factories as f
from tests.funding import build
from tests.funding import claim_scene as scenes
from tests.funding.build import riga

pytestmark = pytest.mark.django_db
D = Decimal
AFTER = riga(2026, 4, 1)
# What must be found nowhere in the tables of money: name, mailbox, code's hash, account, papers.
WORDS = ("Pārbaude", "Izdoma", "a@b.example", scenes.IBAN, "C-NR-7", "NR7", "Mana māte", "slim")


def texts_of_money() -> str:
    """Every column of every table of the app that may hold a word."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name LIKE 'funding\\_%'"
            " AND data_type IN ('text', 'character varying', 'jsonb', 'json')"
        )
        found = []
        for table, column in cursor.fetchall():
            cursor.execute(f'SELECT string_agg("{column}"::text, chr(10)) FROM "{table}"')
            found.append(cursor.fetchone()[0] or "")
    return "\n".join(found)


def left() -> list[str]:
    text = texts_of_money().lower()
    return [word for word in WORDS if word.lower() in text]


def ledger() -> Any:
    """The money, to the cent and the row."""
    return (
        list(Transfer.objects.order_by("pk").values_list("posting", "debit", "credit", "amount")),
        list(LedgerAccount.objects.order_by("pk").values_list("kind", "owner_key", "balance")),
        Posting.objects.count(),
    )


@pytest.fixture
def scene() -> scenes.Scene:
    return scenes.scene()


@pytest.fixture
def rejected(scene: scenes.Scene) -> Claim:
    """Somebody with a lot that ended, a rejected claim, an appeal and papers."""
    account = build.person(scene.world)
    build.run(scene.world, 1)
    claim = scene.sent(account, number="NR-7")
    claims.reject(
        claim_id=claim.pk,
        reason="Izdoma Pārbaude nav uz rēķina.",
        actor=scene.officer,
        at=scenes.LATER,
    )
    Appeal.objects.create(
        account=account,
        scheme=scene.scheme,
        reference=f"claim:{claim.pk}",
        state="withdrawn",  # one that waits for an answer would stand in the way
        text="Mana māte slimo.",
        lines=[{"text_lv": "Izdoma"}],
        asked_at=scenes.LATER,
        answer_by=date(2026, 4, 1),
    )
    grants.expire_due(at=riga(2026, 7, 1))
    assert {"Pārbaude", scenes.IBAN, "NR7", "Mana māte"} <= set(left())
    return claim


def forget(account_id: UUID, **more: Any) -> erasure.Forgotten:
    return erasure.forget(account_id=account_id, **{"actor": SYSTEM, "at": AFTER, **more})


class TestForgetting:
    def test_case_22_the_ledger_sums_and_nobody_is_in_it(self, rejected: Claim) -> None:
        assert reconcile(at=AFTER).ok
        before, states = ledger(), Commitment.objects.values_list("state", "support")
        told = list(states)
        done = forget(rejected.account_id)
        assert done.papers == 2
        assert done.rest_until is None
        assert left() == []
        assert ledger() == before
        assert list(states) == told
        assert reconcile(at=AFTER).ok
        assert not StoredFile.objects.filter(owner_id=rejected.pk).exists()
        assert not BankAccount.objects.exclude(iban="").exists()
        assert not Decision.objects.exclude(lines=[]).exists()
        assert not FundingLog.objects.filter(object_id=rejected.pk).exclude(note="").exists()

    def test_twice_changes_nothing_more(self, rejected: Claim) -> None:
        forget(rejected.account_id)
        again = forget(rejected.account_id)
        assert (again.rows, again.papers) == (0, 0)

    def test_other_people_keep_theirs(self, scene: scenes.Scene, rejected: Claim) -> None:
        other = scene.sent(number="NR-8")
        forget(rejected.account_id)
        other.refresh_from_db()
        assert other.invoice_number == "NR8"
        assert other.bank_account is not None
        assert other.bank_account.iban == scenes.IBAN
        assert StoredFile.objects.filter(owner_id=other.pk).count() == 2

    def test_a_place_on_an_employers_list_goes(self, rejected: Claim) -> None:
        person = rejected.account.person
        code = PersonCode.objects.create(
            person=person,
            kind="current",
            encrypted=b"x",
            lookup="a" * 64,
            recorded_at=AFTER,
        )
        pledge = f.OrganisationFactory().pledges.create(
            share=D("0.5"), valid_from=date(2026, 1, 1), valid_to=date(2026, 12, 31)
        )
        PledgeEmployee.objects.create(pledge=pledge, lookup=code.lookup)
        PledgeEmployee.objects.create(pledge=pledge, lookup="b" * 64)
        forget(rejected.account_id)
        assert [row.lookup for row in PledgeEmployee.objects.all()] == ["b" * 64]

    def test_not_while_money_moves(self, scene: scenes.Scene) -> None:
        claim = scene.sent(number="NR-7")
        with pytest.raises(Conflict) as refused:
            forget(claim.account_id)
        assert refused.value.code == "money_moves"
        assert "NR7" in left()

    def test_nobody_forgets_others(self, rejected: Claim) -> None:
        with pytest.raises(NotAllowed):
            forget(rejected.account_id, actor=f.MembershipFactory(finance_officer=True).user)
        assert forget(rejected.account_id, actor=rejected.account.person.user).papers == 2

    def test_the_role_can_only_blank_and_never_write(self, rejected: Claim) -> None:
        """The function takes keys; there is no place in it for a new account number."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_get_function_identity_arguments(oid) FROM pg_proc"
                " WHERE proname = 'funding_forget'"
            )
            ((arguments,),) = cursor.fetchall()
        assert "text" not in arguments
        assert arguments.count("uuid[]") == 6


class TestRetention:
    @pytest.fixture
    def paid(self, scene: scenes.Scene) -> Claim:
        """A claim that was paid in March 2026, from a source that ended on 30.06.2026."""
        claim = scene.approved(scene.sent(number="NR-7"))
        payment = Payment.objects.get()
        claims.hear_paid(claim.pk, payment, SYSTEM, scenes.LATER + timedelta(days=1))
        payment.move("cancel", by=None, at=scenes.LATER)  # no other is on its way
        return scenes.read(claim)

    def test_what_was_paid_is_kept_for_ten_years(self, paid: Claim) -> None:
        done = forget(paid.account_id)
        assert done.rest_until == date(2036, 6, 30)
        assert {"NR7", scenes.IBAN} <= set(left())
        assert retention.due(riga(2036, 6, 30)) == []

    def test_and_erased_on_the_day_after(self, paid: Claim) -> None:
        (due,) = retention.due(riga(2036, 7, 1))
        assert (due.kept_until, due.accounts) == (date(2036, 6, 30), 1)
        before = ledger()
        assert erasure.erase_due(at=riga(2036, 7, 1)) == 1
        assert left() == []
        assert ledger() == before
        assert reconcile(at=riga(2036, 7, 1)).ok
        assert retention.due(riga(2036, 7, 1)) == []
        assert erasure.erase_due(at=riga(2036, 7, 1)) == 0

    def test_a_later_payment_prolongs_it(self, paid: Claim) -> None:
        assert paid.commitment is not None
        source = paid.commitment.source
        source.ends_on = date(2020, 1, 1)
        source.starts_on = date(2019, 1, 1)
        source.save()
        assert retention.kept_until()[source.pk] == date(2030, 1, 1)

    def test_the_command_only_says_what_is_due(self, paid: Claim) -> None:
        out = StringIO()
        call_command("retention", stdout=out)
        assert "Nothing was erased" in out.getvalue()
        call_command("retention", "--apply", stdout=out)
        assert "Erased: 0 accounts" in out.getvalue()
        assert "NR7" in left()

    def test_a_released_commitment_is_not_kept(self, scene: scenes.Scene) -> None:
        account = build.person(scene.world)
        build.run(scene.world, 1)
        held = build.hold(
            account, build.offer(scene.world, "300.00"), riga(2025, 6, 20), support="300.00"
        )
        commitments.release(commitment_id=held.pk, cause="person", actor=SYSTEM, at=AFTER)
        grants.expire_due(at=riga(2026, 7, 1))
        assert forget(account.pk, at=riga(2026, 7, 2)).rest_until is None
