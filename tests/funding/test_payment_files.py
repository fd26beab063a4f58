"""Payments through the bank: two people, sent once, paid once, back once, in any order."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.enums import Role
from funding.enums import AccountKind, CommitmentState, FileState, ListState, PaymentState
from funding.models import Commitment, Payment, Posting
from funding.services import bank_answers, holds, payment_files
from funding.services.bank_answers import WrongRows, read_answer
from stars.common.dates import add_working_days, now, riga_date, today
from stars.common.errors import Conflict, Invalid, NotAllowed
from stars.files import services as files
from stars.notifications.models import Message
from tests import factories as f
from tests.funding import build
from tests.funding.settle import JULY, JUNE, Scene, proves, refused, scene
from tests.funding.test_approvals import officer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def disk(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def ready(price: str = "300.00") -> tuple[Scene, Payment]:
    """A scene with one approved statement and its payment."""
    s = scene()
    s.captured(price)
    return s, s.payment(s.approved())


def sent() -> tuple[Scene, Payment]:
    s, payment = ready()
    s.file(payment)
    return s, Payment.objects.get(pk=payment.pk)


def answer(*rows: tuple[Payment, str], day: date | None = None) -> bytes:
    lines = [f"{one.end_to_end_id};{status};{day or today()};AC04" for one, status in rows]
    return "\n".join(["end_to_end_id;status;date;reason", *lines]).encode()


def take(s: Scene, *rows: tuple[Payment, str]) -> bank_answers.Answered:
    return read_answer(content=answer(*rows), actor=s.first, at=now())


def test_the_whole_way_of_a_payment() -> None:
    s, payment = ready()
    file = s.file(payment, "waiting")
    assert (file.count, file.total, file.state) == (1, D(300), FileState.WAITING)
    stored = payment_files.bytes_of(file)
    with pytest.raises(NotAllowed):
        files.link(file=stored, actor=s.first)  # nobody takes it to the bank before the second
    key = file.approvals.get().pk
    for actor in (s.first, officer("administrator"), officer("auditor")):
        with pytest.raises(NotAllowed):
            payment_files.decide_file(approval_id=key, approved=True, actor=actor, at=now())
    payment_files.decide_file(approval_id=key, approved=True, actor=s.second, at=now())
    assert files.link(file=stored, actor=s.first)
    payment_files.send_file(file_id=file.pk, actor=s.first, at=now())
    payment.refresh_from_db()
    assert payment.state == PaymentState.SENT
    done = take(s, (payment, "paid"))
    assert (done.paid, done.known) == (1, 0)
    payment.refresh_from_db()
    assert (payment.state, payment.settled_on) == (PaymentState.PAID, today())
    assert payment.posting is not None
    assert payment.posting.effective_at <= now()
    assert (s.balance(AccountKind.PAYABLE), s.balance(AccountKind.PAID)) == (0, 300)
    statement = s.provider.statements.get()
    assert statement.state == ListState.PAID
    assert Commitment.objects.get(statement_lines__statement=statement).state == (
        CommitmentState.PAID
    )
    assert not proves()


def test_case_19_sending_again_makes_no_second_payment() -> None:
    s, payment = sent()
    file = payment.file
    assert file is not None
    again = payment_files.send_file(file_id=file.pk, actor=s.second, at=now())
    assert again.state == FileState.SENT
    assert Payment.objects.count() == 1
    with refused("not_ready"):
        s.file(payment, "waiting")


def test_case_19_what_the_bank_rejects_is_owed_again_once() -> None:
    s, payment = sent()
    done = take(s, (payment, "rejected"))
    assert done.rejected == 1
    payment.refresh_from_db()
    new = payment.replaced_by
    assert (new.state, new.amount, new.reference) == ("ready", 300, payment.reference)
    assert new.end_to_end_id != payment.end_to_end_id
    assert s.balance(AccountKind.PAYABLE) == 300
    assert payment.bank_note == "AC04"
    assert take(s, (payment, "rejected")).known == 1
    with pytest.raises(Conflict):
        bank_answers.reject_payment(
            payment_id=payment.pk, day=today(), note="vēlreiz", actor=s.first, at=now()
        )
    assert Payment.objects.count() == 2
    s.file(new)
    assert take(s, (new, "paid")).paid == 1
    assert s.balance(AccountKind.PAID) == 300
    assert not proves()


def test_what_was_paid_may_still_come_back_and_nothing_says_paid_any_more() -> None:
    s, payment = sent()
    take(s, (payment, "paid"))
    statement = s.provider.statements.get()
    settled = Commitment.objects.get(statement_lines__statement=statement)
    assert (statement.state, settled.state) == (ListState.PAID, CommitmentState.PAID)
    take(s, (payment, "rejected"))
    statement.refresh_from_db()
    settled.refresh_from_db()
    assert (statement.state, settled.state) == (ListState.APPROVED, CommitmentState.PAYABLE)
    assert not proves()
    with refused("nothing"):  # it is owed by this statement and by no other
        s.statement(JULY)
    assert (s.balance(AccountKind.PAYABLE), s.balance(AccountKind.PAID)) == (300, 0)
    assert Posting.objects.filter(idempotency_key=f"return:{payment.pk}").count() == 1
    payment.refresh_from_db()
    s.file(payment.replaced_by)
    take(s, (payment.replaced_by, "paid"))
    statement.refresh_from_db()
    settled.refresh_from_db()
    assert (statement.state, settled.state) == (ListState.PAID, CommitmentState.PAID)
    assert s.balance(AccountKind.PAID) == 300
    assert not proves()


def test_its_administrators_hear_of_each_payment_that_came_back() -> None:
    s, payment = sent()
    user = f.MembershipFactory(organisation=s.provider.organisation, role=Role.PROVIDER_ADMIN).user
    for _twice in range(2):
        take(s, (payment, "rejected"))
    told = Message.objects.filter(kind="statement_came_back")
    assert [message.user_id for message in told] == [user.pk]
    payment.refresh_from_db()
    s.file(payment.replaced_by)
    take(s, (payment.replaced_by, "rejected"))
    assert told.all().count() == 2


@pytest.mark.parametrize("order", list(itertools.permutations(["paid", "rejected", "paid"])))
def test_case_16_doubled_and_disordered_answers_end_in_the_same_state(order: Any) -> None:
    s, payment = sent()
    for status in order:
        take(s, (payment, status))
    payment.refresh_from_db()
    assert payment.state == PaymentState.REJECTED
    assert Payment.objects.filter(replaces=payment).count() == 1
    assert (s.balance(AccountKind.PAYABLE), s.balance(AccountKind.PAID)) == (300, 0)
    assert not proves()


def test_case_16_both_in_one_answer() -> None:
    s, payment = sent()
    done = take(s, (payment, "rejected"), (payment, "paid"), (payment, "rejected"))
    assert (done.paid, done.rejected, done.known) == (1, 1, 1)
    assert s.balance(AccountKind.PAYABLE) == 300


def test_case_19_a_changed_account_number_blocks_until_it_is_approved_again() -> None:
    s, payment = ready()
    waiting = s.file(payment, "waiting")
    s.new_account()
    key = waiting.approvals.get().pk
    with refused("account_changed"):
        payment_files.decide_file(approval_id=key, approved=True, actor=s.second, at=now())
    payment_files.decide_file(approval_id=key, approved=False, actor=s.second, at=now())
    with refused("account_changed"):
        s.file(Payment.objects.get(pk=payment.pk), "waiting")
    new = bank_answers.redirect_payment(payment_id=payment.pk, actor=s.first, at=now())
    payment.refresh_from_db()
    assert payment.state == PaymentState.CANCELLED
    file = s.file(new)
    shown = Path(files.storage().path(payment_files.bytes_of(file).key)).read_bytes()
    assert new.bank_account.iban.encode() in shown
    assert payment.bank_account.iban.encode() not in shown
    take(s, (new, "paid"))
    assert not proves()


def test_an_account_changed_after_the_second_person_blocks_sending() -> None:
    s, payment = ready()
    file = s.file(payment, "approved")
    s.new_account()
    with refused("account_changed"):
        payment_files.send_file(file_id=file.pk, actor=s.first, at=now())
    payment_files.cancel_file(file_id=file.pk, note="cits konts", actor=s.first, at=now())
    bank_answers.redirect_payment(payment_id=payment.pk, actor=s.first, at=now())
    with pytest.raises(Conflict):
        bank_answers.redirect_payment(payment_id=payment.pk, actor=s.first, at=now())


def test_answers_are_taken_whole_or_not_at_all() -> None:
    s, payment = sent()
    other, _waits = ready("40.00")
    unsent = other.payment(other.provider.statements.get())
    bad = answer((payment, "paid"), (unsent, "paid"), (payment, "maybe"))
    bad += b"\nXX;paid;2025-08-06;\n" + f"{payment.end_to_end_id};paid;;".encode()
    with pytest.raises(WrongRows) as error:
        read_answer(content=bad, actor=s.first, at=now())
    assert [row.split(":")[0] for row in error.value.rows] == ["2", "3", "4", "5"]
    payment.refresh_from_db()
    assert payment.state == PaymentState.SENT
    tomorrow = answer((payment, "paid"), day=today() + timedelta(days=1))
    with pytest.raises(WrongRows):
        read_answer(content=tomorrow, actor=s.first, at=now())


def test_a_rejected_file_rejects_each_of_its_payments() -> None:
    s, payment = sent()
    assert payment.file is not None
    report = (
        '<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10">'
        f"<CstmrPmtStsRpt><GrpHdr><CreDtTm>{now().isoformat()}</CreDtTm></GrpHdr>"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{payment.file.message_id}</OrgnlMsgId>"
        "<GrpSts>RJCT</GrpSts></OrgnlGrpInfAndSts></CstmrPmtStsRpt></Document>"
    )
    assert read_answer(content=report.encode(), actor=s.first, at=now()).rejected == 1


def test_days_on_which_no_bank_works_are_refused() -> None:
    s, payment = ready()
    saturday = riga_date(now())
    while saturday.weekday() != 5:
        saturday += timedelta(days=1)
    for day in (saturday, today() - timedelta(days=1), today() + timedelta(days=40)):
        with pytest.raises(Invalid):
            payment_files.make_file(
                payment_ids=[payment.pk], execute_on=day, actor=s.first, at=now()
            )
    with pytest.raises(Invalid):
        payment_files.make_file(
            payment_ids=[], execute_on=add_working_days(today(), 1), actor=s.first, at=now()
        )


def test_a_payment_on_hold_stays_out_of_files() -> None:
    s, payment = ready()
    holds.hold_one_payment(payment_id=payment.pk, note="Sūdzība", actor=s.first, at=now())
    assert (s.balance(AccountKind.PAYABLE), s.balance(AccountKind.PAYABLE_HELD)) == (0, 300)
    assert not proves()
    with refused("not_ready"):
        s.file(payment, "waiting")
    holds.free_one_payment(payment_id=payment.pk, note="Labi", actor=s.first, at=now())
    s.file(payment, "waiting")
    with refused("in_file"):
        holds.hold_one_payment(payment_id=payment.pk, note="x", actor=s.first, at=now())


def test_the_database_pays_a_thing_once() -> None:
    s, payment = ready()
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.create(
            source=payment.source,
            reference=payment.reference,
            payable=payment.payable,
            amount=1,
            bank_account=payment.bank_account,
            end_to_end_id="X",
        )


def test_reconciliation_sees_money_that_no_bank_paid() -> None:
    s, payment = sent()
    take(s, (payment, "paid"))
    Payment.objects.filter(pk=payment.pk).update(amount=D("299.00"))
    assert {"paid_by_the_bank", "statement_payments"} <= {p["check"] for p in proves()}


def test_two_months_of_one_provider_are_two_payments_in_one_file() -> None:
    s = scene()
    s.captured("10.00")
    s.captured("20.00", build.riga(2025, 7, 10))
    both = [s.payment(s.approved(month)) for month in (JUNE, JULY)]
    file = payment_files.make_file(
        payment_ids=[one.pk for one in both],
        execute_on=add_working_days(today(), 1),
        actor=s.first,
        at=now(),
    )
    assert (file.count, file.total) == (2, D(30))
