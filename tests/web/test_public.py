"""What visitors see: home page, catalogue, programme, sessions, texts."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from decimal import Decimal
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from accounts.enums import TextKind
from accounts.models import LegalText
from catalogue.models import Group, Programme
from catalogue.services import search_index, versions
from catalogue.services.groups import close_group
from stars.common.dates import now
from stars.common.permissions import SYSTEM
from stars.web.wording import in_town
from tests import factories as f
from tests.web.scene import Scene
from tests.web.test_account import page, words

Queries = Callable[..., AbstractContextManager[object]]


def titles(soup: BeautifulSoup) -> list[str]:
    """Titles of the cards, in order."""
    return [words(title) for title in soup.select(".programme-card h3")]


# --- home ----------------------------------------------------------------------------------


def test_empty_portal_has_a_home_page(client: Client, db: None) -> None:
    soup = page(client, "/")
    assert len(soup.select("h1")) == 1
    assert "€" not in words(soup.main)
    assert not soup.select(".figures")
    assert not soup.select(".programme-card")


def test_numbers_on_the_home_page_are_counted(scene: Scene, client: Client) -> None:
    scene.learner()
    offer = scene.offer()
    scene.group(offer)
    Programme.objects.update(rating_average="4.50", rating_count=2)
    soup = page(client, "/")
    figures = words(soup.select_one(".figures"))
    assert "1 person has opened a learning account" in figures
    assert "completed" not in figures
    assert "4.5 of 5" in figures
    assert "2 answers" in figures
    assert "500 €" in words(soup.select_one(".lead"))
    assert titles(soup) == [offer.version.title_en]


def test_what_is_asked_for_most_is_one_press_away(scene: Scene, client: Client) -> None:
    for city, count in {"Rēzekne": 2, "Cēsis": 1, "": 3}.items():
        for _ in range(count):
            offer = scene.offer(city=city)
            scene.group(offer)
            search_index.write([offer.version.programme_id])
    soup = page(client, "/")
    chips = {words(a): str(a["href"]) for a in soup.select('[aria-labelledby="quick"] a')}
    assert list(chips)[-2:] == ["In Rēzekne", "In Cēsis"]
    for text, address in chips.items():
        listed = page(client, address)
        on = [words(a) for a in listed.select(".chip-on")]
        assert on, (text, address)
    assert len(titles(page(client, chips["In Rēzekne"]))) == 2


@pytest.mark.parametrize(
    ("points", "says"),
    [
        ("1.0", "1 kredītpunkts, kuru var ieskaitīt"),
        ("1.5", "1,5 kredītpunkti, kurus var ieskaitīt"),
        ("4.0", "4 kredītpunkti, kurus var ieskaitīt"),
    ],
)
def test_credit_points_and_the_kind_are_in_words(
    scene: Scene, client: Client, points: str, says: str
) -> None:
    kind = f.ProgrammeTypeFactory(
        study_course=True, name_lv="Studiju modulis", plain_lv="Vairāki augstskolas kursi kopā"
    )
    offer = scene.offer(credit_points=Decimal(points), type=kind, hours=60)
    address = reverse("web:programme", args=[offer.version.programme.slug])
    said = words(page(client, address, language="lv").main)
    assert says in said
    assert "Studiju modulis – vairāki augstskolas kursi kopā" in said


def test_search_words_lead_to_the_catalogue(client: Client, db: None) -> None:
    link = page(client, "/", language="lv").select_one(".chip")
    assert link is not None
    assert str(link["href"]).startswith("/macibas/?q=")
    assert client.get(str(link["href"])).status_code == 200


# --- catalogue -----------------------------------------------------------------------------


def test_card_says_what_it_costs_with_support(scene: Scene, client: Client) -> None:
    scene.group(scene.offer("592.00"))
    card = words(page(client, "/macibas/").select_one(".programme-card"))
    assert "With support 92 €" in card
    assert "12 places free" in card


def test_card_says_what_it_costs_this_person(scene: Scene, client: Client) -> None:
    scene.group(scene.offer("592.00"))
    client.force_login(scene.learner().person.user)
    assert "You pay 92 €" in words(page(client, "/macibas/").select_one(".programme-card"))
    client.force_login(scene.learner(money=False).person.user)
    assert "You pay 592 €" in words(page(client, "/macibas/").select_one(".programme-card"))


def test_filters_stand_in_the_address(scene: Scene, client: Client) -> None:
    online = scene.offer(mode="remote", title_en="Online course")
    on_site = scene.offer(mode="on_site", city="Valmiera", title_en="On-site course")
    scene.group(online, in_days=30)
    scene.group(on_site, in_days=5)
    assert titles(page(client, "/macibas/")) == ["On-site course", "Online course"]
    soup = page(client, "/macibas/?mode=remote&starts=6")
    assert titles(soup) == ["Online course"]
    assert {words(chip) for chip in soup.select(".chip")} == {
        "Remove filter: Online",
        "Remove filter: Within 6 weeks",
    }
    without = soup.select_one(".chip")
    assert without is not None
    assert len(titles(page(client, str(without["href"])))) == 1
    ticked = soup.select(".filters input[type=checkbox][checked]")
    assert {tick["value"] for tick in ticked} == {"remote", "6"}
    assert titles(page(client, "/macibas/?city=Valmiera")) == ["On-site course"]
    soup = page(client, "/macibas/?starts=2&mode=remote")
    assert not soup.select("#cards")
    ways = {words(way) for way in soup.select(".empty .chip")}
    assert ways >= {"Without “When it starts”: 1 programme", "Without “How”: 1 programme"}


def test_nothing_found_says_what_to_do(scene: Scene, client: Client) -> None:
    scene.group(scene.offer())
    soup = page(client, "/macibas/?q=kvantu+fizika")
    assert "Nothing was found" in words(soup.h1)
    links = soup.select(".empty a")
    assert links
    assert all(client.get(str(link["href"])).status_code == 200 for link in links)


@pytest.mark.parametrize(
    "query",
    [
        "page=abc",
        "page=99999999999999999999",
        "page=-1",
        "page=0",
        "page=",
        "page=1&page=2",
        "mode=teleport",
        "mode=",
        "city=%00",
        "provider=../../etc/passwd",
        "type=further_education%27--",
        "starts=9999999999999999999999",
        "starts=-1",
        "starts=soon&starts=2",
        "sort=price;drop",
        "q=%00",
        "q=%F0%9F%92%A9",
        "q=%FF%FE",
        "q=" + quote("'\"\\%_()[]{}*+?|^$"),
        "q=" + "a" * 3000,
        "q=%E2%80%AE%0A%0Dabc",
        "utm_source=x&unknown=1",
        "=&&&==",
    ],
)
def test_bad_query_is_never_an_error(scene: Scene, client: Client, query: str) -> None:
    scene.group(scene.offer())
    assert client.get(f"/macibas/?{query}").status_code == 200


@pytest.mark.parametrize("query", ["group=abc", "group=", "group=%00", "group=" + "9" * 3000])
def test_bad_group_is_never_an_error(scene: Scene, client: Client, query: str) -> None:
    offer = scene.offer()
    scene.group(offer)
    url = reverse("web:programme", args=[offer.version.programme.slug])
    assert client.get(f"{url}?{query}").status_code == 200
    response = client.get(f"{url}pieteikties/?{query}")
    assert response["Location"] == url


def many(scene: Scene, n: int) -> None:
    """So many programmes, each with two groups."""
    for _ in range(n):
        offer = scene.offer()
        scene.group(offer)
        scene.group(offer, in_days=40, sessions=0)


def test_more_is_shown_by_a_link(scene: Scene, client: Client) -> None:
    many(scene, 21)
    soup = page(client, "/macibas/?mode=remote")
    assert len(titles(soup)) == 20
    more = soup.select_one("#more a")
    assert more is not None
    assert words(more) == "Show 1 more"
    second = page(client, str(more["href"]))
    assert len(titles(second)) == 1
    assert "You see 21 of 21" in words(second.select_one("#more"))
    assert second.select_one("a[rel=prev]")["href"] == "/macibas/?mode=remote"  # type: ignore[index]


@pytest.mark.parametrize("signed_in", [False, True])
def test_queries_of_the_catalogue_do_not_grow(
    scene: Scene,
    client: Client,
    signed_in: bool,
    django_assert_num_queries: Queries,
    django_assert_max_num_queries: Queries,
) -> None:
    if signed_in:
        client.force_login(scene.learner().person.user)
    many(scene, 5)
    with django_assert_max_num_queries(28 if signed_in else 13) as few:
        client.get("/macibas/?q=programma")
    many(scene, 15)
    with django_assert_num_queries(len(few)):  # type: ignore[arg-type]
        client.get("/macibas/?q=programma")


# --- programme -----------------------------------------------------------------------------


def programme_url(offer: object) -> str:
    """The page of the programme behind an offer."""
    return reverse("web:programme", args=[offer.version.programme.slug])  # type: ignore[attr-defined]


def test_price_is_shown_as_arithmetic_with_its_reason(scene: Scene, client: Client) -> None:
    offer = scene.offer("592.00")
    scene.group(offer)
    box = words(page(client, programme_url(offer)).select_one("[data-price-box]"))
    assert "592 €" in box
    assert "\u2212500 €" in box
    assert "92 €" in box
    client.force_login(scene.learner().person.user)
    box = words(page(client, programme_url(offer)).select_one("[data-price-box]"))
    assert "Your account pays 500 €" in box
    assert "The other 92 € are paid by you" in box
    assert "the money comes back to you" in box


def test_reason_names_what_is_missing(scene: Scene, client: Client) -> None:
    offer = scene.offer()
    scene.group(offer)
    client.force_login(scene.learner(money=False, person__young=True).person.user)
    box = words(page(client, programme_url(offer)).select_one("[data-price-box]"))
    assert "18" in box
    assert "592 €" in box


def test_group_is_chosen_and_leads_to_the_application(scene: Scene, client: Client) -> None:
    offer = scene.offer()
    first, second = scene.group(offer), scene.group(offer, in_days=30)
    soup = page(client, programme_url(offer))
    form = soup.select_one("form#apply")
    assert form is not None
    assert [r["value"] for r in form.select("[type=radio]")] == [str(first.pk), str(second.pk)]
    assert [r["value"] for r in form.select("[checked]")] == [str(first.pk)]
    response = client.get(str(form["action"]), {"group": str(second.pk)})
    assert response["Location"] == reverse("enrolments:apply", args=[second.pk])
    named = page(client, f"{programme_url(offer)}?group={second.pk}")
    assert [r["value"] for r in named.select("form#apply [checked]")] == [str(second.pk)]


def test_full_and_closed_groups_are_shown_and_cannot_be_chosen(
    scene: Scene, client: Client
) -> None:
    offer = scene.offer()
    full, closed = scene.group(offer), scene.group(offer, in_days=20)
    Group.objects.filter(pk=full.pk).update(taken=12)
    close_group(group_id=closed.pk, actor=SYSTEM, at=scene.at)
    soup = page(client, programme_url(offer))
    assert len(soup.select(".group-card")) == 2
    assert "No places" in words(soup.select(".group-card")[0])
    assert "Applications are closed" in words(soup.select(".group-card")[1])
    assert not soup.select("[type=radio]")
    assert "All groups are full." in words(soup.select_one("[data-price-box]"))
    for group in (full, closed):
        response = client.get(f"{programme_url(offer)}pieteikties/", {"group": str(group.pk)})
        assert response["Location"] == programme_url(offer)


def test_programme_that_is_not_offered_any_more_keeps_its_page(
    scene: Scene, client: Client
) -> None:
    offer = scene.offer()
    scene.group(offer)
    offer.version.move("archive", by=None, at=scene.at)
    soup = page(client, programme_url(offer))
    assert "This programme is not offered any more." in words(soup.main)
    assert not soup.select("[data-price-box], .group-card")
    assert "Programmes" not in titles(page(client, "/macibas/"))


def test_suspended_programme_keeps_its_page_and_says_so(scene: Scene, client: Client) -> None:
    offer = scene.offer()
    scene.group(offer)
    versions.suspend(version_id=offer.version_id, note="Sūdzības", actor=SYSTEM, at=scene.at)
    soup = page(client, programme_url(offer))
    assert "This programme is suspended for now." in words(soup.main)
    assert "Sūdzības" not in words(soup.main)
    assert not soup.select("[data-price-box], .group-card")
    assert "Programmes" not in titles(page(client, "/macibas/"))
    versions.resume(version_id=offer.version_id, actor=SYSTEM, at=scene.at)
    assert "suspended" not in words(page(client, programme_url(offer)).main)


def test_draft_has_no_page(scene: Scene, client: Client) -> None:
    draft = f.VersionFactory()
    assert client.get(reverse("web:programme", args=[draft.programme.slug])).status_code == 404


def test_level_and_hours_are_explained(scene: Scene, client: Client) -> None:
    offer = scene.offer(digcomp_level=4)
    soup = page(client, programme_url(offer))
    facts = words(soup.select_one("dl.facts"))
    assert "level 4 of 8" in facts
    assert "40 academic hours of 45 minutes" in facts
    assert soup.select_one("abbr[title]").get_text() == "DigComp"  # type: ignore[union-attr]


@pytest.mark.parametrize("signed_in", [False, True])
def test_queries_of_a_programme_do_not_grow_with_groups(
    scene: Scene,
    client: Client,
    signed_in: bool,
    django_assert_num_queries: Queries,
    django_assert_max_num_queries: Queries,
) -> None:
    if signed_in:
        client.force_login(scene.learner().person.user)
    offer = scene.offer()
    scene.group(offer)
    url = programme_url(offer)
    with django_assert_max_num_queries(24 if signed_in else 9) as few:
        client.get(url)
    for days in range(20, 26):
        scene.group(offer, in_days=days)
    with django_assert_num_queries(len(few)):  # type: ignore[arg-type]
        client.get(url)


def test_sessions_are_listed(scene: Scene, client: Client) -> None:
    offer = scene.offer()
    group = scene.group(offer)
    soup = page(client, programme_url(offer))
    link = soup.select_one(".group-card .text-link")
    assert link is not None
    rows = page(client, str(link["href"])).select("tbody tr")
    assert len(rows) == 4
    assert "18:00" in words(rows[0])
    other = reverse("web:sessions", args=["cita-programma", group.pk])
    assert client.get(other).status_code == 404


def test_back_leads_to_what_was_found(scene: Scene, client: Client) -> None:
    offer = scene.offer()
    here = "http://testserver/macibas/?q=programma"
    response = client.get(programme_url(offer), headers={"Referer": here})
    assert 'href="/macibas/?q=programma"' in response.content.decode()
    elsewhere = client.get(
        programme_url(offer), headers={"Referer": "https://evil.example/macibas/?q=x"}
    )
    assert "evil" not in elsewhere.content.decode()


# --- texts and words -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "url"), [(TextKind.TERMS, "/noteikumi/"), (TextKind.PRIVACY, "/privatums/")]
)
def test_text_in_force_is_shown(db: None, client: Client, kind: TextKind, url: str) -> None:
    assert client.get(url).status_code == 404
    for number, days in ((1, -10), (2, -1)):
        LegalText.objects.create(
            kind=kind,
            version=number,
            body_lv=f"Teksts {number} <b>",
            body_en=f"Text {number} <b>",
            published_at=now() + timedelta(days=days),
        )
    body = client.get(url).content.decode()
    assert "Teksts 2 &lt;b&gt;" in body
    assert "Text 2" in words(page(client, url).main)


@pytest.mark.parametrize(
    ("town", "where"),
    [
        ("Rīga", "Rīgā"),
        ("Rēzekne", "Rēzeknē"),
        ("Daugavpils", "Daugavpilī"),
        ("Cēsis", "Cēsīs"),
        ("Saldus", "Saldū"),
        ("Tukums", "Tukumā"),
        ("Limbaži", "Limbažos"),
    ],
)
def test_towns_in_the_locative(town: str, where: str) -> None:
    assert in_town(town) == where
