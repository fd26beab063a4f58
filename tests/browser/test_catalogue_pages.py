"""The public pages of the offer: axe in both themes, phone and desktop, both languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse

from catalogue.models import Group, Programme
from funding.models import FundingSource
from stars.common.dates import now, today
from stars.demo.offer.loader import load
from tests.browser.conftest import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = [(390, "lv"), (390, "en"), (1280, "lv"), (1280, "en")]


@pytest.fixture
def offer() -> Programme:
    """The pilot's offer with one programme that is over; gives one with groups one can visit."""
    load(today=today())
    over = Programme.objects.get(code="ia-marketing-module")
    assert over.current is not None
    over.current.move("archive", by=None, at=now())
    groups = Group.objects.filter(mode="on_site", apply_until__gte=today()).exclude(place="")
    groups = groups.filter(version__state="published", starts_on__lt=today() + timedelta(days=90))
    found = groups.order_by("version__programme__code", "code").first()
    assert found is not None
    programme: Programme = found.version.programme
    return programme


@pytest.mark.parametrize(("width", "language"), SIZES)
def test_pages_of_the_offer(
    visit: Callable[..., Visitor], offer: Programme, width: int, language: str
) -> None:
    visitor = visit("offer", width=width, language=language)
    page = visitor.page

    visitor.open(reverse("web:programme", args=[offer.slug]))
    assert page.locator('script[type="application/ld+json"]').count() == 1
    visitor.look("programme")

    # A timetable, with the file for one's calendar.
    with page.expect_download() as download:
        page.locator(".group-card a[download]").first.click()
    assert download.value.suggested_filename.endswith(".ics")
    page.locator(".group-card a[href*='/nodarbibas/']:not([download])").first.click()
    page.wait_for_url(re.compile("/nodarbibas/"))
    visitor.look("sessions")

    _compare(visitor, offer)

    visitor.open("/sniedzeji/")
    visitor.look("providers")
    provider = offer.provider.slug
    visitor.open(f"/sniedzeji/{provider}/")
    visitor.look("provider")

    visitor.open("/macibas/arhivs/")
    visitor.look("archive")
    page.locator(".things a[href^='/macibas/']").first.click()
    page.wait_for_url(re.compile("/macibas/(?!arhivs)"))
    visitor.look("programme-over")

    visitor.open("/atbalsts/")
    visitor.look("support")
    for stage in ("imk-next", "imk"):
        assert FundingSource.objects.filter(code=stage).exists()
        visitor.open(f"/atbalsts/{stage}/")
        visitor.look(f"source-{stage}")


def _compare(visitor: Visitor, offer: Programme) -> None:
    """From a programme, adding by search and from a card; the choice stays on Back."""
    page = visitor.page
    visitor.open(reverse("web:programme", args=[offer.slug]))
    page.locator(".pay a[data-compare]").click()
    page.wait_for_url(f"**/macibas/salidzinat/?p={offer.slug}")
    visitor.look("compare-one")
    page.locator("#compare-q").fill("mākslīgais intelekts")
    visitor.send("form[action='/macibas/salidzinat/'] button")
    visitor.look("compare-search")
    page.locator(".programme-card a[data-compare]").first.click()
    page.wait_for_url(re.compile(r"p=[^&]+&p=[^&]+$"))
    visitor.look("compare-two")
    two = page.url
    # The list adds to what was compared last in this tab.
    visitor.open("/macibas/")
    page.locator(".programme-card a[data-compare]").last.click()
    page.locator("[data-compare-bar] a").click()
    page.wait_for_url(re.compile(r"p=[^&]+&p=[^&]+&p=[^&]+$"))
    visitor.look("compare-three")
    page.go_back()
    page.go_back()
    assert page.url == two
    page.reload()
    assert page.locator("[data-compared]").get_attribute("data-compared").count(" ") == 1  # type: ignore[union-attr]


def test_comparing_and_sharing_without_javascript(
    visit: Callable[..., Visitor], offer: Programme
) -> None:
    visitor = visit("offer-plain")
    visitor.context.close()
    plain = visitor.context.browser.new_context(java_script_enabled=False)  # type: ignore[union-attr]
    page = plain.new_page()
    page.goto(visitor.portal + reverse("web:programme", args=[offer.slug]))
    page.locator("[data-share] summary").click()
    assert page.locator("#share-url").input_value().endswith(f"/macibas/{offer.slug}/")
    page.locator(".pay a[data-compare]").click()
    page.locator("#compare-q").fill("intelekts")
    page.locator("form[action='/macibas/salidzinat/'] button").click()
    page.locator(".programme-card a[data-compare]").first.click()
    page.wait_for_url(re.compile(r"p=[^&]+&p=[^&]+$"))
    remove = page.locator(".phone-only .text-link, thead .text-link").locator("visible=true")
    remove.first.click()
    page.wait_for_url(re.compile(r"salidzinat/\?p=[^&]+$"))
    plain.close()
