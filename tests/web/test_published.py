"""News and ways to go on on the home page, calls, feeds, and what the sitemap says of them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import resolve

from catalogue.enums import VersionState
from catalogue.models import Call, Programme, Seminar
from catalogue.services import versions
from stars.common.dates import now, today
from stars.common.permissions import SYSTEM
from tests import factories as f
from tests.content.conftest import make_news, make_page, make_term
from tests.web.scene import Scene
from tests.web.test_account import page, words

Queries = Callable[..., AbstractContextManager[object]]
# Three figures, cards with groups, offers and prices, towns, support, news.
HOME = 11
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(autouse=True)
def fresh_pages() -> None:
    """What another test's visitor saw a moment ago is no matter of this one."""
    cache.clear()


# --- home page -------------------------------------------------------------------------------


def test_home_has_one_primary_action_three_steps_and_ways_to_go_on(
    scene: Scene, client: Client
) -> None:
    scene.group(scene.offer())
    soup = page(client, "/", language="lv")
    filled = [b for b in soup.select("main .button") if "button-second" not in b["class"]]
    assert len(filled) == 1
    form = filled[0].find_parent("form")
    assert form is not None
    assert form["role"] == "search"
    assert len(soup.select(".journey li")) == 3
    ways = [str(a["href"]) for a in soup.select("main .card a.text-link")]
    assert ways == ["/kads-atbalsts/", "/palidziba/", "/kontakti/"]
    for way in ways:
        assert resolve(way)


def test_home_shows_the_newest_three(client: Client, db: None) -> None:
    assert "Virsraksts" not in words(page(client, "/", language="lv").main)
    cache.clear()
    for number in range(4):
        make_news(f"zina-{number}", days=-number - 1, title_lv=f"Ziņa {number}")
    make_news("rit", days=1, title_lv="Rītdiena")
    soup = page(client, "/", language="lv")
    shown = [words(h) for h in soup.select("main article h3") if "Ziņa" in words(h)]
    assert shown == ["Ziņa 0", "Ziņa 1", "Ziņa 2"]
    assert "Rītdiena" not in words(soup.main)


def test_home_costs_the_same_however_much_there_is(
    scene: Scene, client: Client, django_assert_num_queries: Queries
) -> None:
    for number in range(4):
        scene.group(scene.offer())
        make_news(f"zina-{number}")
    with django_assert_num_queries(HOME):
        client.get("/")


# --- calls -----------------------------------------------------------------------------------


def test_calls_open_coming_and_past(client: Client, db: None) -> None:
    kind = f.ProgrammeTypeFactory(plain_lv="Īsi kursi")
    for code, first, last in (("tagad", -5, 5), ("velak", 10, 20), ("bija", -20, -10)):
        call = Call.objects.create(
            code=code,
            title_lv=f"Atlase {code}",
            title_en=code,
            about_lv="Par ko.",
            opens_on=today() + timedelta(days=first),
            closes_on=today() + timedelta(days=last),
            types=[kind.code] if code == "tagad" else [],
        )
        link = "https://stars.example/seminars"
        Seminar.objects.create(call=call, starts_at=now() + timedelta(days=1), link=link)
    soup = page(client, "/atlases/", language="lv")
    sections = [[words(h) for h in part.select("h3")] for part in soup.select("main section")]
    assert sections == [["Atlase tagad"], ["Atlase velak"], ["Atlase bija"]]
    first = soup.select_one("main article")
    assert "Īsi kursi" in words(first)
    assert len(soup.select('a[href="https://stars.example/seminars"]')) == 2


def test_no_call_yet(client: Client, db: None) -> None:
    assert len(page(client, "/atlases/").select("h1")) == 1


# --- feeds -----------------------------------------------------------------------------------


def entries(client: Client, path: str) -> list[ElementTree.Element]:
    """Of a feed that has what RFC 4287 asks for."""
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("application/atom+xml")
    root = ElementTree.fromstring(answer.content)  # noqa: S314 - our own
    assert root.tag == f"{ATOM}feed"
    for name in ("id", "title", "updated"):
        assert root.findtext(ATOM + name)
    found = root.findall(f"{ATOM}entry")
    for entry in found:
        for name in ("id", "title", "updated"):
            assert entry.findtext(ATOM + name)
        link = entry.find(f"{ATOM}link")
        assert link is not None
        assert link.attrib["href"].startswith("http")
    keys = [entry.findtext(f"{ATOM}id") for entry in found]
    assert len(set(keys)) == len(keys)
    return found


def test_feed_of_news(client: Client, db: None) -> None:
    make_news("a", days=-2, title_en="Old & <new>")
    make_news("b", days=-1, body_en="<p>Text</p>")
    make_news("c", days=1)
    client.cookies["django_language"] = "en"
    shown = entries(client, "/jaunumi/plusma.xml")
    assert [e.findtext(f"{ATOM}title") for e in shown] == ["A title", "Old & <new>"]
    assert "<p>Text</p>" in str(shown[0].findtext(f"{ATOM}summary"))


def test_feed_of_new_programmes(
    scene: Scene, client: Client, django_assert_num_queries: Queries
) -> None:
    client.cookies["django_language"] = "en"
    for number in range(3):
        scene.offer(title_en=f"Course {number}")
    f.VersionFactory(title_en="A draft")
    old = Programme.objects.get(current__title_en="Course 0")
    newer = f.VersionFactory(programme=old, number=2, title_en="Course 0, again", published=True)
    assert newer.state == VersionState.PUBLISHED
    with django_assert_num_queries(4):
        shown = [e.findtext(f"{ATOM}title") for e in entries(client, "/macibas/jaunas.xml")]
    # Once each, under the title that holds now.
    assert sorted(str(title) for title in shown) == ["Course 0, again", "Course 1", "Course 2"]


def test_feed_without_anything(client: Client, db: None) -> None:
    assert entries(client, "/macibas/jaunas.xml") == []
    assert entries(client, "/jaunumi/plusma.xml") == []


# --- search engines --------------------------------------------------------------------------


def test_sitemap_names_what_is_published(client: Client, db: None) -> None:
    make_news("redzama")
    make_news("velak", days=1)
    make_page("lapa")
    make_page("melnraksts", published_from=None)
    news, pages, rest = (
        client.get(f"/sitemap-{part}.xml").content.decode()
        for part in ("jaunumi", "palidziba", "lapas")
    )
    assert "/jaunumi/redzama/" in news
    assert "velak" not in news
    assert "/palidziba/lapa/" in pages
    assert "melnraksts" not in pages
    for path in ("/jaunumi/", "/palidziba/", "/kontakti/", "/vardnica/", "/atlases/"):
        assert path in rest


def test_archived_programmes_leave_the_feed(scene: Scene, client: Client) -> None:
    offer = scene.offer(title_en="Course")
    assert len(entries(client, "/macibas/jaunas.xml")) == 1
    version = offer.version
    versions.suspend(version_id=version.pk, note="x", actor=SYSTEM, at=now())
    assert entries(client, "/macibas/jaunas.xml") == []


# --- terms in texts of the offer -------------------------------------------------------------


def test_terms_are_explained_on_a_programmes_page(scene: Scene, client: Client) -> None:
    make_term("modulis")
    text = "Divi moduļi.\n\nVēl viens modulis <b>."
    offer = scene.offer(about_lv=text, audience_lv="Kam moduļi patīk")
    address = f"/macibas/{offer.version.programme.slug}/"
    soup = page(client, address, language="lv")
    (term,) = soup.select("a.term")
    assert term.text == "moduļi"
    about = term.find_parent("div", class_="prose")
    assert about is not None
    assert [p.get_text() for p in about.select("p")] == ["Divi moduļi.", "Vēl viens modulis <b>."]
    assert soup.select('script[src$="js/terms.js"]')
