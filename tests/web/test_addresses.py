"""Every link of every public page leads somewhere."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from catalogue.models import Provider
from stars.common.dates import now
from stars.content.services.loading import load
from tests.content.conftest import make_news
from tests.web.scene import Scene
from tests.web.test_account import page

PLACES = (
    "web:home",
    "web:catalogue",
    "web:compare",
    "web:archive",
    "web:providers",
    "web:support",
    "web:calls",
    "web:fit",
    "content:news_list",
    "content:help",
    "content:contacts",
    "content:glossary",
    "account_login",
)


@pytest.mark.parametrize("language", ["lv", "en"])
def test_no_public_page_has_an_empty_address(scene: Scene, client: Client, language: str) -> None:
    load(at=now())
    make_news()
    offer = scene.offer()
    group = scene.group(offer)
    slug = offer.version.programme.slug
    addresses = [
        *map(reverse, PLACES),
        "/macibas/?q=zvirbulis",
        "/kads-atbalsts/?age=18&kind=&work=&education=&region=&about=",
        "/jaunumi/zina/",
        "/palidziba/ka-pieteikties/",
        f"/macibas/salidzinat/?p={slug}",
        reverse("web:programme", args=[slug]),
        reverse("web:sessions", args=[slug, group.pk]),
        reverse("web:source", args=[scene.source.code]),
        *(reverse("web:provider", args=[each.slug]) for each in Provider.objects.all()[:1]),
    ]
    for address in addresses:
        soup = page(client, address, language=language)
        for name in ("href", "src", "action", "hx-get", "hx-post"):
            empty = [str(tag) for tag in soup.select(f"[{name}]") if not str(tag[name]).strip()]
            assert not empty, f"{address}: {empty}"
