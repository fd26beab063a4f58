"""What waits for the finance officer, on the first page of the workplace."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from funding.models import Claim, ReconciliationRun
from funding.services.reconcile import reconcile
from stars.common import desk
from stars.common.dates import now
from tests.funding import claim_scene as scenes
from tests.funding.test_books_pages import browser

pytestmark = pytest.mark.django_db
CLAIMS = "Claims for refunds to decide"
PROOF = "The last proof of the ledger FAILED"


def lines(client: Client) -> dict[str, tuple[str, str]]:
    """Text → (count, address), as the page says."""
    response = client.get(reverse("admin:index"))
    assert response.status_code == 200
    page = BeautifulSoup(response.content, "html.parser")
    return {
        str(a.span.get_text()): (str(a.b.get_text()), str(a["href"]))  # type: ignore[union-attr]
        for a in page.select("section[aria-labelledby=waiting] a")
    }


@pytest.fixture
def scene() -> scenes.Scene:
    return scenes.scene()


def test_what_waits_is_counted_and_its_list_shows_it(scene: scenes.Scene) -> None:
    for number in ("1", "2"):
        scene.sent(number=number)
    scene.ready(scene.person(), number="3")  # a draft is nobody else's
    client = browser()
    count, address = lines(client)[CLAIMS]
    assert count == "2"
    shown = client.get(address)
    assert shown.status_code == 200
    assert "e=1" not in address
    assert shown.context["cl"].result_count == 2


def test_every_line_leads_to_a_list(scene: scenes.Scene) -> None:
    client = browser()
    found = lines(client)
    assert len(found) >= 6
    for _count, address in found.values():
        assert client.get(address).status_code == 200, address


def test_each_line_only_for_those_who_may_act(scene: scenes.Scene) -> None:
    finance, auditor = lines(browser()), lines(browser("auditor"))
    assert CLAIMS in finance
    assert CLAIMS not in auditor
    assert PROOF not in auditor


def test_a_proof_that_failed_until_the_next_one(scene: scenes.Scene) -> None:
    ReconciliationRun.objects.create(at=now(), ok=False)
    assert lines(browser())[PROOF][0] == "1"
    reconcile(at=now())
    assert lines(browser())[PROOF][0] == "0"


def test_as_many_queries_for_much_work(scene: scenes.Scene) -> None:
    client = browser()

    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            lines(client)
        return len(seen)

    scene.sent(number="1")
    lines(client)
    before = cost()
    for number in range(2, 6):
        scene.sent(number=str(number))
    assert cost() == before


def test_counting_ends(scene: scenes.Scene) -> None:
    for number in range(3):
        scene.sent(number=str(number))
    with CaptureQueriesContext(connection) as seen:
        assert desk._count(Claim.objects.all()) == "3"
    assert f"LIMIT {desk.MOST + 1}" in seen[0]["sql"]
