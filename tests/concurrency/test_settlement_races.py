"""Settlement under load: two of everything at once, and what would happen without the guard."""

from __future__ import annotations

from decimal import Decimal as D
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.db import transaction

from funding.enums import AccountKind, CommitmentState, PaymentState
from funding.models import Commitment, FundingLog, Payment, PaymentFile, Statement
from funding.services import bank_answers, holds, payment_files, settling, statements
from funding.services.reconcile import reconcile
from stars.common.dates import add_working_days, now, today
from stars.common.errors import DomainError
from tests.concurrency.together import together
from tests.funding import build
from tests.funding.settle import AFTER, JULY, JUNE, Scene, scene

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def disk(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def proven() -> None:
    run = reconcile(at=now())
    assert run.ok, run.problems


def refused(results: list[Any]) -> int:
    """How many were refused in words for people; anything else fails."""
    errors = [one for one in results if isinstance(one, Exception)]
    assert all(isinstance(one, DomainError) for one in errors), errors
    return len(errors)


def with_payment(price: str = "300.00") -> tuple[Scene, Payment]:
    s = scene()
    s.captured(price)
    return s, s.payment(s.approved())


def test_two_settlements_at_once_count_nobody_twice() -> None:
    s = scene()
    for _ in range(3):
        s.captured("100.00")
    results = together(5, lambda n: s.statement())
    assert refused(results) == 4
    assert [row.total for row in Statement.objects.all()] == [D("300.00")]
    proven()


def test_control_without_the_lock_everybody_counts_the_same_people() -> None:
    s = scene()
    s.captured("100.00")
    all_have_read = Barrier(3)

    def unguarded(number: int) -> D:
        with transaction.atomic():
            (waiting,) = statements.owed(month=JUNE)
            all_have_read.wait(timeout=30)
            return waiting.amount

    assert together(3, unguarded) == [D("100.00")] * 3


def test_case_26_people_who_complete_meanwhile_are_in_it_whole_or_not_at_all() -> None:
    s = scene()
    for _ in range(3):
        s.captured("10.00")
    held = [s.held("10.00") for _ in range(6)]
    day = build.riga(2025, 6, 20)

    def act(number: int) -> Any:
        if number == 0:
            return s.statement()
        return build.commitments.capture(
            commitment_id=held[number - 1].pk, evidence={}, actor=build.SYSTEM, at=day
        )

    assert refused(together(7, act)) == 0
    made = Statement.objects.get()
    lines = list(made.lines.all())
    assert made.total == sum((line.amount for line in lines), D(0))
    assert made.total == sum((D(line["amount"]) for line in made.content["lines"]), D(0))
    assert 3 <= len(lines) <= 9
    asked = settling.put_forward(statement_id=made.pk, actor=s.first, at=AFTER)
    settling.decide(approval_id=asked.pk, approved=True, actor=s.second, at=AFTER)
    if len(lines) < 9:  # the rest is not lost
        assert s.approved(JULY).total == D(10) * (9 - len(lines))
    proven()


def test_a_hold_and_a_settlement_at_once() -> None:
    s = scene()
    commitment = s.captured("100.00")
    s.captured("50.00")

    def act(number: int) -> Any:
        if number:
            return s.statement()
        return holds.hold_payment(commitment_id=commitment.pk, note="x", actor=s.first, at=AFTER)

    results = together(2, act)
    assert refused(results) <= 1
    on_hold = Commitment.objects.get(pk=commitment.pk).state == CommitmentState.PAYABLE_HELD
    settled = commitment.statement_lines.exists()
    assert on_hold != settled
    proven()


def test_two_people_decide_at_once_and_one_payment_is_made() -> None:
    s = scene()
    s.captured("100.00")
    asked = settling.put_forward(statement_id=s.statement().pk, actor=s.first, at=AFTER)

    def act(number: int) -> Any:
        return settling.decide(approval_id=asked.pk, approved=True, actor=s.second, at=AFTER)

    assert refused(together(4, act)) == 3
    assert Payment.objects.count() == 1
    proven()


def test_one_payment_comes_into_one_file() -> None:
    s, payment = with_payment()
    results = together(4, lambda n: s.file(payment, "waiting"))
    assert refused(results) == 3
    assert PaymentFile.objects.count() == 1


def test_a_file_is_sent_once_however_often_it_is_said() -> None:
    s, payment = with_payment()
    file = s.file(payment, "approved")
    sent = together(4, lambda n: payment_files.send_file(file_id=file.pk, actor=s.first, at=now()))
    assert refused(sent) == 0
    assert FundingLog.objects.filter(object_id=payment.pk, transition="send").count() == 1
    assert FundingLog.objects.filter(object_id=file.pk, transition="send").count() == 1


def test_control_without_the_lock_everybody_finds_it_unsent() -> None:
    s, payment = with_payment()
    file = s.file(payment, "approved")
    all_have_read = Barrier(3)

    def unguarded(number: int) -> str:
        with transaction.atomic():
            state = PaymentFile.objects.get(pk=file.pk).state
            all_have_read.wait(timeout=30)
            return state

    assert together(3, unguarded) == ["approved"] * 3


@pytest.mark.parametrize(("status", "state"), [("paid", "paid"), ("rejected", "rejected")])
def test_the_same_answer_read_four_times_at_once(status: str, state: str) -> None:
    s, payment = with_payment()
    s.file(payment)
    content = f"end_to_end_id;status;date\n{payment.end_to_end_id};{status};{today()}".encode()

    def act(number: int) -> Any:
        return bank_answers.read_answer(content=content, actor=s.first, at=now())

    results = together(4, act)
    assert refused(results) == 0
    assert sum(one.paid + one.rejected for one in results) == 1
    assert Payment.objects.get(pk=payment.pk).state == state
    assert Payment.objects.filter(replaces=payment).count() == (status == "rejected")
    assert s.balance(AccountKind.PAID) == (300 if status == "paid" else 0)
    proven()


def test_a_hold_and_a_file_at_once() -> None:
    s, payment = with_payment()

    def act(number: int) -> Any:
        if number:
            return payment_files.make_file(
                payment_ids=[payment.pk],
                execute_on=add_working_days(today(), 1),
                actor=s.first,
                at=now(),
            )
        return holds.hold_one_payment(payment_id=payment.pk, note="x", actor=s.first, at=now())

    assert refused(together(2, act)) == 1
    held = Payment.objects.get(pk=payment.pk)
    assert (held.state == PaymentState.HELD) != (held.file_id is not None)
    proven()
