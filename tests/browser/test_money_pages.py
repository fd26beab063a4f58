"""Pages of money that no journey passes: readable in both themes and widths, nothing broken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from funding.models import AidRequest, Decision
from funding.services import aid, appeals, cover
from stars.common.dates import now
from stars.common.permissions import SYSTEM
from tests.browser.conftest import Visitor
from tests.browser.test_agency import let_in
from tests.funding import aid as aids
from tests.funding.test_views_aid import world
from tests.signin import as_resident
from tests.web.test_account_news import covered

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def resident(visitor: Visitor, request: AidRequest | Decision) -> None:
    account = request.commitment.account if isinstance(request, AidRequest) else request.account
    client = Client()
    as_resident(client, account.person)
    let_in(visitor, client)


def with_months() -> AidRequest:
    """A stipend with a counted month and one that was too little; travel costs were refused."""
    w = world()
    for kind, amount in (("stipend", "100.00"), ("transport", "50.00"), ("housing", "150.00")):
        aids.with_aid(w, kind, amount)
    held = aids.learner(w)
    request = aid.approve(request_id=aids.ask(held).pk, actor=SYSTEM, at=aids.ASKED)
    aids.count(request, aids.FEBRUARY, 20, 20)
    aids.count(request, aids.MARCH, 20, 4)
    asked = aids.ask(held, "transport", monthly=40)
    return aid.refuse(request_id=asked.pk, reason="Biļetes nav.", actor=SYSTEM, at=aids.ASKED)


@pytest.mark.parametrize(("width", "language"), [(390, "lv"), (1280, "en")])
def test_monthly_aid_and_objecting(
    visit: Callable[..., Visitor], width: int, language: str
) -> None:
    cache.clear()
    refused = with_months()
    visitor = visit("aid", width=width, language=language)
    resident(visitor, refused)
    visitor.open("/konts/")
    visitor.look("account")
    visitor.open(reverse("funding:aid", args=[refused.commitment_id]))
    visitor.look("aid")
    # Three decimals: said at the field, with everything else still there.
    visitor.page.locator("input[value=housing]").check()
    visitor.page.locator("input[name=monthly]").fill("12,345")
    visitor.page.locator("input[name=iban]").fill("LV00")
    visitor.send("main form.mt-2[novalidate] button[type=submit]")
    assert visitor.page.locator(".error-summary a[href='#id_monthly']").is_visible()
    assert visitor.page.locator("input[name=iban]").input_value() == "LV00"
    visitor.look("aid-error")
    visitor.open(reverse("funding:aid", args=[refused.commitment_id]))
    with visitor.page.expect_navigation():
        visitor.page.locator("main a[href*='/konts/iebildums/']").click()
    visitor.look("appeal")
    visitor.send("main form button[type=submit]")
    visitor.look("appeal-error")
    visitor.page.locator("textarea[name=text]").fill("Biļetes atradās.")
    visitor.send("main form button[type=submit]")
    visitor.look("asked")
    asked = refused.commitment.account.appeals.get()
    appeals.change(appeal_id=asked.pk, answer="Tev taisnība.", actor=SYSTEM, at=now())
    visitor.open(reverse("funding:appeal_answer", args=[asked.pk]))
    visitor.look("changed")


def test_a_debt_and_the_decision_behind_it(visit: Callable[..., Visitor]) -> None:
    cache.clear()
    held = covered()
    cover.review(at=now() - timedelta(days=20))
    cover.review(at=now())
    visitor = visit("cover")
    resident(visitor, Decision.objects.get(reference__startswith="cover_lost"))
    visitor.open("/konts/")
    assert visitor.page.locator(".notice-error").is_visible()
    visitor.look("account")
    with visitor.page.expect_navigation():
        visitor.page.locator(".notice-error a").click()
    visitor.look("decision")
    visitor.open(reverse("funding:decisions"))
    visitor.look("decisions")
    assert held.state == "held"


def test_a_profile_to_fill_in(visit: Callable[..., Visitor]) -> None:
    cache.clear()
    held = covered()
    visitor = visit("profile")
    client = Client()
    as_resident(client, held.account.person)
    let_in(visitor, client)
    visitor.open(reverse("web:profile"))
    visitor.look("profile")
    visitor.send("main form button[type=submit]")
    assert visitor.page.locator(".error-summary a").count() == 2
    visitor.look("profile-error")
