"""The first page of the workplace says what waits; the queue begins with it; filters in words."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from catalogue.enums import VersionState as S
from catalogue.models import Submission, UnmetSearch
from stars.common.dates import today
from tests import factories as f
from tests.catalogue.review import Stage
from tests.catalogue.test_admin_review import browser, listing, page, stage
from tests.content.conftest import make_news

__all__ = ["browser", "stage"]

pytestmark = pytest.mark.django_db


def waits(soup: BeautifulSoup) -> dict[str, int]:
    """The lines of the first page."""
    links = soup.select("section[aria-labelledby=waiting] a")
    return {a.span.get_text(strip=True): int(a.b.get_text(strip=True)) for a in links}  # type: ignore[union-attr]


def rows(soup: BeautifulSoup) -> int:
    """Rows of a list."""
    return len(soup.select("#result_list tbody tr"))


def test_what_waits_stands_on_the_first_page(browser: Client, stage: Stage) -> None:
    make_news("melnraksts", published_from=None)
    stage.bring_to(S.SUBMITTED)
    soup = page(browser, reverse("admin:index"))
    found = waits(soup)
    assert found["Versions to review"] == 1
    assert found["Drafts of news"] == 1
    assert found["Approved versions to publish"] == 0
    for link in soup.select("section[aria-labelledby=waiting] a"):
        name = link.span.get_text(strip=True)  # type: ignore[union-attr]
        assert rows(page(browser, str(link["href"]))) == found[name], name


def test_the_queue_begins_with_what_waits(browser: Client, stage: Stage) -> None:
    stage.bring_to(S.REJECTED)
    assert Submission.objects.count() == 1
    address = listing(Submission)
    assert rows(page(browser, address)) == 0
    assert rows(page(browser, f"{address}?decision=all")) == 1
    assert rows(page(browser, f"{address}?decision=rejected")) == 1
    assert rows(page(browser, f"{address}?decision=nonsense")) in (0, 1)
    assert rows(page(browser, f"{address}?q={stage.version.pk}")) == 1


def test_filters_of_vain_searches_are_in_words(browser: Client) -> None:
    f.ProviderFactory(slug="ezers", organisation__name="Ezera skola", name="Ezera skola")
    filters = "days=free-time&days=2&mode=remote&price=0&provider=ezers&type=nav&x=y"
    UnmetSearch.objects.create(day=today(), query="šūšana", filters=filters, times=3)
    said = page(browser, listing(UnmetSearch)).select_one("#result_list").get_text(" ", strip=True)  # type: ignore[union-attr]
    said = " ".join(said.split())
    assert "Days and times: In the evenings on workdays" in said
    assert "Days and times: Tuesday" in said
    assert "Provider: Ezera skola" in said
    assert "What you pay: 0 €" in said
    assert "mode=remote" not in said
    assert "x: y" in said
