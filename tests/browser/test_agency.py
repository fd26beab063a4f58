"""The agency's workplace in a browser: works under its policy, readable, both widths and themes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from tests.browser.conftest import Visitor
from tests.cast import cast, enter

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def let_in(visitor: Visitor, client: Client) -> None:
    """The visitor continues the session of a test client."""
    cookie = client.cookies["sessionid"]
    visitor.context.add_cookies(
        [{"name": "sessionid", "value": cookie.value, "url": visitor.portal}]
    )


@pytest.mark.parametrize("width", [390, 1280])
def test_reading_and_acting(visit: Callable[..., Visitor], width: int) -> None:
    people = cast()
    visitor = visit("agency", width=width)
    let_in(visitor, enter(people, "administrator"))
    this = people.participation
    commitment = this.application.commitment
    for what, address in {
        "index": reverse("admin:index"),
        "proof": reverse("admin:funding_reconciliationrun_changelist"),
        "list": reverse("admin:enrolments_participation_changelist"),
        "account": reverse(
            "admin:learning_accounts_learningaccount_change", args=[people.account.pk]
        ),
        "commitment": reverse("admin:funding_commitment_change", args=[commitment.pk]),
        "act": reverse("admin:accounts_person_find"),
        "words": reverse("admin:vocabularies_term_changelist"),
    }.items():
        visitor.open(address)
        visitor.look(what)
