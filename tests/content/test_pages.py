"""What visitors read: news, pages, glossary, contacts, pictures, feed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from accounts.models import User
from stars.common.dates import now
from stars.content.models import Contact, Step
from stars.content.services import pictures
from tests.content.conftest import make_news, make_page, make_term, picture_file
from tests.web.test_account import page, words

pytestmark = pytest.mark.django_db
Queries = Callable[..., AbstractContextManager[object]]


def titles(soup: BeautifulSoup, selector: str = "article h2") -> list[str]:
    return [words(title) for title in soup.select(selector)]


def test_news_from_the_newest(client: Client) -> None:
    for number in range(12):
        make_news(f"zina-{number}", days=-number - 1, title_lv=f"Ziņa {number}")
    make_news("rit", days=1, title_lv="Rītdiena")
    make_news("melnraksts", title_lv="Melnraksts", published_from=None)
    first = titles(page(client, "/jaunumi/", language="lv"))
    assert first == [f"Ziņa {number}" for number in range(10)]
    second = titles(page(client, "/jaunumi/?page=2", language="lv"))
    assert second == ["Ziņa 10", "Ziņa 11"]


@pytest.mark.parametrize("number", ["0", "-1", "x", "99999999999999999999", "%00"])
def test_nonsense_page_numbers(client: Client, number: str) -> None:
    make_news()
    assert client.get(f"/jaunumi/?page={number}").status_code == 200


def test_languages(client: Client) -> None:
    make_news(body_lv="<p>Latviski</p>", body_en="<p>In English</p>")
    latvian, english = (
        words(page(client, "/jaunumi/zina/", language=x).main) for x in ("lv", "en")
    )
    assert "Virsraksts" in latvian and "Latviski" in latvian and "English" not in latvian
    assert "A title" in english and "In English" in english and "Latviski" not in english


@pytest.mark.parametrize("days", [1, None])
@pytest.mark.parametrize("where", ["jaunumi", "palidziba"])
def test_drafts_are_for_editors(client: Client, desk: Client, where: str, days: int | None) -> None:
    make = make_news if where == "jaunumi" else make_page
    make("vel-nav", **({"days": days} if days else {"published_from": None}))
    assert client.get(f"/{where}/vel-nav/").status_code == 404
    shown = desk.get(f"/{where}/vel-nav/")
    assert shown.status_code == 200
    assert "redz tikai" in shown.content.decode() or "Only editors" in shown.content.decode()


def test_what_does_not_exist(client: Client) -> None:
    for address in ("/jaunumi/nav/", "/palidziba/nav/", f"/attels/{uuid4()}/"):
        assert client.get(address).status_code == 404


def test_bodies_are_cleaned_again_on_the_page(client: Client) -> None:
    # Past the service, as a faulty import could.
    make_page(body_lv='<p onclick="x()">Teksts<script>alert(1)</script></p>')
    shown = client.get("/palidziba/lapa/").content.decode()
    assert "alert(1)" not in shown
    assert "onclick" not in shown
    assert "<p>Teksts</p>" in shown


def test_steps_in_order(client: Client) -> None:
    howto = make_page("ka-pieteikties", kind="howto")
    for number in (2, 1):
        texts = {"title_lv": f"Solis {number}", "text_lv": f"Dari {number}"}
        Step.objects.create(
            page=howto, number=number, icon="search", title_en="Step", text_en="Do", **texts
        )
    soup = page(client, "/palidziba/ka-pieteikties/", language="lv")
    assert titles(soup, "ol h2") == ["1. Solis 1", "2. Solis 2"]
    assert len(soup.select("ol svg")) == 2


def test_help_lists_pages_in_the_editors_order(client: Client) -> None:
    make_page("b", title_lv="Otrā", order=20)
    make_page("a", title_lv="Pirmā", order=10)
    make_page("c", title_lv="Nav sarakstā", in_list=False)
    make_page("d", title_lv="Soļi", kind="howto")
    soup = page(client, "/palidziba/", language="lv")
    shown = titles(soup, "main h3")
    assert shown[:3] == ["Soļi", "Pirmā", "Otrā"]
    assert "Nav sarakstā" not in shown


def test_glossary_from_a_to_z(client: Client) -> None:
    for term in ("žetons", "zvans", "ābols", "atbalsts", "šķira", "skola", "čaula", "cena"):
        make_term(term)
    make_term("paslēpts", shown=False)
    soup = page(client, "/vardnica/", language="lv")
    assert titles(soup, "dt") == [
        *("ābols", "atbalsts", "cena", "čaula", "skola", "šķira", "zvans", "žetons")
    ]
    assert titles(soup, "main h2") == ["A", "C", "Č", "S", "Š", "Z", "Ž"]


def test_contacts(client: Client) -> None:
    said = {"title_lv": "Palīdzība", "title_en": "Help", "text_lv": "Par visu", "text_en": "All"}
    Contact.objects.create(key="help", email="palidziba@stars.example", phone="6700 0000", **said)
    Contact.objects.create(key="old", email="vecs@stars.example", shown=False, **said)
    soup = page(client, "/kontakti/", language="lv")
    links = [a["href"] for a in soup.select("main section a")]
    assert links == ["tel:67000000", "mailto:palidziba@stars.example"]


def test_pictures_of_published_news_only(client: Client, desk: Client, editor: User) -> None:
    made = pictures.add(
        name="foto.jpg",
        content=picture_file("JPEG"),
        alt_lv="Zils laukums",
        alt_en="A blue field",
        actor=editor,
        at=now(),
    )
    address = reverse("content:picture", args=[made.pk])
    assert client.get(address).status_code == 404
    assert b"".join(desk.get(address))  # type: ignore[arg-type]
    make_news(picture=made)
    shown = client.get(address)
    assert shown["Content-Type"] == "image/jpeg"
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert b"".join(shown).startswith(b"\xff\xd8\xff")  # type: ignore[arg-type]
    image = page(client, "/jaunumi/zina/", language="lv").select_one("article img")
    assert image is not None
    assert (image["alt"], image["width"], image["height"]) == ("Zils laukums", "40", "30")


def test_costs(client: Client, django_assert_num_queries: Queries) -> None:
    make_term("grupa")
    howto = make_page("ka", kind="howto", body_lv="<p>grupa</p>")
    texts = {"title_lv": "Solis", "text_lv": "Grupa", "title_en": "Step", "text_en": "Do"}
    for number in range(1, 6):
        make_news(f"zina-{number}")
        Step.objects.create(page=howto, number=number, icon="search", **texts)
    for address, queries in {
        "/jaunumi/": 2,
        "/jaunumi/zina-1/": 3,
        "/jaunumi/plusma.xml": 1,
        "/palidziba/": 2,
        "/palidziba/ka/": 4,
        "/vardnica/": 1,
        "/kontakti/": 1,
    }.items():
        with django_assert_num_queries(queries):
            assert client.get(address).status_code == 200
