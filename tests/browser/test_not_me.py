"""The last two steps of applying, what comes next, and "this was not me" without signing in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from enrolments import dispute_links
from enrolments.models import Application, Dispute
from enrolments.services import applications
from stars.common.dates import now
from tests import factories as f
from tests.browser.conftest import Visitor
from tests.browser.test_agency import let_in
from tests.signin import as_resident, as_staff
from tests.web.scene import Scene, scene

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world() -> Scene:
    cache.clear()
    return scene()


def begun(world: Scene) -> Application:
    """A draft whose first two steps are done: 570 €, 70 € of them the person's own."""
    account = world.learner()
    offer = world.offer("570.00")
    who = {"actor": account.person.user, "at": now()}
    draft = applications.start_draft(
        account_id=account.pk, offer_id=offer.pk, group_id=world.group(offer).pk, **who
    )
    return applications.update_draft(application_id=draft.pk, payer="person", **who)


@pytest.mark.parametrize("width", [390, 1280])
def test_from_the_conditions_to_frozen_money(
    visit: Callable[..., Visitor], world: Scene, width: int
) -> None:
    draft = begun(world)
    learner = visit("applicant", width=width)
    client = Client()
    as_resident(client, draft.account.person)
    let_in(learner, client)
    learner.open(reverse("enrolments:application", args=[draft.pk]))
    assert learner.page.url.endswith("/dati/"), "it goes on where it was left"
    learner.look("conditions")
    learner.page.locator("input[name=understood]").check()
    learner.send("#application button[type=submit]")
    learner.look("check")
    learner.send("#application button[type=submit]")
    learner.look("application")

    draft.refresh_from_db()
    assert draft.commitment is not None
    stranger = visit("stranger", width=width)
    path = reverse("enrolments:not_me_link", args=[dispute_links.token_of(draft.commitment.pk)])
    stranger.open(path)
    stranger.look("letter")
    assert not Dispute.objects.exists()
    stranger.send()
    stranger.look("stopped")
    case = Dispute.objects.get()

    learner.open(reverse("enrolments:application", args=[draft.pk]))
    assert learner.page.locator("main .notice-wait").count() == 1
    learner.look("frozen")
    if width == 1280:
        user = f.MembershipFactory(administrator=True).user
        user.is_staff = True
        user.save(update_fields=["is_staff"])
        as_staff(client, user)
        agency = visit("agency", width=width)
        let_in(agency, client)
        agency.open(reverse("admin:enrolments_dispute_change", args=[case.pk]))
        agency.look("case")
        agency.open(reverse("admin:enrolments_dispute_uphold", args=[case.pk]))
        agency.look("decide")


def test_from_ones_own_page(visit: Callable[..., Visitor], world: Scene) -> None:
    draft = begun(world)
    learner = visit("owner", width=390)
    client = Client()
    as_resident(client, draft.account.person)
    let_in(learner, client)
    learner.open(reverse("enrolments:apply_data", args=[draft.pk]))
    learner.page.locator("input[name=understood]").check()
    learner.send("#application button[type=submit]")
    learner.send("#application button[type=submit]")
    where = reverse("enrolments:not_me", args=[draft.pk])
    with learner.page.expect_navigation():
        learner.page.locator(f"a[href='{where}']").click()
    learner.look("not-me")
    learner.page.locator("textarea[name=note]").fill("Es biju slimnīcā.")
    learner.send("main form button[type=submit]")
    assert Dispute.objects.get().note == "Es biju slimnīcā."
