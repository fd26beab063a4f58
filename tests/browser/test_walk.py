"""Public pages by keyboard, at 320 CSS pixels, with text spacing.

The part of docs/manual-tests.md that a machine can walk (WCAG 1.4.10, 1.4.12, 2.4.7, 2.4.11).
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.cache import cache

from catalogue.models import Programme
from stars.common.dates import now
from stars.content.services.loading import load
from tests.browser import walk
from tests.browser.conftest import Visitor
from tests.content.conftest import make_news
from tests.web.scene import scene as make_scene

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG = "Digitālo prasmju pilnveide uzņēmējdarbībā un pašnodarbinātajiem"


@pytest.fixture
def addresses() -> list[str]:
    """Every kind of public page, with long Latvian words on it."""
    cache.clear()
    load(at=now())
    make_news(title_lv=LONG, body_lv=f"<h2>{LONG}</h2><p>Par līdzmaksājumu.</p>")
    scene = make_scene()
    for number in range(3):
        scene.group(
            scene.offer(
                title_lv=f"{LONG} {number}",
                title_en=f"Course {number}",
                mode="on_site",
                city="Daugavpils",
            ),
            place="Garā Nosaukuma prospekts 123, Daugavpils",
            teacher="Vārdnīca Garuzvārdniece-Izdomātniece",
        )
    programmes = list(Programme.objects.select_related("provider", "current").order_by("slug"))
    first = programmes[0]
    assert first.current is not None
    group = first.current.groups.get()
    slugs = "&".join(f"p={programme.slug}" for programme in programmes)
    return [
        "/",
        "/macibas/",
        "/macibas/?q=nav+t%C4%81das&mode=remote",
        "/macibas/?mode=on_site&days=1",
        f"/macibas/{first.slug}/",
        f"/macibas/{first.slug}/nodarbibas/{group.pk}/",
        f"/macibas/salidzinat/?{slugs}",
        "/macibas/arhivs/",
        "/sniedzeji/",
        f"/sniedzeji/{first.provider.slug}/",
        "/atbalsts/",
        f"/atbalsts/{scene.source.code}/",
        "/kads-atbalsts/",
        "/pieskirumi/",
        "/atlases/",
        "/jaunumi/",
        "/jaunumi/zina/",
        "/palidziba/",
        "/palidziba/ka-pieteikties/",
        "/palidziba/pieklustamiba/zinot/",
        "/kontakti/",
        "/vardnica/",
        "/nav-tadas/",
    ]


def test_narrow_and_with_text_spacing(visit: Callable[..., Visitor], addresses: list[str]) -> None:
    found: dict[str, list[str]] = {}
    visitor = visit("walk", width=320)
    for language in ("lv", "en"):
        for address in addresses:
            sign = "&" if "?" in address else "?"
            visitor.page.goto(f"{visitor.portal}{address}{sign}lang={language}")
            narrow = walk.lost(visitor.page)
            walk.space_out(visitor.page)
            spaced = walk.lost(visitor.page)
            if narrow or spaced:
                found[f"{language} {address}"] = [*narrow, *(f"spaced: {one}" for one in spaced)]
    assert not found, found


@pytest.mark.parametrize("width", [320, 1280])
def test_by_keyboard(visit: Callable[..., Visitor], addresses: list[str], width: int) -> None:
    found: dict[str, list[str]] = {}
    visitor = visit("keyboard", width=width)
    for address in addresses:
        visitor.page.goto(visitor.portal + address)
        seen, wrong = walk.tab_through(visitor.page)
        if "#main" not in (visitor.page.locator("a").first.get_attribute("href") or ""):
            wrong.append("the first link does not lead to the content")
        if len(seen) < 5:
            wrong.append(f"only {len(seen)} things can be reached")
        if wrong:
            found[address] = wrong
    assert not found, found
