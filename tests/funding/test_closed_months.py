"""A bank's day in a month whose books are closed: said plainly, and nothing is lost (FUN-12)."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from funding.enums import AccountKind, PaymentState
from funding.exceptions import ClosedPeriod
from funding.models import AllocationRound, Grant, Payment, Posting
from funding.services import bank_answers, periods
from funding.services.bank_answers import WrongRows, read_answer
from funding.services.reconcile import reconcile
from stars.common.dates import now, today
from stars.common.permissions import SYSTEM
from tests.funding import build
from tests.funding.settle import Scene, proves
from tests.funding.test_books_pages import browser
from tests.funding.test_payment_files import answer, sent, take

pytestmark = pytest.mark.django_db
ANSWER = "admin:funding_paymentfile_answer"
REJECT = "admin:funding_payment_reject"


@pytest.fixture(autouse=True)
def disk(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def last_month() -> date:
    """A day of it: the last one."""
    return today().replace(day=1) - timedelta(days=1)


def closed() -> date:
    """The books of last month and of all before are closed; returns a day of them."""
    assert reconcile(at=now()).ok
    periods.close_month(month=last_month(), actor=SYSTEM, at=now())
    return last_month()


def read_again(payment: Payment) -> Payment:
    return Payment.objects.select_related("posting").get(pk=payment.pk)


def test_an_answer_says_what_to_do_and_takes_nothing_over() -> None:
    s, payment = sent()
    day = closed()
    content = answer((payment, "paid"), day=day)
    before = Posting.objects.count()
    with pytest.raises(WrongRows) as error:
        read_answer(content=content, actor=s.first, at=now())
    assert "2: " not in str(error.value.message)
    assert str(error.value.message).count("1: ") == 1
    assert error.value.field == "file"
    assert read_again(payment).state == PaymentState.SENT
    assert Posting.objects.count() == before
    at = now()
    done = read_answer(content=content, actor=s.first, at=at, count_today=True)
    assert done.paid == 1
    paid = read_again(payment)
    assert paid.posting is not None
    assert (paid.state, paid.settled_on, paid.posting.effective_at) == ("paid", day, at)
    assert s.balance(AccountKind.PAID) == 300
    assert not proves()


def test_what_is_known_already_is_no_reason_to_refuse() -> None:
    s, payment = sent()
    take(s, (payment, "paid"))
    day = closed()
    assert read_answer(content=answer((payment, "paid"), day=day), actor=s.first, at=now()).known


def test_what_the_bank_never_took_moves_no_money_and_needs_no_open_month() -> None:
    s, payment = sent()
    day = closed()
    done = read_answer(content=answer((payment, "rejected"), day=day), actor=s.first, at=now())
    assert done.rejected == 1
    assert not proves()


def test_paid_and_back_in_one_answer_count_in_the_present_month() -> None:
    s, payment = sent()
    content = answer((payment, "paid"), (payment, "rejected"), day=closed())
    with pytest.raises(WrongRows) as error:
        read_answer(content=content, actor=s.first, at=now())
    assert [row[:2] for row in error.value.rows] == ["1:", "2:"]
    done = read_answer(content=content, actor=s.first, at=now(), count_today=True)
    assert (done.paid, done.rejected) == (1, 1)
    assert s.balance(AccountKind.PAYABLE) == 300
    assert not proves()


def test_days_of_open_months_stay_their_own() -> None:
    s, payment = sent()
    closed()
    content = answer((payment, "paid"), day=today())
    read_answer(content=content, actor=s.first, at=now(), count_today=True)
    paid = read_again(payment)
    assert paid.posting is not None
    assert paid.posting.effective_at.date() <= today()
    assert paid.posting.effective_at < now() - timedelta(seconds=1) or today() == last_month()


def test_money_that_came_back_in_a_closed_month() -> None:
    s, payment = sent()
    take(s, (payment, "paid"))
    call = {"payment_id": payment.pk, "day": closed(), "note": "AC04", "actor": s.first}
    with pytest.raises(ClosedPeriod) as error:
        bank_answers.reject_payment(**call, at=now())
    assert error.value.field == "count_today"
    assert read_again(payment).state == PaymentState.PAID
    bank_answers.reject_payment(**call, at=now(), count_today=True)
    assert s.balance(AccountKind.PAYABLE) == 300
    assert not proves()


# --- On the pages ---------------------------------------------------------------------------------


def scene_of_page() -> tuple[Scene, Payment, Client, date]:
    s, payment = sent()
    return s, payment, browser(), closed()


def test_the_page_of_answers_says_it_and_lets_one_choose() -> None:
    _s, payment, client, day = scene_of_page()
    address = reverse(ANSWER)

    def post(**more: str) -> Any:
        file = BytesIO(answer((payment, "paid"), day=day))
        file.name = "answer.csv"
        return client.post(address, {"file": file, **more})

    shown = post()
    assert shown.status_code == 200
    text = shown.content.decode()
    assert "are closed. Tick “Count it today”" in text.replace("&#x27;", "'")
    assert read_again(payment).state == PaymentState.SENT
    assert post(count_today="on").status_code == 302
    assert read_again(payment).state == PaymentState.PAID


def test_the_page_of_a_payment_that_came_back_says_it() -> None:
    s, payment, client, day = scene_of_page()
    take(s, (payment, "paid"))
    address = reverse(REJECT, args=[payment.pk])
    given = {"day": day, "note": "AC04"}
    shown = client.post(address, given)
    assert shown.status_code == 200
    assert "Tick “Count it today”" in shown.content.decode()
    assert client.post(address, {**given, "count_today": "on"}).status_code == 302
    assert read_again(payment).state == PaymentState.REJECTED


# --- What is written in whole batches -------------------------------------------------------------


def test_a_round_of_a_closed_month_says_it_and_grants_nothing() -> None:
    w = build.world()
    build.person(w)
    closed()
    with pytest.raises(ClosedPeriod):
        build.run(w, 0)
    with pytest.raises(CommandError, match="books of this month are closed"):
        call_command("allocate", "--round", w.rounds[0].code, "--at", "2024-12-09", "--apply")
    assert not Grant.objects.exists()
    assert AllocationRound.objects.get(pk=w.rounds[0].pk).state == "planned"
