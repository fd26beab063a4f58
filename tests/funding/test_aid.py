"""Monthly aid: asked, decided, counted, listed, approved by two, paid, and put right (FUN-11)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from funding.exceptions import InsufficientFunds
from funding.models import AidMonth, LedgerAccount, Payment, PaymentFile, Posting
from funding.selectors_aid import months_of, requests_of
from funding.services import aid, aid_lists, bank_accounts, bank_answers, commitments
from funding.services.bank_answers import read_answer
from funding.services.reconcile import reconcile
from stars.common.errors import Conflict, DomainError, Invalid, NotAllowed
from stars.common.permissions import SYSTEM
from stars.notifications.models import Message
from tests import factories as f
from tests.funding import build
from tests.funding.aid import (
    APRIL,
    ASKED,
    FEBRUARY,
    IBAN,
    LATER,
    MARCH,
    approved,
    ask,
    count,
    learner,
    officers,
    paid_out,
    with_aid,
)
from tests.funding.build import riga

pytestmark = pytest.mark.django_db


def world() -> build.World:
    w = build.world()
    with_aid(w)
    return w


def owed(w: build.World) -> Decimal:
    places = LedgerAccount.objects.filter(source=w.source, kind="payable")
    return sum((place.balance for place in places), Decimal(0))


def proves() -> None:
    run = reconcile(at=LATER)
    assert run.ok, run.problems


# --- asking and deciding ---------------------------------------------------------------------


def test_a_stipend_is_the_policys_amount_whatever_is_asked() -> None:
    request = ask(learner(world()), monthly=Decimal("999.00"))
    assert (request.monthly, request.state) == (Decimal("100.00"), "asked")
    assert request.bank_account.iban == IBAN


@pytest.mark.parametrize(("asked", "given"), [("30.00", "30.00"), ("80.00", "50.00")])
def test_travel_costs_are_paid_up_to_the_policys_amount(asked: str, given: str) -> None:
    w = world()
    with_aid(w, "transport", "50.00")
    request = ask(learner(w), "transport", monthly=Decimal(asked))
    assert request.monthly == Decimal(given)


@pytest.mark.parametrize("monthly", [None, Decimal(0), Decimal("-5.00"), Decimal("5.005")])
def test_travel_costs_need_an_amount(monthly: Decimal | None) -> None:
    w = world()
    with_aid(w, "transport", "50.00")
    with pytest.raises(Invalid):
        ask(learner(w), "transport", monthly=monthly)


@pytest.mark.parametrize("iban", ["", "LV00BANK0000435195001", "12345", "x" * 60])
def test_a_false_account_number_is_refused(iban: str) -> None:
    with pytest.raises(Invalid) as refused:
        ask(learner(world()), iban=iban)
    assert refused.value.field == "iban"


@pytest.mark.parametrize("kind", ["transport", "housing", "nonsense", ""])
def test_only_what_the_source_has_for_this_type(kind: str) -> None:
    with pytest.raises(Conflict):
        ask(learner(world()), kind, monthly=Decimal("10.00"))


def test_other_types_of_training_have_none() -> None:
    w = world()
    account = build.person(w)
    build.run(w, 0)
    held = build.hold(account, build.offer(w, "400.00"), riga(2025, 2, 1), support="400.00")
    with pytest.raises(Conflict):
        ask(held)


def test_nobody_asks_twice_or_for_somebody_else() -> None:
    held = learner(world())
    with pytest.raises(NotAllowed):
        ask(held, actor=build.person().person.user)
    ask(held)
    with pytest.raises(Conflict):
        ask(held)


def test_nothing_is_asked_for_what_is_over() -> None:
    held = learner(world())
    commitments.release(commitment_id=held.pk, cause="person", actor=SYSTEM, at=ASKED)
    with pytest.raises(Conflict):
        ask(held)


def test_a_refusal_says_why_and_one_may_ask_again() -> None:
    held = learner(world())
    request = ask(held)
    with pytest.raises(Invalid):
        aid.refuse(request_id=request.pk, reason=" ", actor=SYSTEM, at=ASKED)
    aid.refuse(request_id=request.pk, reason="Mācības tiešsaistē", actor=SYSTEM, at=ASKED)
    assert ask(held).pk != request.pk
    assert Message.objects.filter(kind="aid_refused").count() == 1


# --- months ----------------------------------------------------------------------------------


def test_months_are_counted_once_and_change_while_they_are_in_no_list() -> None:
    request = approved(world())
    for attended, amount in ((8, "100.00"), (8, "100.00"), (7, "0.00"), (10, "100.00")):
        row = count(request, MARCH, 10, attended)
        assert row is not None
        assert row.amount == Decimal(amount)
    assert AidMonth.objects.count() == 1


def test_months_before_the_request_do_not_count() -> None:
    request = approved(world())
    assert count(request, date(2025, 1, 1), 10, 10) is None
    assert count(request, FEBRUARY, 10, 10) is not None


@pytest.mark.parametrize(
    ("month", "held", "attended"),
    [
        (date(2025, 5, 1), 10, 10),  # not over
        (date(2025, 3, 2), 10, 10),  # no month
        (MARCH, 10, 11),
        (MARCH, -1, -1),
    ],
)
def test_what_cannot_be_is_refused(month: date, held: int, attended: int) -> None:
    with pytest.raises(Invalid):
        count(approved(world()), month, held, attended)


def test_only_approved_requests_are_counted() -> None:
    with pytest.raises(Conflict):
        count(ask(learner(world())), MARCH, 10, 10)


def test_the_database_refuses_what_the_service_would() -> None:
    row = count(approved(world()), MARCH, 10, 10)
    assert row is not None
    for change in ({"hours_attended": 11}, {"amount": Decimal("-1.00")}):
        with pytest.raises(IntegrityError), transaction.atomic():
            AidMonth.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        AidMonth.objects.create(
            request=row.request, month=MARCH, hours_held=1, hours_attended=1, amount=1
        )


# --- lists -----------------------------------------------------------------------------------


def test_a_list_approved_by_two_is_owed_and_paid() -> None:
    w = world()
    good, absent = approved(w), approved(w)
    row = count(good, MARCH, 10, 9)
    count(absent, MARCH, 10, 2)
    this = paid_out(w, MARCH)
    assert (this.state, this.total) == ("approved", Decimal("100.00"))
    assert owed(w) == Decimal("100.00")
    payment = Payment.objects.get()
    assert row is not None
    assert (payment.reference, payment.amount) == (f"aid_month:{row.pk}", Decimal("100.00"))
    assert payment.bank_account.iban == IBAN
    proves()
    aid_lists.mark_paid(month_id=row.pk, actor=SYSTEM, at=LATER)
    this.refresh_from_db()
    assert this.state == "paid"
    assert Message.objects.filter(kind="aid_paid").count() == 1


def test_a_list_of_two_people_is_not_paid_with_the_first() -> None:
    w = world()
    rows = [count(approved(w), MARCH, 10, 10) for _person in range(2)]
    this = paid_out(w, MARCH)
    assert rows[0] is not None
    aid_lists.mark_paid(month_id=rows[0].pk, actor=SYSTEM, at=LATER)
    this.refresh_from_db()
    assert this.state == "approved"


def test_money_of_one_person_that_comes_back_opens_the_list_and_leaves_the_other() -> None:
    w = world()
    requests = [approved(w) for _person in range(2)]
    rows = [count(request, MARCH, 10, 10) for request in requests]
    this = paid_out(w, MARCH)
    payments = [Payment.objects.get(reference=f"aid_month:{row.pk}") for row in rows if row]
    file = PaymentFile.objects.create(message_id="F", execute_on=MARCH, count=2, total=200)
    Payment.objects.update(state="sent", file=file)
    lines = [f"{one.end_to_end_id};paid;2025-05-19;" for one in payments]
    read_answer(
        content="\n".join(["end_to_end_id;status;date;reason", *lines]).encode(),
        actor=officers()[0],
        at=LATER,
    )
    this.refresh_from_db()
    assert this.state == "paid"
    bank_answers.reject_payment(
        payment_id=payments[0].pk, day=date(2025, 5, 20), note="AC04", actor=officers()[0], at=LATER
    )
    this.refresh_from_db()
    assert this.state == "approved"
    shown = [months_of(requests_of(one.commitment_id)[0])[-1].state for one in requests]
    assert shown == ["approved", "paid"]
    told = Message.objects.filter(kind="aid_came_back")
    assert [one.user_id for one in told] == [requests[0].commitment.account.person.user_id]
    proves()


def test_nobody_approves_what_they_put_forward() -> None:
    w = world()
    count(approved(w), MARCH, 10, 10)
    first, _second = officers()
    this = aid_lists.make_list(source_id=w.source.pk, month=MARCH, actor=first, at=LATER)
    approval = aid_lists.put_forward(list_id=this.pk, actor=first, at=LATER)
    with pytest.raises(NotAllowed):
        aid_lists.second(approval_id=approval.pk, approved=True, actor=first, at=LATER)
    assert not Posting.objects.filter(kind="stipend").exists()


def test_a_new_bank_account_after_it_was_put_forward_asks_again() -> None:
    w = world()
    request = approved(w)
    count(request, MARCH, 10, 10)
    first, second = officers()
    this = aid_lists.make_list(source_id=w.source.pk, month=MARCH, actor=first, at=LATER)
    approval = aid_lists.put_forward(list_id=this.pk, actor=first, at=LATER)
    account = request.commitment.account
    bank_accounts.record(
        account_id=account.pk,
        iban="LV97HABA0012345678910",
        holder="Izdoma Pārbaude",
        actor=account.person.user,
        at=LATER,
    )
    with pytest.raises(Conflict):
        aid_lists.second(approval_id=approval.pk, approved=True, actor=second, at=LATER)
    aid_lists.second(approval_id=approval.pk, approved=False, actor=second, at=LATER)
    this.refresh_from_db()
    assert this.state == "draft"
    again = aid_lists.put_forward(list_id=this.pk, actor=first, at=LATER)
    aid_lists.second(approval_id=again.pk, approved=True, actor=second, at=LATER)
    assert Payment.objects.get().bank_account.iban == "LV97HABA0012345678910"


def test_a_source_without_money_stops_the_whole_list() -> None:
    w = build.world(authorised="2050.00")
    with_aid(w)
    count(approved(w), MARCH, 10, 10)
    first, second = officers()
    this = aid_lists.make_list(source_id=w.source.pk, month=MARCH, actor=first, at=LATER)
    approval = aid_lists.put_forward(list_id=this.pk, actor=first, at=LATER)
    with pytest.raises(InsufficientFunds):
        aid_lists.second(approval_id=approval.pk, approved=True, actor=second, at=LATER)
    this.refresh_from_db()
    assert this.state == "waiting"
    assert not Payment.objects.exists()
    proves()


def test_a_list_of_nothing_is_none_and_months_stand_in_one_only() -> None:
    w = world()
    first, _second = officers()
    make: dict[str, Any] = {"source_id": w.source.pk, "actor": first, "at": LATER}
    with pytest.raises(Conflict):
        aid_lists.make_list(month=MARCH, **make)
    count(approved(w), MARCH, 10, 10)
    aid_lists.make_list(month=MARCH, **make)
    with pytest.raises(Conflict):
        aid_lists.make_list(month=MARCH, **make)
    with pytest.raises(Invalid):
        aid_lists.make_list(month=date(2025, 5, 1), **make)


def test_a_cancelled_list_gives_its_months_back() -> None:
    w = world()
    request = approved(w)
    count(request, MARCH, 10, 10)
    first, _second = officers()
    this = aid_lists.make_list(source_id=w.source.pk, month=MARCH, actor=first, at=LATER)
    count(request, MARCH, 10, 5)  # put right while it stood in the draft
    assert AidMonth.objects.count() == 2
    aid_lists.cancel(list_id=this.pk, actor=first, at=LATER)
    row = AidMonth.objects.get()
    assert (row.amount, row.hours_attended, row.aid_list) == (0, 5, None)
    again = aid_lists.make_list(source_id=w.source.pk, month=MARCH, actor=first, at=LATER)
    assert again.number != this.number


def test_an_auditor_and_a_provider_decide_nothing() -> None:
    w = world()
    request = ask(learner(w))
    for stranger in (
        f.MembershipFactory(auditor=True).user,
        f.MembershipFactory(organisation=w.provider.organisation).user,
        request.commitment.account.person.user,
    ):
        with pytest.raises(NotAllowed):
            aid.approve(request_id=request.pk, actor=stranger, at=ASKED)
        with pytest.raises(NotAllowed):
            aid_lists.make_list(source_id=w.source.pk, month=MARCH, actor=stranger, at=LATER)


# --- put right afterwards --------------------------------------------------------------------


def test_hours_added_later_are_a_difference_in_a_later_list() -> None:
    w = world()
    request = approved(w)
    count(request, MARCH, 10, 7)
    first = paid_out(w, MARCH)
    assert first.total == 0
    assert first.state == "paid"  # nothing to pay
    for _time in range(2):
        row = count(request, MARCH, 10, 8)
    assert row is not None
    assert (row.amount, row.corrects is not None) == (Decimal("100.00"), True)
    second = paid_out(w, APRIL)
    assert second.total == Decimal("100.00")
    assert first.months.get().amount == 0  # the first list says what it said
    assert owed(w) == Decimal("100.00")
    proves()


def test_what_was_paid_too_much_is_taken_off_a_later_month() -> None:
    w = world()
    request = approved(w)
    count(request, MARCH, 10, 10)
    paid_out(w, MARCH)
    count(request, MARCH, 10, 7)
    first, _second = officers()
    with pytest.raises(Conflict):  # nothing yet makes up for it
        aid_lists.make_list(source_id=w.source.pk, month=MARCH, actor=first, at=LATER)
    count(request, APRIL, 10, 10)
    later = paid_out(w, APRIL)
    assert later.total == 0
    assert owed(w) == Decimal("100.00")
    assert Payment.objects.count() == 1
    proves()


def test_a_difference_that_is_taken_back_before_it_is_listed_leaves_nothing() -> None:
    w = world()
    request = approved(w)
    count(request, MARCH, 10, 10)
    paid_out(w, MARCH)
    count(request, MARCH, 10, 7)
    assert AidMonth.objects.count() == 2
    count(request, MARCH, 10, 9)
    assert AidMonth.objects.count() == 1


def test_the_second_correction_counts_from_what_was_listed() -> None:
    w = world()
    request = approved(w)
    count(request, MARCH, 10, 7)
    paid_out(w, MARCH)
    count(request, MARCH, 10, 8)
    paid_out(w, APRIL)
    row = count(request, MARCH, 10, 7)
    assert row is not None
    assert row.amount == Decimal("-100.00")
    assert sum(m.amount for m in AidMonth.objects.filter(month=MARCH)) == 0


# --- the proof can fail ----------------------------------------------------------------------


@pytest.mark.parametrize("amount", ["90.00", "110.00"])
def test_the_proof_sees_a_list_that_says_another_amount(amount: str) -> None:
    w = world()
    row = count(approved(w), MARCH, 10, 10)
    paid_out(w, MARCH)
    assert row is not None
    AidMonth.objects.filter(pk=row.pk).update(amount=Decimal(amount))
    run = reconcile(at=LATER)
    assert {problem["check"] for problem in run.problems} == {"aid", "owed"}


def test_an_ended_request_stays_counted_and_ends_once() -> None:
    request = approved(world())
    for _time in range(2):
        aid.end(
            request_id=request.pk, reason="", actor=request.commitment.account.person.user, at=LATER
        )
    assert count(request, MARCH, 10, 10) is not None
    with pytest.raises(DomainError):
        aid.approve(request_id=request.pk, actor=SYSTEM, at=LATER)
