"""What people write may have no spaces: no page becomes wider than the screen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from enrolments.services import decisions
from tests.browser.conftest import Visitor
from tests.enrolments import scene as scenes
from tests.signin import as_resident, as_staff

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def let_in(visitor: Visitor, client: Client) -> None:
    """The visitor continues the session of a test client."""
    value = client.cookies["sessionid"].value
    visitor.context.add_cookies([{"name": "sessionid", "value": value, "url": visitor.portal}])


@pytest.mark.parametrize("width", [390, 1280])
def test_long_notes_break(visit: Callable[..., Visitor], width: int) -> None:
    scene = scenes.scene()
    refused, admitted = scene.applied(), scene.applied()
    decisions.reject(
        application_id=refused.pk, actor=scene.staff, at=scenes.DECIDED, note="a" * 1000
    )
    decisions.approve(
        application_id=admitted.pk,
        actor=scene.staff,
        at=scenes.DECIDED,
        note="https://zoom.example/" + "a" * 900,
    )
    provider = Client()
    as_staff(provider, scene.staff)
    for what, application in (("refused", refused), ("admitted", admitted)):
        learner = Client()
        as_resident(learner, application.account.person)
        for client, page in (
            (learner, "enrolments:application"),
            (provider, "enrolments:provider_application"),
        ):
            visitor = visit(f"long-words-{what}", width=width)
            let_in(visitor, client)
            visitor.open(reverse(page, args=[application.pk]))
            visitor.look(page.partition(":")[2])
