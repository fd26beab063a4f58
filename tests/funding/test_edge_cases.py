"""Edge cases of the ledger that belong to no single part of it (reading 2.7)."""

from __future__ import annotations

from decimal import Decimal as D
from uuid import uuid4

import pytest

from accounts.claims import Claims
from accounts.models import Person
from accounts.services.identity import identify
from funding.exceptions import KeyReused
from funding.models import Commitment, Grant, Posting
from funding.selectors import money
from funding.services import commitments
from funding.services.quote import quote
from funding.services.reconcile import reconcile
from learning_accounts.models import LearningAccount, LearningPath
from stars.common.errors import Conflict
from stars.common.permissions import SYSTEM
from tests.funding import build
from tests.funding.build import riga

pytestmark = pytest.mark.django_db
FEBRUARY, MARCH = riga(2025, 2, 1), riga(2025, 3, 1)


def proves() -> bool:
    run = reconcile(at=MARCH)
    assert run.ok, run.problems
    return True


def funded(w: build.World) -> LearningAccount:
    account = build.person(w)
    build.run(w, 0)
    return account


class TestCase3TheSameApplicationWithOtherContent:
    def test_another_amount_moves_nothing(self) -> None:
        w = build.world()
        account = funded(w)
        what, key = build.offer(w, "400.00"), uuid4()
        build.hold(account, what, FEBRUARY, support="400.00", application_id=key)
        for other, support in ((what, "300.00"), (build.offer(w, "100.00"), "100.00")):
            with pytest.raises(KeyReused):
                build.hold(account, other, FEBRUARY, support=support, application_id=key)
        assert money(account, FEBRUARY).free == D("100.00")
        assert Posting.objects.filter(kind="hold").count() == 1

    def test_somebody_else_learns_nothing_of_it(self) -> None:
        w = build.world()
        account = funded(w)
        what, key = build.offer(w, "400.00"), uuid4()
        build.hold(account, what, FEBRUARY, support="400.00", application_id=key)
        with pytest.raises(KeyReused) as error:
            build.hold(build.person(w), what, FEBRUARY, support="400.00", application_id=key)
        assert str(account.pk) not in str(error.value)


def test_case_11_nothing_is_an_amount() -> None:
    w = build.world()
    account = funded(w)
    answer = quote(offer=build.offer(w, "0.00"), account=account, at=FEBRUARY)
    assert (answer.price, answer.support, answer.own_part) == (0, 0, 0)
    assert answer.as_json()["own_part"] == "0.00"
    whole = build.hold(account, build.offer(w, "500.00"), FEBRUARY, support="500.00")
    assert (whole.own_part, whole.co_payments.count()) == (0, 0)
    assert proves()


class TestCase13CancelledAndEnrolledAgain:
    def test_the_freed_money_is_used_once(self) -> None:
        w = build.world()
        account, what = funded(w), build.offer(w, "500.00")
        gone = build.hold(account, what, FEBRUARY, support="500.00")
        commitments.release(commitment_id=gone.pk, cause="person", actor=SYSTEM, at=FEBRUARY)
        build.hold(account, what, FEBRUARY, support="500.00")
        assert money(account, FEBRUARY).free == 0
        with pytest.raises(Conflict):  # a late message about the place that was cancelled
            commitments.capture(commitment_id=gone.pk, evidence={}, actor=SYSTEM, at=MARCH)
        assert proves()

    def test_full_cover_is_used_once(self) -> None:
        w = build.world()
        account = build.person(w)
        LearningPath.objects.create(account=account, goal="Mērķis", begun_at=build.ASKED)
        what = build.offer(w, "2000.00", "further_education")
        gone = build.hold(account, what, FEBRUARY, support="2000.00")
        assert quote(offer=what, account=account, at=FEBRUARY).support == 0
        commitments.release(commitment_id=gone.pk, cause="person", actor=SYSTEM, at=FEBRUARY)
        build.hold(account, what, FEBRUARY, support="2000.00")
        assert quote(offer=what, account=account, at=FEBRUARY).support == 0
        assert proves()


def test_case_21_a_new_code_finds_the_same_account_and_nothing_is_granted_twice() -> None:
    old, new = "000462-90317", "003241-70825"

    def come(*codes: str) -> Person:
        said = Claims(
            given_name="Izdoma",
            family_name="Pārbaude",
            birth_date=riga(1990, 5, 1).date(),
            code=codes[0],
            historical_codes=codes[1:],
        )
        return identify(claims=said, at=build.ASKED)

    w = build.world()
    person = come(old)
    account = LearningAccount.objects.create(
        person=person, opened_at=build.ASKED, profile_completed_at=build.ASKED
    )
    account.standing_requests.create(asked_at=build.ASKED)
    build.run(w, 0)
    assert come(new, old) == person
    assert come(old) == person
    build.run(w, 0, riga(2025, 1, 2))
    assert Grant.objects.filter(account=account).count() == 1
    assert LearningAccount.objects.get(person=person) == account
    assert proves()


def test_case_22_nobody_who_died_is_granted_anything_and_what_was_held_can_be_settled() -> None:
    w = build.world()
    account = funded(w)
    held = build.hold(account, build.offer(w, "400.00"), FEBRUARY, support="400.00")
    Person.objects.filter(pk=account.person_id).update(deceased=True)
    build.run(w, 1, riga(2025, 6, 10))
    assert Grant.objects.filter(account=account).count() == 1
    commitments.release(commitment_id=held.pk, cause="provider", actor=SYSTEM, at=MARCH)
    assert Commitment.objects.get(pk=held.pk).state == "released"
    assert proves()
