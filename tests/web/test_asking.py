"""Whom one may ask, how the hours of a group are split, and where each session is."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from catalogue.models import Session
from stars.common.dates import now
from stars.content.services.loading import load
from tests.web.scene import Scene
from tests.web.test_account import page, words


def test_a_programme_says_whom_one_may_ask(scene: Scene, client: Client) -> None:
    offer = scene.offer()
    address = reverse("web:programme", args=[offer.version.programme.slug])
    assert not page(client, address).select("#ask")
    load(at=now())
    section = page(client, address).select_one("[aria-labelledby=ask]")
    assert section is not None
    assert "Career consultant" in words(section)
    assert section.select("a[href^='mailto:karjera@']")
    assert section.select("a[href^='tel:']")


def test_a_provider_says_how_one_asks_it(scene: Scene, client: Client) -> None:
    provider = scene.offer().version.programme.provider
    address = reverse("web:provider", args=[provider.slug])
    assert page(client, address).select("main a[href='/kontakti/']")
    provider.email, provider.phone = "ezers@stars.example", "0000 0001"
    provider.save()
    soup = page(client, address)
    assert soup.select("a[href='mailto:ezers@stars.example']")
    assert soup.select("a[href='tel:00000001']")


def test_hours_add_up(scene: Scene, client: Client) -> None:
    offer = scene.offer(hours=40, self_study_hours=24)
    group = scene.group(offer)  # four sessions of four hours
    slug = offer.version.programme.slug
    card = words(page(client, reverse("web:programme", args=[slug])).select_one(".group-card"))
    assert "16 h in sessions, 24 h on your own" in card
    assert "so far" not in card
    said = words(page(client, reverse("web:sessions", args=[slug, group.pk])).main)
    assert "In sessions: 16 hours. On your own: 24 hours" in said
    assert "so far" not in said


def test_a_timetable_in_the_making_says_so(scene: Scene, client: Client) -> None:
    offer = scene.offer(hours=40)
    group = scene.group(offer)
    slug = offer.version.programme.slug
    card = words(page(client, reverse("web:programme", args=[slug])).select_one(".group-card"))
    assert "the timetable has 16 h so far" in card and "on your own" not in card
    said = words(page(client, reverse("web:sessions", args=[slug, group.pk])).main)
    assert "The timetable has 16 hours so far" in said and "All 40" not in said


def test_each_session_of_a_hybrid_group_says_where_it_is(scene: Scene, client: Client) -> None:
    offer = scene.offer(mode="hybrid", city="Rīga")
    group = scene.group(offer, mode="hybrid", place="Izdomas iela 1, Rīga")
    first = Session.objects.filter(group=group).order_by("number").first()
    assert first is not None
    Session.objects.filter(group=group).exclude(pk=first.pk).update(place="")
    slug = offer.version.programme.slug
    soup = page(client, reverse("web:sessions", args=[slug, group.pk]))
    places = [words(row.select("td")[-1]) for row in soup.select("tbody tr")]
    assert places == ["Izdomas iela 1, Rīga", "Online", "Online", "Online"]


def test_the_choice_of_a_group_is_named_by_its_days(scene: Scene, client: Client) -> None:
    offer = scene.offer()
    scene.group(offer)
    scene.group(offer, in_days=40)
    soup = page(client, reverse("web:programme", args=[offer.version.programme.slug]))
    names = [words(label) for label in soup.select(".group-card label")]
    assert len(set(names)) == 2


def test_an_unknown_address_offers_a_search(scene: Scene, client: Client) -> None:
    soup = page(client, "/nav-tadas-lapas/", status=404)
    assert soup.select_one("main form[role=search]")["action"] == "/macibas/"  # type: ignore[index]
    assert "programme" not in words(soup.select_one("main .lead"))


def test_what_is_suggested_is_switched_at_the_top_and_paged(scene: Scene, client: Client) -> None:
    for _ in range(14):
        scene.group(scene.offer())
    client.force_login(scene.learner().person.user)
    soup = page(client, "/konts/ieteikumi/")
    order = [tag.name for tag in soup.select("main form[action$='sledzis/'], main .programme-card")]
    assert order[0] == "form"
    assert order.count("article") <= 12
    assert client.get("/konts/ieteikumi/?page=99999999999999999999").status_code == 200
