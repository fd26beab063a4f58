"""Refused monthly aid before a person of the agency."""

from __future__ import annotations

import pytest
from django.urls import reverse

from funding.models import AidRequest
from funding.services import aid, appeals
from stars.common.errors import Conflict, Invalid
from stars.common.permissions import SYSTEM
from tests.funding.aid import ASKED, FEBRUARY, LATER, ask, count, learner, officers, with_aid
from tests.funding.test_views_aid import page, resident, world

pytestmark = pytest.mark.django_db


def refused() -> AidRequest:
    w = world()
    with_aid(w)
    request = ask(learner(w))
    return aid.refuse(
        request_id=request.pk, reason="Nav apmeklējuma.", actor=officers()[0], at=ASKED
    )


def test_the_page_leads_from_the_refusal_to_a_person() -> None:
    request = refused()
    client = resident(request.commitment)
    address = f"{reverse('funding:appeal')}?par=aid_request:{request.pk}"
    assert address in client.get(page(request.commitment)).content.decode()
    body = client.get(address).content.decode()
    assert "Nav apmeklējuma." in body
    assert client.post(address, {"text": "Man bija slimības lapa."}).status_code == 302
    # Who asks again themselves has a request that waits, and objects to nothing.
    ask(request.commitment, at=LATER)
    assert address not in client.get(page(request.commitment)).content.decode()


def test_a_changed_decision_gives_the_aid_from_the_month_of_asking() -> None:
    request = refused()
    account = request.commitment.account
    asked = appeals.ask(
        account_id=account.pk,
        reference=f"aid_request:{request.pk}",
        text="Man bija slimības lapa.",
        actor=account.person.user,
        at=ASKED,
    )
    appeals.change(appeal_id=asked.pk, answer="Tev taisnība.", actor=SYSTEM, at=LATER)
    request.refresh_from_db()
    assert request.state == "refused"  # what was decided then stays readable
    again = AidRequest.objects.exclude(pk=request.pk).get()
    assert (again.state, again.asked_at, again.monthly) == ("approved", ASKED, request.monthly)
    assert again.bank_account_id == request.bank_account_id
    counted = count(again, FEBRUARY, 20, 20)
    assert counted is not None
    assert counted.amount == 100
    with pytest.raises(Invalid):  # there is no refusal any more
        appeals.ask(
            account_id=account.pk,
            reference=f"aid_request:{request.pk}",
            text="Vēlreiz.",
            actor=account.person.user,
            at=LATER,
        )


def test_nothing_is_given_twice() -> None:
    request = refused()
    ask(request.commitment, at=LATER)
    with pytest.raises(Conflict) as refusal:
        aid.approve_after_all(request_id=request.pk, actor=SYSTEM, at=LATER)
    assert refusal.value.code == "asked"
    waiting = AidRequest.objects.get(state="asked")
    with pytest.raises(Conflict) as refusal:
        aid.approve_after_all(request_id=waiting.pk, actor=SYSTEM, at=LATER)
    assert refusal.value.code == "not_refused"
