"""Employers' promises: by list or code, limits, what the person and the ledger see."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from accounts import codes
from accounts.enums import CodeKind
from accounts.models import Organisation, PersonCode
from accounts.services.employers import record_employer
from funding.exceptions import QuoteChanged
from funding.models import CoPayment, Pledge, PledgeEmployee
from funding.services import commitments, pledges
from funding.services.quote import quote
from funding.services.reconcile import reconcile
from learning_accounts.models import LearningAccount
from stars.common.errors import Conflict, DomainError, Invalid
from stars.common.permissions import SYSTEM
from tests.funding import build
from tests.funding.build import riga

pytestmark = pytest.mark.django_db
AT = riga(2025, 2, 1)
CODES = [f"320000-{n:05d}" for n in range(1, 20)]


def employer(number: int = 1) -> Organisation:
    return record_employer(
        name=f"SIA Izdomāts darbs {number}",
        registration_number=f"4000000000{number}",
        actor=SYSTEM,
        at=AT,
    )


def promise(**more: Any) -> pledges.Recorded:
    given: dict[str, Any] = {
        "employer_id": employer().pk,
        "source_id": None,
        "share": Decimal("0.5"),
        "per_person": None,
        "total": None,
        "valid_from": date(2025, 1, 1),
        "valid_to": date(2025, 12, 31),
        "employees": [CODES[0]],
        **more,
    }
    return pledges.record(**given, actor=SYSTEM, at=AT)


def with_code(account: LearningAccount, code: str = CODES[0]) -> LearningAccount:
    PersonCode.objects.create(
        person=account.person,
        kind=CodeKind.CURRENT,
        encrypted=codes.encrypt(code),
        lookup=codes.lookup(code),
        recorded_at=AT,
    )
    return account


def employee() -> tuple[build.World, LearningAccount]:
    w = build.world()
    account = with_code(build.person(w))
    build.run(w, 0)
    return w, account


def hold(account: LearningAccount, what: Any, **more: Any) -> Any:
    given: dict[str, Any] = {
        "expected_support": Decimal("500.00"),
        "payer": "person",
        "use_support": True,
        "application_id": build.uuid4(),
        **more,
    }
    return commitments.hold(account_id=account.pk, offer_id=what.pk, **given, actor=SYSTEM, at=AT)


def test_the_promised_part_stands_beside_the_own_part() -> None:
    w, account = employee()
    promise()
    answer = quote(offer=build.offer(w, "570.00"), account=account, at=AT)
    assert (answer.support, answer.own_part) == (Decimal("500.00"), Decimal("70.00"))
    assert (answer.employer_part, answer.rest) == (Decimal("35.00"), Decimal("35.00"))
    assert answer.as_json()["employer_part"] == "35.00"


def test_holding_writes_a_row_for_each_payer_and_the_proof_still_holds() -> None:
    w, account = employee()
    made = promise().pledge
    held = hold(account, build.offer(w, "570.00"), expected_employer=Decimal("35.00"))
    rows = {row.payer: row for row in held.co_payments.all()}
    assert {payer: row.amount for payer, row in rows.items()} == {
        "person": Decimal("35.00"),
        "employer": Decimal("35.00"),
    }
    assert rows["employer"].pledge == made
    assert rows["person"].pledge is None
    assert reconcile(at=AT).ok


def test_an_employer_who_pays_all_needs_no_other_payer() -> None:
    w, account = employee()
    promise(share=Decimal(1))
    held = hold(account, build.offer(w, "570.00"), payer="")
    assert [(row.payer, row.amount) for row in held.co_payments.all()] == [
        ("employer", Decimal("70.00"))
    ]
    assert reconcile(at=AT).ok


def test_the_rest_cannot_be_the_employers_again() -> None:
    w, account = employee()
    promise()
    with pytest.raises(Invalid) as refused:
        hold(account, build.offer(w, "570.00"), payer="employer")
    assert refused.value.field == "payer"
    assert not CoPayment.objects.exists()


def test_what_the_person_confirmed_no_longer_holds() -> None:
    w, account = employee()
    made = promise().pledge
    pledges.end(pledge_id=made.pk, actor=SYSTEM, at=AT)
    with pytest.raises(QuoteChanged):
        hold(account, build.offer(w, "570.00"), expected_employer=Decimal("35.00"))


@pytest.mark.parametrize(
    "not_for_this",
    [
        {"valid_to": date(2025, 1, 31)},
        {"valid_from": date(2025, 2, 2)},
        {"employees": [CODES[1]]},
    ],
)
def test_other_days_and_other_people_get_nothing(not_for_this: dict[str, Any]) -> None:
    w, account = employee()
    promise(**not_for_this)
    assert not quote(offer=build.offer(w, "570.00"), account=account, at=AT).employer_part


def test_the_first_and_the_last_day_count() -> None:
    w, account = employee()
    promise(valid_from=date(2025, 2, 1), valid_to=date(2025, 2, 1))
    assert quote(offer=build.offer(w, "570.00"), account=account, at=AT).employer_part


def test_another_sources_promise_pays_nothing() -> None:
    w, account = employee()
    promise(source_id=build.world().source.pk)
    assert not quote(offer=build.offer(w, "570.00"), account=account, at=AT).employer_part


def test_nothing_is_promised_where_there_is_no_support_or_nothing_to_pay() -> None:
    w, account = employee()
    promise()
    offer = build.offer(w, "570.00")
    assert not quote(offer=offer, account=account, at=AT, use_support=False).employer_part
    assert not quote(offer=build.offer(w, "400.00"), account=account, at=AT).employer_part


def test_a_limit_for_a_person_counts_over_several_trainings() -> None:
    w, account = employee()
    other = build.world()
    build.run(other, 0)  # the same person has 500 € of another source, too
    promise(share=Decimal(1), per_person=Decimal("50.00"))
    hold(account, build.offer(w, "520.00"), payer="")
    answer = quote(offer=build.offer(other, "570.00"), account=account, at=AT)
    assert (answer.own_part, answer.employer_part) == (Decimal("70.00"), Decimal("30.00"))


def test_a_total_is_shared_by_colleagues_and_comes_back_on_release() -> None:
    w, account = employee()
    colleague = with_code(build.person(w), CODES[1])
    build.run(w, 0)
    promise(share=Decimal(1), total=Decimal("100.00"), employees=CODES[:2])
    held = hold(account, build.offer(w, "570.00"), payer="")
    offer = build.offer(w, "570.00")
    assert quote(offer=offer, account=colleague, at=AT).employer_part == Decimal("30.00")
    commitments.release(commitment_id=held.pk, cause="person", actor=SYSTEM, at=AT)
    assert quote(offer=offer, account=colleague, at=AT).employer_part == Decimal("70.00")


def test_a_former_code_finds_the_person_too() -> None:
    w, account = employee()
    PersonCode.objects.create(
        person=account.person,
        kind=CodeKind.HISTORIC,
        encrypted=codes.encrypt(CODES[5]),
        lookup=codes.lookup(CODES[5]),
        recorded_at=AT,
    )
    promise(employees=[CODES[5]])
    assert quote(offer=build.offer(w, "570.00"), account=account, at=AT).employer_part


def test_personal_codes_are_stored_as_keyed_hashes_only() -> None:
    promise(employees=["320000 00001", "32000000001", CODES[1]])
    assert PledgeEmployee.objects.count() == 2  # the same code twice is one person
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(e)::text FROM funding_pledgeemployee e")
        stored = " ".join(row[0] for row in cursor.fetchall())
    assert "32000" not in stored
    assert "00001" not in stored.replace("-", "")


def test_a_wrong_personal_code_is_named_by_its_line_and_nothing_is_written() -> None:
    with pytest.raises(Invalid) as refused:
        promise(employees=[CODES[0], "", "12345"])
    assert "3" in str(refused.value)
    assert "12345" not in str(refused.value)
    assert not Pledge.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"share": Decimal(0)}, "share"),
        ({"share": Decimal("1.01")}, "share"),
        ({"share": Decimal("-0.5")}, "share"),
        ({"per_person": Decimal("-1.00")}, "per_person"),
        ({"per_person": Decimal("0.00")}, "per_person"),
        ({"total": Decimal("0.00")}, "total"),
        ({"valid_to": date(2024, 12, 31)}, "valid_to"),
        ({"employees": []}, "employees"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        promise(**wrong)
    assert refused.value.field == field
    assert not Pledge.objects.exists()


def test_three_decimals_are_refused() -> None:
    with pytest.raises(Invalid):
        promise(total=Decimal("10.005"))


def test_only_an_employer_promises() -> None:
    w = build.world()
    with pytest.raises(Invalid) as refused:
        promise(employer_id=w.provider.organisation_id)
    assert refused.value.field == "employer"


# --- by code ---------------------------------------------------------------------------------


def use(account: LearningAccount, code: str, at: Any = AT) -> Pledge:
    return pledges.use_code(account_id=account.pk, code=code, actor=account.person.user, at=at)


def test_who_has_the_code_joins_the_list_once() -> None:
    w, account = employee()
    recorded = promise(employees=[], with_code=True)
    offer = build.offer(w, "570.00")
    assert not quote(offer=offer, account=account, at=AT).employer_part
    for text in (recorded.code, recorded.code.lower().replace("-", " ")):
        use(account, text)
    assert recorded.pledge.employees.count() == 1
    assert quote(offer=offer, account=account, at=AT).employer_part == Decimal("35.00")


def test_the_code_cannot_be_read_again() -> None:
    recorded = promise(employees=[], with_code=True)
    plain = recorded.code.replace("-", "")
    stored = Pledge.objects.values().get()
    assert plain not in str(stored)
    assert len(stored["code_hash"]) == 64


@pytest.mark.parametrize("wrong", ["", "ABCDE-23456", "x" * 500, "0", "\x00", "ā"])
def test_an_unknown_code_says_nothing_more(wrong: str) -> None:
    _w, account = employee()
    promise()  # has no code: an empty one must not match it
    with pytest.raises(pledges.UnknownCode):
        use(account, wrong)
    assert PledgeEmployee.objects.count() == 1


def test_a_code_that_ended_or_is_not_yet_valid_is_unknown() -> None:
    _w, account = employee()
    recorded = promise(employees=[], with_code=True, valid_from=date(2025, 3, 1))
    with pytest.raises(pledges.UnknownCode):
        use(account, recorded.code)
    pledges.end(pledge_id=recorded.pledge.pk, actor=SYSTEM, at=riga(2025, 3, 2))
    with pytest.raises(pledges.UnknownCode):
        use(account, recorded.code, riga(2025, 3, 3))


def test_an_ended_promise_takes_nobody_and_ends_once() -> None:
    made = promise().pledge
    pledges.end(pledge_id=made.pk, actor=SYSTEM, at=AT)
    for act in (
        lambda: pledges.end(pledge_id=made.pk, actor=SYSTEM, at=AT),
        lambda: pledges.add_employees(pledge_id=made.pk, employees=[CODES[3]], actor=SYSTEM, at=AT),
    ):
        with pytest.raises(Conflict):
            act()


def test_people_are_added_once() -> None:
    made = promise().pledge
    added = [
        pledges.add_employees(pledge_id=made.pk, employees=CODES[:3], actor=SYSTEM, at=AT)
        for _time in range(2)
    ]
    assert added == [2, 0]


# --- employers -------------------------------------------------------------------------------


def test_an_employer_is_known_by_its_number() -> None:
    assert employer().pk == employer().pk
    assert Organisation.objects.filter(kind="employer").count() == 1


@pytest.mark.parametrize(
    ("name", "number"),
    [("", "40000000001"), ("SIA", ""), ("SIA", "4000000001"), ("SIA", "４００００００００００")],
)
def test_an_employer_needs_a_name_and_a_number(name: str, number: str) -> None:
    with pytest.raises(Invalid):
        record_employer(name=name, registration_number=number, actor=SYSTEM, at=AT)


def test_a_provider_is_no_employer_by_its_name() -> None:
    w = build.world()
    with pytest.raises(DomainError):
        record_employer(
            name=w.provider.name, registration_number="40000000009", actor=SYSTEM, at=AT
        )
