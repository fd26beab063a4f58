"""Payments are made once for each thing that is paid."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from funding.enums import AccountKind
from funding.models import Payment
from funding.services import payments
from funding.services.bank_accounts import record
from funding.services.ledger import open_account
from stars.common.dates import now
from stars.common.errors import Conflict, Invalid
from stars.common.permissions import SYSTEM
from tests.funding import build
from tests.funding.test_bank_accounts import LATVIAN, OTHER

pytestmark = pytest.mark.django_db


def _hear(key: UUID, payment: Payment, actor: Any, at: Any) -> None:
    """Nothing follows in these tests."""


payments.hear("thing", paid=_hear, came_back=_hear)


def _given(amount: str = "10.50", iban: str = LATVIAN) -> dict[str, Any]:
    w, person = build.world(), build.person()
    place = open_account(kind=AccountKind.PAYABLE, source_id=w.source.pk, owner_key="thing")
    bank = record(account_id=person.pk, iban=iban, holder="A B", actor=SYSTEM, at=now())
    return {
        "source_id": w.source.pk,
        "reference": f"thing:{uuid4()}",
        "payable_id": place.pk,
        "amount": Decimal(amount),
        "bank_account_id": bank.pk,
        "actor": SYSTEM,
        "at": now(),
    }


def test_the_same_thing_is_paid_once() -> None:
    given = _given()
    first = payments.create_payment(**given)
    assert payments.create_payment(**given) == first
    assert Payment.objects.count() == 1
    with pytest.raises(Conflict):
        payments.create_payment(**{**given, "amount": Decimal("10.51")})
    other = _given(iban=OTHER)
    with pytest.raises(Conflict):
        payments.create_payment(**{**given, "bank_account_id": other["bank_account_id"]})


def test_each_has_its_own_end_to_end_id() -> None:
    made = [payments.create_payment(**_given()) for _ in range(3)]
    keys = {payment.end_to_end_id for payment in made}
    assert len(keys) == 3
    assert all(len(key) <= 35 and key.isalnum() and key.isascii() for key in keys)


@pytest.mark.parametrize("amount", ["0", "-1", "0.00", "1.001"])
def test_amounts_are_positive_and_whole_cents(amount: str) -> None:
    with pytest.raises(Invalid):
        payments.create_payment(**_given(amount))


def test_somebody_has_to_hear_of_it() -> None:
    for reference in (f"nobody:{uuid4()}", "thing", ""):
        with pytest.raises((LookupError, ValueError)):
            payments.create_payment(**{**_given(), "reference": reference})
    with pytest.raises(ValueError, match="thing"):
        payments.hear("thing", paid=lambda *_: None, came_back=_hear)
