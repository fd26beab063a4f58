"""Saving a programme from its card and its page, the list, and searches that wait."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from learning_accounts.models import Favourite, LearningAccount, SearchAlert
from tests.web.scene import Scene
from tests.web.test_account import page, words

Queries = Callable[..., AbstractContextManager[object]]
SAVE = "/konts/saglabatas/maina/"


@pytest.fixture
def learner(scene: Scene, client: Client) -> LearningAccount:
    """Somebody with an account who is signed in."""
    account = scene.learner(money=False)
    client.force_login(account.person.user)
    return account


def test_visitor_is_led_to_sign_in_and_back(scene: Scene, client: Client) -> None:
    offer = scene.offer()
    scene.group(offer)
    slug = offer.version.programme.slug
    for address in ("/macibas/", f"/macibas/{slug}/"):
        link = page(client, address).select_one("a.save")
        assert link is not None
        assert link["href"] == f"{reverse('web:asked')}?{urlencode({'save': slug})}"
    assert client.post(SAVE, {"save": slug})["Location"].startswith(reverse("account_login"))


def test_saved_from_the_card_and_back_to_the_list(
    scene: Scene, client: Client, learner: LearningAccount
) -> None:
    offer = scene.offer()
    scene.group(offer)
    button = page(client, "/macibas/").select_one("button.save")
    assert button is not None
    assert page(client, "/macibas/").select_one(f"form#{button['form']}")["action"] == SAVE  # type: ignore[index]
    sent = {str(button["name"]): str(button["value"])}
    response = client.post(SAVE, sent, headers={"referer": "http://testserver/macibas/?q=x"})
    assert response["Location"] == "/macibas/?q=x"
    assert Favourite.objects.get().account == learner
    soup = page(client, "/konts/saglabatas/")
    assert len(soup.select(".programme-card")) == 1
    on = soup.select_one("button.save")
    assert on is not None
    assert on["name"] == "remove"
    evil = {"referer": "https://elsewhere.example/"}
    response = client.post(SAVE, {"remove": str(on["value"])}, headers=evil)
    assert response["Location"] == "/konts/saglabatas/"
    assert "Nothing is saved yet" in words(page(client, "/konts/saglabatas/").main)


def test_htmx_changes_the_button_alone(
    scene: Scene, client: Client, learner: LearningAccount
) -> None:
    slug = scene.offer().version.programme.slug
    part = client.post(SAVE, {"save": slug}, headers={"hx-request": "true"})
    assert part.status_code == 200
    assert b'name="remove"' in part.content
    assert b"<html" not in part.content


def test_what_is_not_offered_any_more_stays_on_the_list(
    scene: Scene, client: Client, learner: LearningAccount
) -> None:
    offer = scene.offer(title_en="Weaving")
    client.post(SAVE, {"save": offer.version.programme.slug})
    offer.version.move("archive", by=None, at=scene.at)
    soup = page(client, "/konts/saglabatas/")
    assert "Not offered any more Weaving" in words(soup.main)
    assert not soup.select(".programme-card")


@pytest.mark.parametrize("sent", [{}, {"save": ""}, {"save": "nowhere"}, {"save": "a\x00b"}])
def test_bad_programme_is_not_found(
    client: Client, learner: LearningAccount, sent: dict[str, str]
) -> None:
    assert client.post(SAVE, sent).status_code in (302, 404)
    assert not Favourite.objects.exists()


def test_pressing_very_often_is_stopped(
    scene: Scene, client: Client, learner: LearningAccount
) -> None:
    slug = scene.offer().version.programme.slug
    answers = [client.post(SAVE, {"save": slug}).status_code for _ in range(61)]
    cache.clear()
    assert answers == [302] * 60 + [429]


def test_staff_have_no_list(scene: Scene, client: Client) -> None:
    from tests import factories as f
    from tests.signin import as_staff

    offer = scene.offer()
    scene.group(offer)
    as_staff(client, f.MembershipFactory().user)
    assert not page(client, "/macibas/").select(".save")


def test_waiting_for_a_search_and_ending_it(
    scene: Scene, client: Client, learner: LearningAccount
) -> None:
    scene.group(scene.offer(mode="remote"))
    scene.group(scene.offer(mode="on_site", city="Valmiera"))
    response = client.post(reverse("web:alert"), {"q": "kvantu fizika", "mode": "remote"})
    assert response["Location"] == "/macibas/?q=kvantu+fizika&mode=remote"
    alert = SearchAlert.objects.get()
    assert (alert.query, alert.filters) == ("kvantu fizika", {"modes": ["remote"]})
    soup = page(client, "/konts/saglabatas/")
    link = soup.select_one(".things h3 a")
    assert link is not None
    assert words(link) == "kvantu fizika, Online"
    assert link["href"] == "/macibas/?q=kvantu+fizika&mode=remote"
    end = soup.select_one(".things form")
    assert end is not None
    client.post(str(end["action"]))
    alert.refresh_from_db()
    assert alert.ended_at is not None


@pytest.mark.parametrize(
    "sent", [{"q": "\x00"}, {"q": "'%_" * 200}, {"mode": "teleport"}, {"starts": "9" * 50}, {}]
)
def test_bad_search_is_refused_in_words(
    scene: Scene, client: Client, learner: LearningAccount, sent: dict[str, str]
) -> None:
    scene.group(scene.offer())
    assert client.post(reverse("web:alert"), sent).status_code in (302, 400)
    assert SearchAlert.objects.count() <= 1


def test_queries_of_the_saved_list_do_not_grow(
    scene: Scene,
    client: Client,
    learner: LearningAccount,
    django_assert_num_queries: Queries,
    django_assert_max_num_queries: Queries,
) -> None:
    def more(n: int) -> None:
        for number in range(n):
            offer = scene.offer()
            scene.group(offer)
            client.post(SAVE, {"save": offer.version.programme.slug})
            client.post(reverse("web:alert"), {"q": f"kvanti{n}{number}"})

    more(2)
    with django_assert_max_num_queries(32) as few:
        client.get("/konts/saglabatas/")
    before = len(few)  # type: ignore[arg-type]
    more(5)
    cache.clear()
    with django_assert_num_queries(before):
        client.get("/konts/saglabatas/")
