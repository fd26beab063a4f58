"""Asking for a certificate's cost back in a browser, from the account to the agency's answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page

from funding.models import Claim
from stars.common.dates import now, riga_date
from stars.files.models import StoredFile
from tests.browser.conftest import Visitor
from tests.browser.test_agency import let_in
from tests.files.conftest import PDF, PNG
from tests.funding import claim_scene as scenes
from tests.funding.claim_scene import IBAN, Scene
from tests.signin import as_resident, as_staff

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HOME = "/konts/atmaksa/"


@pytest.fixture
def scene(settings: Any, tmp_path: Path) -> Scene:
    settings.MEDIA_ROOT = tmp_path / "media"
    cache.clear()
    made = scenes.scene()
    made.world.source.ends_on = riga_date(now()) + timedelta(days=300)
    made.world.source.save()
    made.officer.is_staff = True
    made.officer.save()
    return made


@pytest.fixture
def papers(tmp_path: Path) -> dict[str, str]:
    """Files on the person's disk."""
    for name, content in (("sertifikats.pdf", PDF), ("rekins.png", PNG), ("atteli.zip", b"PK")):
        (tmp_path / name).write_bytes(content)
    return {path.name: str(path) for path in tmp_path.iterdir()}


def resident(visitor: Visitor, scene: Scene) -> None:
    client = Client()
    as_resident(client, scene.person().person)
    let_in(visitor, client)


def day(days: int) -> str:
    return (riga_date(now()) + timedelta(days=days)).isoformat()


def what_and_when(page: Page, scene: Scene) -> None:
    """Screen 1 by keyboard alone: the select and the day are typed into."""
    select = page.locator("select[name=what]")
    select.focus()
    select.select_option(str(scene.cism.pk))
    page.locator("input[name=earned_on]").fill(day(-20))
    with page.expect_navigation():
        page.locator("input[name=document_number]").press("Enter")


def fill_in_papers(page: Page, papers: dict[str, str]) -> None:
    page.locator("input[name=proof_file]").set_input_files(papers["sertifikats.pdf"])
    page.locator("input[name=invoice_file]").set_input_files(papers["rekins.png"])
    page.locator("input[name=invoice_issuer]").fill("ISACA")
    page.locator("input[name=invoice_number]").fill("INV-77")
    page.locator("input[name=invoiced_on]").fill(day(-25))
    page.locator("input[name=amount]").fill("760,50")
    page.locator("input[name=iban]").fill(IBAN)


def decide(officer: Visitor, scene: Scene, claim: Claim) -> None:
    """The agency looks at the queue and the papers, and pays less than was asked."""
    client = Client()
    as_staff(client, scene.officer)
    let_in(officer, client)
    officer.open(reverse("admin:funding_claim_changelist"))
    officer.look("queue")
    officer.open(reverse("admin:funding_claim_change", args=[claim.pk]))
    officer.look("claim")
    officer.open(reverse("admin:funding_claim_approve", args=[claim.pk]))
    officer.page.locator("input[name=amount]").fill("700,00")
    officer.page.locator("textarea[name=reason]").fill("Ceļu neatmaksājam.")
    officer.look("approve")
    officer.send(".agency-form button[type=submit]")


def keeps_what_is_typed(page: Page) -> None:
    """Without the button, and no file travels with it."""
    with page.expect_response(lambda answer: answer.url.endswith("/saglabat/")) as kept:
        page.locator("input[name=invoice_number]").fill("INV-78")
        page.locator("input[name=invoice_number]").press("Tab")
    assert kept.value.status == 200
    assert Claim.objects.get().invoice_number == "INV-78"


@pytest.mark.parametrize(("width", "language"), [(390, "lv"), (1280, "en")])
def test_from_the_list_to_the_decision(
    visit: Callable[..., Visitor],
    scene: Scene,
    papers: dict[str, str],
    width: int,
    language: str,
) -> None:
    visitor = visit("claim", width=width, language=language)
    resident(visitor, scene)
    page = visitor.page
    visitor.open("/konts/")
    visitor.send(f"main a[href='{HOME}']")
    visitor.look("list")
    visitor.send(f"main a[href='{HOME}jauna/']")
    visitor.look("what")
    what_and_when(page, scene)
    draft = Claim.objects.get()
    visitor.look("papers")
    # A paper of a kind that is not taken: the rest is kept, and the page leads to the field.
    fill_in_papers(page, papers)
    page.locator("input[name=proof_file]").set_input_files(papers["atteli.zip"])
    visitor.send("#claim button[type=submit].button")
    assert page.locator(".error-summary a[href='#id_proof_file']").is_visible()
    assert StoredFile.objects.get(owner_id=draft.pk).name == "rekins.png"
    visitor.look("papers-error")
    page.locator("input[name=proof_file]").set_input_files(papers["sertifikats.pdf"])
    keeps_what_is_typed(page)
    visitor.send("#claim button.button[type=submit]:not([name])")
    assert page.url.endswith("/parbaude/")
    visitor.look("check")
    visitor.send("#claim button.button[type=submit]")
    visitor.look("check-error")
    page.locator("input[name=declared]").check()
    visitor.send("#claim button.button[type=submit]")
    visitor.look("sent")
    claim = scenes.read(draft)
    assert claim.state == "submitted"
    with page.expect_download() as download:
        page.locator("main a[href*='/fails/']").first.click()
    assert Path(download.value.path()).read_bytes() == PDF
    decide(visit("officer", width=width, language=language), scene, claim)
    assert scenes.read(draft).state == "approved"
    visitor.open(f"{HOME}{claim.pk}/")
    assert "Ceļu neatmaksājam." in page.locator("main").inner_text()
    visitor.look("approved")


def test_without_javascript_it_works_all_the_same(
    visit: Callable[..., Visitor], scene: Scene, papers: dict[str, str]
) -> None:
    visitor = visit("plain")
    plain = visitor.context.browser.new_context(java_script_enabled=False)  # type: ignore[union-attr]
    visitor.context, visitor.page = plain, plain.new_page()
    page = visitor.page
    resident(visitor, scene)
    visitor.open(f"{HOME}jauna/?kas={scene.cism.pk}")
    what_and_when(page, scene)
    fill_in_papers(page, papers)
    visitor.send("#claim button.button[type=submit]:not([name])")
    assert page.url.endswith("/parbaude/"), page.locator("main").inner_text()
    page.locator("input[name=declared]").check()
    visitor.send("#claim button.button[type=submit]")
    claim = Claim.objects.select_related("commitment").get()
    assert claim.commitment is not None
    assert claim.commitment.support == Decimal("760.50")
    visitor.send(f"main a[href='{HOME}{claim.pk}/atsaukt/']")
    visitor.send()
    assert scenes.read(claim).state == "withdrawn"
    plain.close()
