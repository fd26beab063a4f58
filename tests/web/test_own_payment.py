"""What no source pays for is listed beside the rest, and people or employers buy it (CAT-13)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from enrolments.enums import ApplicationState
from enrolments.models import Application
from enrolments.services import decisions
from funding import selectors as money
from funding.enums import PayerKind
from funding.models import Commitment, Posting
from stars.common.dates import now
from tests import factories as f
from tests.signin import as_resident
from tests.web.scene import Scene, scene
from tests.web.test_account import page, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Scene:
    return scene()


def cards(client: Client) -> dict[str, str]:
    found = page(client, reverse("web:catalogue")).select("article")
    return {words(card.find(["h2", "h3"])): words(card) for card in found}


def test_both_kinds_stand_in_one_list(here: Scene, client: Client) -> None:
    client.cookies["django_language"] = "en"
    for supported in (True, False):
        title = "Supported" if supported else "Paid by people"
        here.group(here.offer("120.00", supported=supported, title_en=title))
    shown = cards(client)
    assert set(shown) == {"Supported", "Paid by people"}
    assert "You pay 120 €" in shown["Paid by people"]
    assert "With support 0 €" in shown["Supported"]


def test_an_employer_buys_it_and_no_public_money_moves(here: Scene, client: Client) -> None:
    client.cookies["django_language"] = "en"
    offer = here.offer("120.00", supported=False)
    group = here.group(offer)
    account = here.learner()
    as_resident(client, account.person)
    free = money.money(account, now()).free
    postings = Posting.objects.count()

    programme = page(client, reverse("web:programme", args=[offer.version.programme.slug]))
    assert "You pay 120 €" in words(programme.main)
    assert "This training has no public support." in words(programme.main)
    client.post(reverse("enrolments:apply", args=[group.pk]), {"group": group.pk})
    draft = Application.objects.get()
    step = page(client, reverse("enrolments:apply_support", args=[draft.pk]))
    assert "This training has no public support." in words(step.main)
    where = reverse("enrolments:apply_support", args=[draft.pk])
    refused = client.post(where, {"funding": "support", "payer": ""})
    assert refused.status_code == 400
    client.post(where, {"funding": "own", "payer": "employer"})
    contact = {"email": "a@stars.example", "phone": "", "understood": "on"}
    client.post(reverse("enrolments:apply_data", args=[draft.pk]), contact)
    check = reverse("enrolments:apply_check", args=[draft.pk])
    sent = client.post(check, {"group": group.pk, "support": "0.00"})
    assert sent.status_code == 302, words(page(client, check).main)

    draft.refresh_from_db()
    assert (draft.state, draft.payer) == (ApplicationState.SUBMITTED, PayerKind.EMPLOYER)
    assert draft.commitment is None
    assert draft.quote["own_part"] == "120.00"
    organisation = offer.version.programme.provider.organisation
    staff = f.MembershipFactory(organisation=organisation).user
    decisions.approve(application_id=draft.pk, actor=staff, at=now())
    assert not Commitment.objects.exists()
    assert Posting.objects.count() == postings
    assert money.money(account, now()).free == free == Decimal("500.00")
