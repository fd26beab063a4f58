"""The learner's page of monthly support."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from funding.models import AidRequest, Commitment
from tests import factories as f
from tests.funding import build
from tests.funding.aid import FEBRUARY, IBAN, MARCH, approved, count, learner, paid_out, with_aid
from tests.signin import as_resident, as_staff

pytestmark = pytest.mark.django_db


def world() -> build.World:
    """Money without end, so that the pages' own `now` lies within the source."""
    w = build.world()
    w.source.ends_on = w.source.ends_on.replace(year=2035)
    w.source.save(update_fields=["ends_on"])
    return w


def resident(held: Commitment) -> Client:
    client = Client()
    as_resident(client, held.account.person)
    return client


def page(held: Commitment) -> str:
    return reverse("funding:aid", args=[held.pk])


GOOD = {"kind": "stipend", "iban": "LV80 BANK 0000 4351 9500 1", "holder": "Izdoma Pārbaude"}


def test_asking_on_the_page() -> None:
    w = world()
    with_aid(w)
    held = learner(w)
    client = resident(held)
    body = client.get(page(held)).content.decode()
    assert "monthly" not in body.split("<form")[-1]  # a stipend asks for no amount
    assert client.post(page(held), GOOD).status_code == 302
    request = AidRequest.objects.get()
    assert (request.state, request.bank_account.iban) == ("asked", IBAN)
    # Nothing is left to ask for.
    assert "<textarea" not in client.get(page(held)).content.decode()
    assert client.post(page(held), GOOD).status_code == 400


def test_travel_costs_ask_for_an_amount_with_a_comma() -> None:
    w = world()
    with_aid(w)
    with_aid(w, "transport", "50.00")
    held = learner(w)
    client = resident(held)
    sent = {**GOOD, "kind": "transport"}
    assert client.post(page(held), sent).status_code == 400
    assert client.post(page(held), {**sent, "monthly": "32,50"}).status_code == 302
    assert str(AidRequest.objects.get().monthly) == "32.50"


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {**GOOD, "kind": "gold"},
        {**GOOD, "iban": "LV00BANK0000435195001"},
        {**GOOD, "iban": "\x00"},
        {**GOOD, "holder": ""},
        {**GOOD, "holder": "x" * 500},
    ],
)
def test_bad_input_is_said_and_nothing_written(wrong: dict[str, Any]) -> None:
    w = world()
    with_aid(w)
    held = learner(w)
    assert resident(held).post(page(held), wrong).status_code == 400
    assert not AidRequest.objects.exists()


@pytest.mark.parametrize("language", ["lv", "en"])
def test_each_month_says_what_it_gave_and_why(language: str) -> None:
    w = world()
    with_aid(w)
    request = approved(w)
    count(request, FEBRUARY, 10, 9)
    count(request, MARCH, 10, 7)
    paid_out(w, MARCH)
    count(request, MARCH, 10, 8)
    client = resident(request.commitment)
    client.cookies["django_language"] = language
    body = client.get(page(request.commitment)).content.decode()
    for words in ("9", "7", "100"):
        assert words in body
    assert ("February 2025" if language == "en" else "2025. gada") in body
    assert body.count('<li><div class="grow"><b>') == 3


def test_ending_it_oneself() -> None:
    w = world()
    with_aid(w)
    request = approved(w)
    client = resident(request.commitment)
    where = reverse("funding:aid_end", args=[request.pk])
    assert client.get(where).status_code == 405
    assert client.post(where).status_code == 302
    request.refresh_from_db()
    assert request.state == "ended"


def test_nobody_else_sees_it() -> None:
    w = world()
    with_aid(w)
    request = approved(w)
    other = resident(learner(w))
    assert other.get(page(request.commitment)).status_code == 404
    assert other.post(reverse("funding:aid_end", args=[request.pk])).status_code == 404
    staff = Client()
    as_staff(staff, f.MembershipFactory(organisation=w.provider.organisation).user)
    assert staff.get(page(request.commitment)).status_code == 403


def test_a_training_without_aid_says_so() -> None:
    w = world()
    held = learner(w)
    client = resident(held)
    assert client.get(page(held)).status_code == 200
    assert client.post(page(held), GOOD).status_code == 400


def test_the_page_costs_the_same_for_many_months(django_assert_max_num_queries: Any) -> None:
    w = world()
    with_aid(w)
    request = approved(w)
    for month in (FEBRUARY, MARCH):
        count(request, month, 10, 9)
    client = resident(request.commitment)
    client.get(page(request.commitment))
    with django_assert_max_num_queries(20):
        client.get(page(request.commitment))
