"""What a visitor asked for is there after signing in, and is done by one press."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from learning_accounts.models import Favourite, SearchAlert
from tests import factories as f
from tests.signin import as_staff
from tests.web.scene import Scene
from tests.web.test_account import page, words


def send(client: Client, soup: BeautifulSoup) -> str:
    """Press the button of the question; where it leads."""
    form = soup.select_one("main form[method=post]")
    assert form is not None
    fields = {str(each["name"]): str(each["value"]) for each in form.select("input[name]")}
    return str(client.post(str(form["action"]), fields)["Location"])


def test_saving_is_finished_after_signing_in(scene: Scene, client: Client) -> None:
    offer = scene.offer(title_en="Sewing")
    scene.group(offer)
    learner = scene.learner(money=False)
    link = page(client, "/macibas/").select_one("a.save")
    assert link is not None
    response = client.get(str(link["href"]))
    assert response.status_code == 302
    assert "we will save the training for you" in words(page(client, response["Location"]).main)
    back = parse_qs(urlsplit(response["Location"]).query)["next"][0]
    client.force_login(learner.person.user)
    soup = page(client, back)
    assert "Sewing" in words(soup.main)
    assert not Favourite.objects.exists()
    slug = offer.version.programme.slug
    assert send(client, soup) == reverse("web:programme", args=[slug])
    assert Favourite.objects.get().account == learner


def test_waiting_is_finished_after_signing_in(scene: Scene, client: Client) -> None:
    scene.group(scene.offer(mode="remote", title_en="Sewing", title_lv="Šūšana"))
    learner = scene.learner(money=False)
    form = page(client, "/macibas/?q=šūšana&mode=remote").select_one("#more form")
    assert form is not None
    assert (form["method"], form["action"]) == ("get", reverse("web:asked"))
    sent = {str(each["name"]): str(each["value"]) for each in form.select("input[name]")}
    response = client.get(reverse("web:asked"), sent)
    assert "we will write to you" in words(page(client, response["Location"]).main)
    client.force_login(learner.person.user)
    soup = page(client, parse_qs(urlsplit(response["Location"]).query)["next"][0])
    assert "šūšana, Online" in words(soup.main)
    assert not SearchAlert.objects.exists()
    assert parse_qs(urlsplit(send(client, soup)).query) == {"q": ["šūšana"], "mode": ["remote"]}
    assert SearchAlert.objects.get().query == "šūšana"


def test_whoever_has_no_account_opens_one_and_comes_back(scene: Scene, client: Client) -> None:
    offer = scene.offer()
    client.force_login(f.PersonFactory().user)
    here = f"{reverse('web:asked')}?save={offer.version.programme.slug}"
    response = client.get(here)
    address = urlsplit(response["Location"])
    assert address.path == reverse("web:opening")
    assert parse_qs(address.query)["next"] == [here]
    assert client.get(response["Location"]).status_code == 200


@pytest.mark.parametrize(
    "query",
    ["", "save=", "save=nav", "save=%00", "save=../x", "q=%00", "mode=teleport", "list=%00"],
)
def test_nothing_is_asked_by_nonsense(scene: Scene, client: Client, query: str) -> None:
    client.force_login(scene.learner(money=False).person.user)
    response = client.get(f"{reverse('web:asked')}?{query}")
    assert response["Location"] == reverse("web:saved")


def test_the_way_back_stays_in_the_portal(scene: Scene, client: Client) -> None:
    offer = scene.offer()
    client.force_login(scene.learner(money=False).person.user)
    slug = offer.version.programme.slug
    sent = {"save": slug, "next": "https://elsewhere.example/"}
    assert client.post(reverse("web:save"), sent)["Location"] == reverse("web:saved")


def test_staff_are_not_asked(scene: Scene, client: Client) -> None:
    offer = scene.offer()
    scene.group(offer)
    as_staff(client, f.MembershipFactory().user)
    assert client.get(f"{reverse('web:asked')}?q=x").status_code == 404
    assert not page(client, f"/macibas/?q={offer.version.title_lv}").select("#more form")
