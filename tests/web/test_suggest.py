"""Suggestions on pages: at most four with their reason, a list of its own, and the switch."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.test import Client
from django.urls import reverse

from catalogue.models import Offer, Programme
from enrolments.services.affinity import write_affinity
from learning_accounts.models import LearningAccount
from learning_accounts.services.favourites import save_programme
from tests.web.scene import Scene
from tests.web.test_account import page, words

Queries = Callable[..., AbstractContextManager[object]]


def offered(scene: Scene, title: str) -> Offer:
    """A programme with a group, by its title."""
    offer = scene.offer(title_lv=title, title_en=title)
    scene.group(offer)
    return offer


@pytest.fixture
def learner(scene: Scene, client: Client) -> LearningAccount:
    """Somebody who saved a programme like six others."""
    account = scene.learner(money=False)
    saved = offered(scene, "Keramika")
    for number in range(6):
        offered(scene, f"Keramika numur{number}")
    write_affinity()
    slug = saved.version.programme.slug
    save_programme(account_id=account.pk, slug=slug, actor=account.person.user, at=scene.at)
    client.force_login(account.person.user)
    return account


def test_reasons_stand_on_the_cards(client: Client, learner: LearningAccount) -> None:
    section = page(client, "/konts/").find("h2", string="For you")
    assert section is not None
    cards = section.find_parent("section").select(".programme-card")  # type: ignore[union-attr]
    assert len(cards) == 4
    assert all("Because you saved “Keramika”" in words(card) for card in cards)
    assert "Because you saved" in words(page(client, "/").main)
    assert len(page(client, "/konts/ieteikumi/").select(".programme-card")) == 6


def test_visitors_see_nothing_of_it(client: Client, learner: LearningAccount) -> None:
    client.logout()
    assert "For you" not in words(page(client, "/").main)


def test_the_switch(client: Client, learner: LearningAccount) -> None:
    soup = page(client, "/konts/ieteikumi/")
    form = soup.select_one("main form")
    assert form is not None
    assert form.button is not None
    sent = {str(form.button["name"]): str(form.button["value"])}
    assert client.post(str(form["action"]), sent)["Location"] == "/konts/ieteikumi/"
    soup = page(client, "/konts/ieteikumi/")
    assert "You have switched suggestions off" in words(soup.main)
    assert not soup.select(".programme-card")
    assert "For you" not in words(page(client, "/konts/").main)
    client.post(reverse("web:suggestions"), {"on": "yes"})
    assert page(client, "/konts/ieteikumi/").select(".programme-card")


def test_without_reasons_the_list_says_what_to_do(scene: Scene, client: Client) -> None:
    client.force_login(scene.learner(money=False).person.user)
    assert "No suggestions yet" in words(page(client, "/konts/ieteikumi/").main)


def test_queries_do_not_grow(
    scene: Scene,
    client: Client,
    learner: LearningAccount,
    django_assert_max_num_queries: Queries,
    django_assert_num_queries: Queries,
) -> None:
    for address, most in (("/konts/ieteikumi/", 32), ("/", 40)):
        with django_assert_max_num_queries(most) as few:
            client.get(address)
        before = len(few)  # type: ignore[arg-type]
        for number in range(4):
            offered(scene, f"Keramika vēl{number}")
        write_affinity()
        with django_assert_num_queries(before):
            client.get(address)


def test_similar_training_stands_on_the_page(client: Client, learner: LearningAccount) -> None:
    client.logout()
    programme = Programme.objects.get(current__title_lv="Keramika numur1")
    soup = page(client, f"/macibas/{programme.slug}/")
    heading = soup.find("h2", string="Similar learning")
    assert heading is not None
    cards = heading.find_parent("section").select(".programme-card")  # type: ignore[union-attr]
    assert len(cards) == 3
    assert all("Keramika" in words(card) for card in cards)
    assert all("numur1" not in words(card) for card in cards)
