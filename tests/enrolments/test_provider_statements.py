"""What a provider sees of its statements, and who changes where it is paid."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from funding.models import BankAccount
from funding.services import bank_answers, holds, papers
from stars.common.dates import now, today
from stars.notifications.models import Message, OutboxEmail
from tests import factories as f
from tests.funding import build
from tests.funding.settle import AFTER, Scene, scene
from tests.funding.test_bank_accounts import OTHER
from tests.signin import as_staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def disk(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def enter(s: Scene, role: Role = Role.PROVIDER_USER) -> Client:
    client = Client()
    as_staff(client, f.MembershipFactory(organisation=s.provider.organisation, role=role).user)
    return client


def text_of(client: Client, name: str, *args: Any) -> str:
    response = client.get(reverse(f"enrolments:{name}", args=args))
    assert response.status_code == 200
    return response.content.decode().replace("\N{NO-BREAK SPACE}", " ")


def test_statements_with_their_lines_and_the_paper(django_assert_max_num_queries: Any) -> None:
    s = scene()
    commitment = s.captured("1300.00")
    made = s.approved()
    s.captured("50.00", build.riga(2025, 7, 10))
    held = s.captured("20.00", build.riga(2025, 7, 11))
    holds.hold_payment(commitment_id=held.pk, note="Sūdzība", actor=s.first, at=AFTER)
    client = enter(s)
    with django_assert_max_num_queries(20):
        shown = text_of(client, "provider_statements")
    for words in (made.number, "1 300,00 €", "50,00 €", "20,00 €", "5001"):
        assert words in shown
    assert "LV80" not in shown
    page = text_of(client, "provider_statement", made.pk)
    for words in (
        str(commitment.application_id)[:8].upper(),
        "1 300,00 €",
        "90 %",
        "LV80 BANK 0000 4351 9500 1",
    ):
        assert words in page
    assert commitment.account.person.family_name not in page
    address = reverse("enrolments:provider_statement_paper", args=[made.pk])
    assert client.get(address).url == reverse("enrolments:provider_statement", args=[made.pk])
    papers.print_statement(statement_id=made.pk, at=now())
    response = client.get(client.get(address).url)
    assert b"".join(response).startswith(b"%PDF-")


def test_money_that_came_back_is_told_until_it_is_paid_again() -> None:
    s = scene()
    s.captured("300.00")
    made = s.approved()
    payment = s.payment(made)
    s.file(payment)
    officer = {"actor": s.first, "at": now()}
    bank_answers.reject_payment(payment_id=payment.pk, day=today(), note="AC04", **officer)
    client = enter(s)
    client.cookies["django_language"] = "en"
    assert "Came back, will be paid again" in text_of(client, "provider_statements")
    assert "The bank sent the money back" in text_of(client, "provider_statement", made.pk)
    again = s.payment(made)
    s.file(again)
    assert "The bank sent the money back" in text_of(client, "provider_statement", made.pk)
    content = f"end_to_end_id;status;date;reason\n{again.end_to_end_id};paid;{today()};"
    bank_answers.read_answer(content=content.encode(), **officer)
    assert "came back" not in text_of(client, "provider_statements").lower()
    assert "sent the money back" not in text_of(client, "provider_statement", made.pk)


def test_a_payment_to_a_new_account_number_did_not_come_back() -> None:
    s = scene()
    s.captured("300.00")
    made = s.approved()
    s.new_account()
    bank_answers.redirect_payment(payment_id=s.payment(made).pk, actor=s.first, at=now())
    client = enter(s)
    client.cookies["django_language"] = "en"
    assert "To be paid" in text_of(client, "provider_statements")
    assert "Came back" not in text_of(client, "provider_statements")


def test_drafts_are_not_shown() -> None:
    s = scene()
    s.captured()
    draft = s.statement()
    assert draft.number not in text_of(enter(s), "provider_statements")
    address = reverse("enrolments:provider_statement", args=[draft.pk])
    assert enter(s).get(address).status_code == 404


def test_a_new_account_number_is_told_to_every_administrator() -> None:
    s = scene()
    others = [
        f.MembershipFactory(organisation=s.provider.organisation, role=role).user
        for role in (Role.PROVIDER_ADMIN, Role.PROVIDER_USER)
    ]
    client = enter(s, Role.PROVIDER_ADMIN)
    address = reverse("enrolments:provider_bank", args=[s.provider.pk])
    assert enter(s).get(address).status_code == 404
    wrong = client.post(address, {"iban": "LV00", "holder": "Skola"})
    assert wrong.status_code == 200
    assert BankAccount.objects.count() == 1
    assert client.post(address, {"iban": OTHER, "holder": "Skola"}).status_code == 302
    told = Message.objects.filter(kind="bank_account_changed")
    assert told.count() == 2
    assert told.filter(user=others[0]).exists()
    assert not told.filter(user=others[1]).exists()
    assert OutboxEmail.objects.filter(message__in=told).count() == 2
    assert OTHER not in str(list(told.values_list("params", flat=True)))
    inbox = client.get(reverse("web:inbox")).content.decode()
    assert OTHER[-4:] in inbox


def test_an_approved_statement_is_told_to_administrators() -> None:
    s = scene()
    admin = f.MembershipFactory(organisation=s.provider.organisation, role=Role.PROVIDER_ADMIN).user
    s.captured()
    s.approved()
    assert Message.objects.filter(kind="statement_approved", user=admin).count() == 1
