"""Budgets that run out are said once; double funding is found; the proof as data."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import translation

from funding.enums import Origin
from funding.models import (
    Budget,
    BudgetWarning,
    Claim,
    Commitment,
    LedgerAccount,
    ReconciliationRun,
    Refundable,
)
from funding.proof_words import WORDS, invariants
from funding.selectors_double import CERTIFICATE, PROGRAMME, double_funding
from funding.services import budgets, commitments
from funding.services.reconcile import CHECKS, reconcile
from stars.common.permissions import SYSTEM
from stars.notifications.kinds import render
from stars.notifications.models import Message
from tests import factories as f
from tests.funding import build
from tests.funding.build import riga

pytestmark = pytest.mark.django_db
D = Decimal
AT = riga(2025, 6, 21)


class TestWarnings:
    @pytest.fixture
    def w(self) -> build.World:
        world = build.world()
        Budget.objects.create(source=world.source, origin=Origin.EU, amount=D("500.00"))
        build.run(world, 1)
        return world

    def use(self, w: build.World, support: str) -> Commitment:
        account = build.person(w)
        build.run(w, 1)
        return build.hold(account, build.offer(w, support), AT, support=support)

    def test_each_level_is_said_once(self, w: build.World) -> None:
        self.use(w, "390.00")
        assert budgets.warn(at=AT) == []
        self.use(w, "10.00")
        assert [one.percent for one in budgets.warn(at=AT)] == [80]
        assert budgets.warn(at=AT) == []
        self.use(w, "75.00")
        assert [one.percent for one in budgets.warn(at=AT)] == [95]
        assert BudgetWarning.objects.count() == 2

    def test_a_level_that_was_left_and_reached_again_is_not_said_again(
        self, w: build.World
    ) -> None:
        held = self.use(w, "400.00")
        budgets.warn(at=AT)
        commitments.release(commitment_id=held.pk, cause="agency", actor=SYSTEM, at=AT)
        assert budgets.warn(at=AT) == []
        self.use(w, "400.00")
        assert budgets.warn(at=AT) == []

    def test_finance_officers_are_told_and_nobody_else(self, w: build.World) -> None:
        officer = f.MembershipFactory(finance_officer=True).user
        gone = f.MembershipFactory(finance_officer=True, valid_to=date(2025, 6, 1)).user
        f.MembershipFactory(administrator=True)
        self.use(w, "480.00")
        budgets.warn(at=AT)
        budgets.warn(at=AT)
        told = Message.objects.filter(kind="budget_warning")
        assert {m.user_id for m in told} == {officer.pk}
        assert gone.pk not in {m.user_id for m in told}
        assert sorted(m.params["percent"] for m in told) == [80, 95]
        with translation.override("en"):
            shown = render(told[0].kind, [told[0].params])[0]
        assert shown is not None
        assert "%" in shown.title
        assert "%%" not in shown.title + shown.text


class TestDoubleFunding:
    def planted(self, *, same_source: bool = False) -> tuple[Commitment, Commitment]:
        """Round the services: a second commitment for the same programme, put into the table."""
        w, other = build.world(), build.world()
        account = build.person(w)
        build.run(w, 1)
        first = build.hold(account, build.offer(w, "300.00"), AT, support="300.00")
        place = LedgerAccount.objects.create(
            kind="commitment", source=other.source, owner_key="planted"
        )
        second = Commitment.objects.create(
            account=account,
            offer=first.offer,
            source=w.source if same_source else other.source,
            policy=other.full,
            ledger_account=place,
            application_id="00000000-0000-4000-8000-000000000001",
            price=D(300),
            support=D(300),
            own_part=D(0),
            held_at=riga(2025, 7, 1),
        )
        return first, second

    def test_one_that_went_round_the_services_is_found(self) -> None:
        first, second = self.planted()
        (found,) = double_funding()
        assert (found.kind, found.first_id, found.second_id) == (PROGRAMME, first.pk, second.pk)
        assert found.first_source != found.second_source

    def test_what_was_given_back_is_no_funding(self) -> None:
        first, _second = self.planted()
        commitments.release(commitment_id=first.pk, cause="person", actor=SYSTEM, at=AT)
        assert double_funding() == []

    def test_one_source_twice_is_not_double(self) -> None:
        self.planted(same_source=True)
        assert double_funding() == []

    def test_two_people_are_not_one(self) -> None:
        w = build.world()
        what = build.offer(w, "300.00")
        people = [build.person(w), build.person(w)]
        build.run(w, 1)
        for account in people:
            build.hold(account, what, AT, support="300.00")
        assert double_funding() == []

    def test_an_assessment_after_a_training_for_the_same_qualification(self) -> None:
        first, second = self.planted()
        term = build.term("qualification", "programmetajs")
        version = first.offer.version  # type: ignore[union-attr]
        version.qualification = term
        version.save(update_fields=["qualification"])
        what = Refundable.objects.create(
            kind="assessment",
            code="programmetajs",
            name_lv="Programmētājs",
            name_en="Programmer",
            qualification=term,
            valid_from=date(2025, 1, 1),
        )
        Commitment.objects.filter(pk=second.pk).update(offer=None, application_id=None)
        Claim.objects.create(
            account=first.account,
            scheme=second.policy.scheme,
            policy=second.policy,
            what=what,
            commitment=second,
        )
        (found,) = double_funding()
        assert found.kind == CERTIFICATE

    def test_the_command_says_keys_and_fails(self) -> None:
        first, second = self.planted()
        out = StringIO()
        with pytest.raises(SystemExit) as stopped:
            call_command("double_funding", "--json", stdout=out)
        assert stopped.value.code == 1
        data = json.loads(out.getvalue())
        assert data["pairs"][0]["first_id"] == str(first.pk)
        assert first.account.person.family_name not in out.getvalue()
        commitments.release(commitment_id=first.pk, cause="person", actor=SYSTEM, at=AT)
        out = StringIO()
        call_command("double_funding", stdout=out)
        assert out.getvalue() == "0 pairs\n"


class TestProofAsData:
    def prove(self) -> tuple[dict[str, object], int]:
        out, code = StringIO(), 0
        try:
            call_command("reconcile", "--json", stdout=out)
        except SystemExit as stopped:
            code = int(stopped.code or 0)
        return json.loads(out.getvalue()), code

    def test_every_invariant_with_its_result(self) -> None:
        w = build.world()
        build.person(w)
        build.run(w, 1)
        data, code = self.prove()
        assert code == 0
        assert data["ok"] is True
        found = {one["name"]: one for one in data["invariants"]}  # type: ignore[attr-defined]
        assert set(found) == set(CHECKS)
        assert found["balances"]["rows"] == LedgerAccount.objects.count()
        assert all(one["ok"] and one["problems"] == [] for one in found.values())

    def test_one_that_breaks_is_named_first(self) -> None:
        w = build.world()
        account = build.person(w)
        build.run(w, 1)
        held = build.hold(account, build.offer(w, "300.00"), AT, support="300.00")
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE funding_commitment SET support = 200, price = 200 WHERE id = %s",
                [held.pk],
            )
        data, code = self.prove()
        assert code == 1
        assert data["ok"] is False
        first = data["invariants"][0]  # type: ignore[index]
        assert first["ok"] is False
        assert str(held.pk) in {problem["key"] for problem in first["problems"]}

    def test_every_check_has_words(self) -> None:
        assert set(WORDS) == set(CHECKS)
        run = reconcile(at=AT)
        assert ReconciliationRun.objects.count() == 1
        assert len(invariants(run)) == len(CHECKS)
