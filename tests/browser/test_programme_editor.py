"""Writing a programme in a browser: kept while writing, beside a colleague, without a network."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from catalogue.enums import VersionState as S
from catalogue.models import ProgrammeVersion
from catalogue.services import drafts, remarks, versions
from tests import factories as f
from tests.browser.conftest import Visitor
from tests.browser.test_agency import let_in
from tests.catalogue.review import NOW, Stage
from tests.signin import as_staff

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def written(stage: Stage) -> ProgrammeVersion:
    return ProgrammeVersion.objects.get(pk=stage.version.pk)


@pytest.mark.parametrize("width", [390, 1280])
def test_from_the_list_to_sending(visit: Callable[..., Visitor], width: int) -> None:
    stage = Stage()
    for _ in range(5):
        f.OfferFactory(version=f.VersionFactory(published=True), price=Decimal("20.00"))
    stage.bring_to(S.IN_REVIEW)
    stage.do(remarks.add_remark, field="outcomes", text="Pasaki konkrētāk, ko cilvēks pratīs.")
    stage.do(versions.return_with_remarks, note="Gandrīz gatavs.")
    stage.supported("495.00")
    text = "Kursa ietvaros tiks realizētas praktiskas nodarbības."
    stage.do(drafts.edit_draft, values={"about_lv": text})
    visitor = visit("editor", width=width)
    client = Client()
    as_staff(client, stage.staff)
    let_in(visitor, client)
    page = visitor.page
    visitor.open(reverse("web:work_programmes"))
    visitor.look("list")
    page.locator("tbody th a").first.click()
    visitor.look("version")
    page.locator(f"a[href='{reverse('web:work_draft', args=[stage.version.pk])}']").first.click()
    visitor.look("editor")
    page.locator("#id_title_lv").fill("Excel birojam")
    said = page.locator("[data-said]")
    expect(said).to_contain_text(".", timeout=20_000)
    expect(said).not_to_contain_text("…", timeout=20_000)
    assert written(stage).title_lv == "Excel birojam"
    # A new line, by the script.
    lines = page.locator("input[name=outcomes_lv]")
    before = lines.count()
    page.locator("[data-more=outcomes]").click()
    assert lines.count() == before + 1
    lines.last.fill("Sastādīt budžetu")
    page.locator("input[name=outcomes_en]").last.fill("Make a budget")
    page.locator("input[name^='answer-']").first.fill("Papildināju.")
    page.locator("#id_hours").fill("daudz")
    expect(page.locator("[data-notes=hours] .field-error")).to_be_visible(timeout=20_000)
    version = written(stage)
    assert version.outcomes[-1] == {"lv": "Sastādīt budžetu", "en": "Make a budget"}
    assert version.remarks.get().answer == "Papildināju."
    visitor.look("not-kept")
    page.locator("#id_hours").fill("40")
    expect(page.locator("[data-notes=hours] .field-error")).to_have_count(0, timeout=20_000)
    with page.expect_navigation():
        page.locator("main button[name=then][value=preview]").click()
    visitor.look("preview")
    page.go_back()
    with page.expect_navigation():
        page.locator("button[name=then][value=send]").click()
    visitor.look("send")


def test_two_colleagues_and_a_lost_connection(visit: Callable[..., Visitor]) -> None:
    stage = Stage()
    visitor = visit("editor-two", width=1280)
    client = Client()
    as_staff(client, stage.staff)
    let_in(visitor, client)
    page = visitor.page
    address = reverse("web:work_draft", args=[stage.version.pk])
    visitor.open(address)
    # A colleague saves two fields; one of them is being written here.
    drafts.edit_draft(
        version_id=stage.version.pk,
        values={"title_lv": "Viņas", "summary_lv": "Viņas īsumā"},
        actor=stage.staff,
        at=NOW,
    )
    page.locator("#id_title_lv").fill("Manējais")
    expect(page.locator("[data-notes=title_lv] .notice")).to_contain_text("Viņas", timeout=20_000)
    assert page.locator("#id_summary_lv").input_value() == "Viņas īsumā"
    assert written(stage).title_lv == "Viņas"
    visitor.look("clash")
    with page.expect_navigation():
        page.locator("button[name=mine][value=title_lv]").click()
    assert written(stage).title_lv == "Manējais"
    # The connection is lost, the page is closed, and what was written comes back.
    visitor.context.set_offline(True)
    page.locator("#id_city").fill("Cēsis")
    page.locator("[data-more=topics]").click()
    page.locator("input[name=topics_lv]").last.fill("Bez tīkla")
    waits = page.locator("form#draft").get_attribute("data-waits") or ""
    expect(page.locator("[data-said]")).to_have_text(waits, timeout=20_000)
    assert written(stage).city == ""
    page.on("dialog", lambda dialog: dialog.accept())
    page.close()
    visitor.context.set_offline(False)
    visitor.page = page = visitor.context.new_page()
    visitor.open(address)
    assert page.locator("#id_city").input_value() == "Cēsis"
    expect(page.locator("[data-said]")).to_contain_text(".", timeout=20_000)
    visitor.until("!Object.keys(localStorage).some((key) => key.startsWith('draft:'))")
    version = written(stage)
    assert (version.city, version.topics[-1]) == ("Cēsis", {"lv": "Bez tīkla", "en": ""})
