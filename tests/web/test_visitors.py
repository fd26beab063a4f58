"""Pages kept for visitors: the same for all of them, never anybody's own."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from catalogue.models import ProgrammeVersion
from tests.content.conftest import make_news, make_page
from tests.web.scene import Scene


@pytest.fixture(autouse=True)
def kept(settings: Any) -> None:
    settings.VISITORS_PAGE_SECONDS = 60
    cache.clear()


@pytest.fixture
def address(scene: Scene) -> str:
    offer = scene.offer()
    scene.group(offer)
    return reverse("web:programme", args=[offer.version.programme.slug])


def rename(title: str) -> None:
    ProgrammeVersion.objects.update(title_lv=title, title_en=title)


@pytest.mark.parametrize("name", ["web:home", "web:catalogue"])
def test_the_second_visitor_costs_no_query(
    scene: Scene,
    name: str,
    client: Client,
    django_assert_num_queries: Callable[[int], AbstractContextManager[None]],
) -> None:
    scene.offer()
    first = client.get(reverse(name))
    with django_assert_num_queries(0):
        second = Client().get(reverse(name))
    assert second.content == first.content
    for header in ("Content-Type", "Content-Length", "Content-Language", "X-Frame-Options"):
        assert second[header] == first[header]
    assert "Content-Security-Policy" in second
    assert not second.cookies


@pytest.mark.parametrize(
    "path",
    [
        *("/jaunumi/", "/jaunumi/zina/", "/palidziba/", "/palidziba/lapa/", "/kontakti/"),
        "/vardnica/",
    ],
)
def test_what_editors_publish_is_kept_too(
    path: str,
    client: Client,
    db: None,
    django_assert_num_queries: Callable[[int], AbstractContextManager[None]],
) -> None:
    news, text = make_news(), make_page()
    first = client.get(path)
    assert first.status_code == 200
    assert not first.cookies
    assert b"csrfmiddlewaretoken" not in first.content
    with django_assert_num_queries(0):
        assert Client().get(path).content == first.content
    for row in (news, text):
        row.published_from = None
        row.save()
    cache.clear()
    if path.count("/") == 3:
        assert Client().get(path).status_code == 404, "a draft"


def test_every_visitors_page_can_be_kept(scene: Scene, client: Client, address: str) -> None:
    for number, path in enumerate(("/", "/macibas/", "/macibas/?page=7", address)):
        assert client.get(path).status_code == 200
        rename(f"Nosaukums-{number}")
        assert f"Nosaukums-{number}" not in Client().get(path).content.decode(), path
        cache.clear()
        assert f"Nosaukums-{number}" in Client().get(path).content.decode(), path


def test_what_is_kept_ends(settings: Any, client: Client, address: str) -> None:
    settings.VISITORS_PAGE_SECONDS = 0
    client.get(address)
    rename("Cits nosaukums")
    assert "Cits nosaukums" in client.get(address).content.decode()


def test_languages_do_not_mix(client: Client, address: str) -> None:
    latvian = client.get(address)
    client.post(reverse("set_language"), {"language": "en", "next": address})
    english = client.get(address)
    assert latvian["Content-Language"] == "lv"
    assert english["Content-Language"] == "en"
    assert Client().get(address).content == latvian.content


def test_own_searches_are_nobody_elses(client: Client, address: str) -> None:
    mine = "http://testserver/macibas/?q=mana+slimība"
    page = client.get(address, headers={"referer": mine})
    assert "mana+slim" in page.content.decode()
    assert "mana+slim" not in Client().get(address).content.decode()


def test_who_is_signed_in_sees_their_own(scene: Scene, client: Client, address: str) -> None:
    Client().get(address)
    account = scene.learner()
    client.force_login(account.person.user)
    own = client.get(address)
    assert own["Cache-Control"] == "private, no-store"
    # And what they saw is not kept for visitors.
    rename("Cits nosaukums")
    assert b"Cits nosaukums" not in Client().get(address).content


def test_who_is_signed_in_fills_nothing(scene: Scene, client: Client, address: str) -> None:
    account = scene.learner()
    client.force_login(account.person.user)
    client.get(address)
    rename("Cits nosaukums")
    assert "Cits nosaukums" in Client().get(address).content.decode()


def test_a_message_waiting_is_shown_to_its_own(client: Client, address: str) -> None:
    Client().get(address)
    client.cookies["messages"] = "anything"
    rename("Cits nosaukums")
    assert "Cits nosaukums" in client.get(address).content.decode()


def test_nothing_but_good_answers_is_kept(client: Client, db: None) -> None:
    missing = reverse("web:programme", args=["nav-tada"])
    assert client.get(missing).status_code == 404
    assert not list(cache._cache.get_client().scan_iter("*page:*"))


def test_long_addresses_are_not_kept(client: Client, scene: Scene) -> None:
    path = "/macibas/?q=" + "x" * 600
    client.get(path)
    assert not list(cache._cache.get_client().scan_iter("*page:*"))


def test_setting_exists_outside_tests() -> None:
    from stars.settings import base

    assert base.VISITORS_PAGE_SECONDS > 0
    assert django_settings.VISITORS_PAGE_SECONDS == 60
