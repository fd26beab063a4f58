"""Races of claims: the last of a quota, the last money, one invoice; each with its control."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.db import transaction

from funding.models import Claim, Payment, Posting
from funding.rules import claims as rules
from funding.selectors_claims import IN_WORK
from funding.services import claims
from funding.services.ledger import pool
from funding.services.reconcile import reconcile
from stars.common.errors import Conflict
from tests.concurrency.together import together
from tests.funding import claim_scene as scenes
from tests.funding.claim_scene import LATER, Scene

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 8


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def drafts(scene: Scene, count: int = PEOPLE, **more: Any) -> list[Claim]:
    return [scene.ready(scene.person(), **{"number": f"R-{n}", **more}) for n in range(count)]


def proven() -> None:
    run = reconcile(at=LATER)
    assert run.ok, run.problems


def states() -> dict[str, int]:
    found: dict[str, int] = {}
    for state in Claim.objects.values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


def test_the_last_of_a_quota_is_had_by_one() -> None:
    scene = scenes.scene(refund_quota=3)
    ready = drafts(scene)
    results = together(PEOPLE, lambda n: scenes.send(ready[n]))
    assert all(isinstance(one, Claim) for one in results), results
    assert states() == {"submitted": 3, "waiting": PEOPLE - 3}
    proven()


def test_control_without_the_lock_on_the_pool_everybody_counts_the_same_places() -> None:
    """Reading the quota first and holding later, as `may_have` would without its lock."""
    scene = scenes.scene(refund_quota=1)
    ready = drafts(scene, 4)
    all_have_read = Barrier(4)

    def unguarded(number: int) -> int | None:
        with transaction.atomic():
            same = Claim.objects.filter(scheme=ready[number].scheme_id, state__in=IN_WORK)
            left = rules.places_left(1, same.count())
            all_have_read.wait(timeout=30)
            return left

    assert together(4, unguarded) == [1] * 4


def test_the_last_money_is_promised_once() -> None:
    scene = scenes.scene(authorised="1000.00")
    ready = drafts(scene, amount="400.00")
    together(PEOPLE, lambda n: scenes.send(ready[n]))
    assert states() == {"submitted": 2, "waiting": PEOPLE - 2}
    assert pool(scene.world.source.pk).balance == Decimal("200.00")
    proven()


def test_one_invoice_brought_by_eight_people_is_taken_once() -> None:
    ready = drafts(scenes.scene(), number="SAME")
    results = together(PEOPLE, lambda n: scenes.send(ready[n]))
    taken = [one for one in results if isinstance(one, Claim)]
    refused = [one for one in results if isinstance(one, Conflict)]
    assert (len(taken), len(refused)) == (1, PEOPLE - 1), results
    assert {one.code for one in refused} == {"duplicate_invoice"}
    assert states() == {"submitted": 1, "draft": PEOPLE - 1}
    proven()


def test_control_asking_before_writing_lets_two_people_have_one_invoice() -> None:
    """Whoever only looks first sees nobody; the unique index is what refuses."""
    ready = drafts(scenes.scene(), 2, number="SAME")
    both_have_looked = Barrier(2)

    def unguarded(number: int) -> bool:
        with transaction.atomic():
            there = Claim.objects.filter(
                invoice_number=rules.number_key(ready[number].invoice_number), state="submitted"
            ).exists()
            both_have_looked.wait(timeout=30)
            return there

    assert together(2, unguarded) == [False, False]


def test_approved_by_ten_windows_it_is_paid_once() -> None:
    scene = scenes.scene()
    claim = scene.sent(amount="760.00")
    results = together(10, lambda _n: scene.approved(claim))
    assert sum(isinstance(one, Claim) for one in results) == 1
    assert sum(isinstance(one, Conflict) for one in results) == 9
    assert Payment.objects.get().amount == Decimal("760.00")
    assert Posting.objects.filter(kind="capture").count() == 1
    proven()


def test_approving_against_withdrawing_one_of_them_happens() -> None:
    scene = scenes.scene()
    claim = scene.sent()
    user = claim.account.person.user
    acts = (
        lambda: scene.approved(claim),
        lambda: claims.withdraw(claim_id=claim.pk, actor=user, at=LATER),
    )
    results = together(2, lambda n: acts[n]())
    assert sum(isinstance(one, Conflict) for one in results) == 1, results
    assert states() in ({"approved": 1}, {"withdrawn": 1})
    proven()


def test_two_workers_serve_the_line_once_and_in_order() -> None:
    scene = scenes.scene(authorised="1000.00")
    first = scene.sent(number="first", amount="900.00")
    line = [
        scene.sent(number=f"R-{n}", amount="300.00", at=scenes.NOW.replace(minute=n))
        for n in range(1, 5)
    ]
    assert states() == {"submitted": 1, "waiting": 4}
    claims.withdraw(claim_id=first.pk, actor=first.account.person.user, at=LATER)
    results = together(2, lambda _n: claims.serve_waiting(at=LATER))
    assert all(isinstance(one, int) for one in results), results
    found = [scenes.read(each).state for each in line]
    assert found == ["submitted", "submitted", "submitted", "waiting"]
    assert Posting.objects.filter(kind="hold").count() == 4
    proven()
