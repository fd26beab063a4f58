"""Colleagues draw on one promise at the same moment; the control shows what its lock prevents."""

from __future__ import annotations

from decimal import Decimal
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import transaction
from django.db.models import Sum

from funding.models import CoPayment
from funding.services import commitments
from funding.services.quote import quote
from funding.services.reconcile import reconcile
from learning_accounts.models import LearningAccount
from stars.common.permissions import SYSTEM
from tests.concurrency.together import together
from tests.funding import build
from tests.funding.test_pledges import AT, CODES, promise, with_code

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 6


def colleagues() -> tuple[build.World, list[LearningAccount]]:
    """Six people with 500 € each; their employer pays 100 € in all, 70 € are wanted by each."""
    w = build.world()
    people = [with_code(build.person(w), CODES[n]) for n in range(PEOPLE)]
    build.run(w, 0)
    promise(share=Decimal(1), total=Decimal("100.00"), employees=CODES[:PEOPLE])
    return w, people


def test_a_total_is_never_passed_however_many_apply_at_once() -> None:
    w, people = colleagues()
    offers = [build.offer(w, "570.00") for _person in people]

    def apply(number: int) -> object:
        return commitments.hold(
            account_id=people[number].pk,
            offer_id=offers[number].pk,
            application_id=uuid4(),
            expected_support=Decimal("500.00"),
            payer="person",
            use_support=True,
            actor=SYSTEM,
            at=AT,
        )

    together(PEOPLE, apply)
    paid = CoPayment.objects.filter(pledge__isnull=False).aggregate(sum=Sum("amount"))["sum"]
    assert paid == Decimal("100.00")
    assert CoPayment.objects.aggregate(sum=Sum("amount"))["sum"] == PEOPLE * Decimal("70.00")
    assert reconcile(at=AT).ok


def test_control_without_its_lock_everybody_is_promised_the_same_euros() -> None:
    w, people = colleagues()
    offers = [build.offer(w, "570.00") for _person in people]
    all_have_read = Barrier(PEOPLE)

    def unguarded(number: int) -> Decimal:
        with transaction.atomic():
            answer = quote(offer=offers[number], account=people[number], at=AT)
            all_have_read.wait(timeout=30)
            return answer.employer_part

    assert together(PEOPLE, unguarded) == [Decimal("70.00")] * PEOPLE
