"""The list as visitors use it: sentences, filters in the address, suggestions, nothing found."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote, urlencode

import pytest
from bs4 import BeautifulSoup
from django.conf import settings as settings_of_django
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogue.models import UnmetSearch
from catalogue.selectors_find import find
from stars.web.filter_words import GROUPS
from tests import factories as f
from tests.catalogue.pilot import AT, pilot
from tests.web.scene import Scene
from tests.web.test_account import page, words

__all__ = ["pilot"]

NAMES = [*(group.name for group in GROUPS), "from", "until", "q", "sort", "page", "upto"]
NASTY = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["\0", "'", "%", "%00", "1e9", "-1", "0", "free", "2", "9" * 40, "2026-13", "2026-02-30"]
    ),
    st.sampled_from(["a" * 10_000, "ā " * 5_000, "'; DROP TABLE x; --", "\\", "<script>", "‮"]),
)


def titles(soup: BeautifulSoup) -> list[str]:
    """Titles of what was found, in order."""
    return [words(title) for title in soup.select("#cards h3")]


def counts(soup: BeautifulSoup, name: str) -> dict[str, int]:
    """The numbers beside the values of a filter."""
    boxes = soup.select(f".filters input[name={name}]")
    return {str(b["value"]): int(words(b.parent.select_one(".num"))) for b in boxes}  # type: ignore[union-attr]


# --- bad input -----------------------------------------------------------------------------


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(pairs=st.lists(st.tuples(st.sampled_from(NAMES), NASTY), max_size=6))
def test_any_address_is_an_ordinary_page(
    scene: Scene, client: Client, pairs: list[tuple[str, str]]
) -> None:
    query = urlencode([(name, value.encode("utf-8", "replace")) for name, value in pairs])
    response = client.get(f"/macibas/?{query}", follow=True)
    assert response.status_code == 200
    assert b"<h1>" in response.content


@pytest.mark.parametrize("q", ["", "m", "\0", "'", "%", "a" * 10_000, "\\", "‮", "\ud800"])
def test_any_letters_get_suggestions(scene: Scene, client: Client, q: str) -> None:
    response = client.get(f"/ieteikumi/?q={quote(q.encode('utf-8', 'replace'))}")
    assert response.status_code == 200
    assert response.json()["suggestions"] == []


# --- a sentence ----------------------------------------------------------------------------


def test_a_sentence_becomes_words_and_filters(scene: Scene, client: Client) -> None:
    offer = scene.offer(title_en="Artificial intelligence", city="Rīga", mode="on_site")
    scene.group(offer)
    other = scene.offer(title_en="Artificial intelligence by day", city="Rīga", mode="on_site")
    scene.group(other, sessions=0)
    scene.group(scene.offer("900.00", title_en="Artificial intelligence for much", city="Rīga"))
    q = "I want to learn artificial intelligence in the evenings in Rīga, free"
    response = client.get("/macibas/", {"q": q})
    assert response.status_code == 302
    soup = page(client, response["Location"])
    assert titles(soup) == []
    chips = {words(chip) for chip in soup.select(".list-head .chip")}
    assert chips == {
        "Remove filter: Rīga",
        "Remove filter: In the evenings on workdays",
        "Remove filter: Free for you",
    }
    soup = page(client, response["Location"].replace("price=0", "price=100"))
    assert titles(soup) == ["Artificial intelligence"]


def test_one_touch_from_the_home_page(pilot: None, client: Client) -> None:
    """ "I want to learn artificial intelligence in the evenings in Rīga, free": the box, the
    button, and the answer is there."""
    q = "Gribu mācīties mākslīgo intelektu vakaros Rīgā par brīvu"
    made = find(query="mākslīgo intelektu", at=AT).page
    assert made.paginator.count > 5
    response = client.get("/macibas/", {"q": q}, follow=True)
    assert response.redirect_chain[0][1] == 302
    soup = BeautifulSoup(response.content, "html.parser")
    assert len(soup.select(".list-head .chips .chip")) == 3


# --- filters -------------------------------------------------------------------------------


def test_every_filter_is_read_and_written(scene: Scene, client: Client) -> None:
    area = f.TermFactory(vocabulary__code="digcomp_area", code="5", name_en="Problem solving")
    entry = f.TermFactory(vocabulary__code="entry_level", code="start", name_en="From nothing")
    field = f.TermFactory(vocabulary__code="field", code="ai", name_en="AI")
    f.TermFactory(vocabulary__code="language", code="lv", name_en="Latvian")
    become = f.TermFactory(vocabulary__code="qualification", code="tech", name_en="Technician")
    offer = scene.offer(
        title_en="The one",
        city="Cēsis",
        mode="hybrid",
        digcomp_area=area,
        digcomp_level=5,
        entry_level=entry,
        field=field,
        qualification=become,
    )
    scene.group(offer)
    scene.group(scene.offer("900.00", title_en="Another", hours=50), in_days=200, sessions=0)
    slug = offer.version.programme.provider.slug
    weekday = (scene.today + timedelta(days=10)).isoweekday()
    day = scene.today + timedelta(days=10)
    chosen = {
        "mode": "hybrid",
        "city": "Cēsis",
        "provider": slug,
        "field": "ai",
        "area": "5",
        "level": "advanced",
        "entry": "start",
        "qualification": "tech",
        "hours": "40",
        "days": str(weekday),
        "price": "100",
        "starts": "2",
        "from": day.isoformat(),
        "until": f"{day:%Y-%m}",
    }
    for name, value in chosen.items():
        if name == "from":
            continue  # the other begins later
        assert titles(page(client, f"/macibas/?{urlencode({name: value})}")) == ["The one"], name
    soup = page(client, f"/macibas/?{urlencode(chosen)}")
    assert titles(soup) == ["The one"]
    assert len(soup.select(".list-head .chips .chip")) == len(chosen)
    ticked = {box["name"]: box["value"] for box in soup.select(".filters input[checked]")}
    assert ticked == {k: v for k, v in chosen.items() if k not in ("from", "until")}
    assert "Advanced (5–6)" in words(soup.select_one(".filters"))
    assert titles(page(client, "/macibas/?days=free-time")) == ["The one"]
    assert titles(page(client, "/macibas/?language=lv")) == ["The one", "Another"]


def test_numbers_beside_the_filters(scene: Scene, client: Client) -> None:
    for number in range(3):
        scene.group(scene.offer(mode="remote", title_en=f"Online {number}"))
    scene.group(scene.offer("300.00", mode="on_site", city="Cēsis", title_en="Here"))
    soup = page(client, "/macibas/?mode=on_site")
    assert counts(soup, "mode") == {"remote": 3, "on_site": 1}
    assert counts(soup, "price") == {"0": 1, "100": 1, "300": 1}
    assert counts(page(client, "/macibas/"), "price") == {"0": 1, "100": 4, "300": 4}
    assert counts(soup, "city") == {}
    soup = page(client, "/macibas/?price=0")
    assert counts(soup, "mode") == {}  # nothing left to choose
    assert counts(soup, "price") == {"0": 1, "100": 4, "300": 4}


def test_the_price_is_the_persons_own(scene: Scene, client: Client) -> None:
    scene.group(scene.offer("500.00", title_en="Five hundred"))
    assert titles(page(client, "/macibas/?price=0")) == ["Five hundred"]
    client.force_login(scene.learner(money=False).person.user)
    soup = page(client, "/macibas/?price=0")
    assert titles(soup) == []
    assert "Without “What you pay”: 1 programme" in words(soup.select_one(".empty"))


def test_terms_of_the_trade_are_explained(scene: Scene, client: Client) -> None:
    for level in (2, 5):
        scene.group(scene.offer(digcomp_level=level))
    found = page(client, "/macibas/").select(".filters abbr[title]")
    assert "Level of DigComp, the European list of digital skills" in {a["title"] for a in found}


# --- nothing found ---------------------------------------------------------------------------


def test_nothing_found_helps_and_is_counted(scene: Scene, client: Client) -> None:
    scene.group(scene.offer(title_en="Sewing for beginners", title_lv="Šūšana"))
    address = "/macibas/?q=%C5%A1%C5%AB%C5%A1ana+zvirbu%C4%BCi&mode=on_site"
    soup = page(client, address)
    assert "Without “How”: 1 programme" in words(soup.select_one(".empty"))
    assert [words(title) for title in soup.select(".programme-card h3")] == ["Sewing for beginners"]
    form = soup.select_one(".empty form")
    assert form is not None
    assert {field["name"] for field in form.select("input[type=hidden]")} >= {"q", "mode"}
    row = UnmetSearch.objects.get()
    assert (row.query, row.filters, row.times) == ("šūšana zvirbuļi", "mode=on_site", 1)
    assert titles(page(client, "/macibas/?q=%C5%A1%C5%AB%C5%A1ana")) == ["Sewing for beginners"]
    assert UnmetSearch.objects.count() == 1


def test_words_that_stand_nowhere_are_told(scene: Scene, client: Client) -> None:
    scene.group(scene.offer(title_lv="Šūšana"))
    soup = page(client, "/macibas/?q=%C5%A1%C5%AB%C5%A1ana+zvirbu%C4%BCi")
    assert "No programme speaks of “zvirbuļi”" in words(soup.select_one("#results"))


def test_an_empty_list_offers_other_ways(scene: Scene, client: Client) -> None:
    soup = page(client, "/macibas/?q=zvirbulis")
    assert words(soup.h1) == "Nothing was found for “zvirbulis”"
    said = words(soup.select_one(".empty"))
    assert "filter" not in said
    assert not soup.select(".filters")
    for address in ("/kads-atbalsts/", "/kontakti/", "/konts/velos/"):
        assert soup.select(f".empty [href='{address}'], .empty [action='{address}']"), address
    assert soup.select(".empty .chip")


def test_words_that_are_only_mentioned_are_told(scene: Scene, client: Client) -> None:
    scene.group(scene.offer(title_en="Code", about_lv="Piemēram, pieraksts pie friziera."))
    soup = page(client, "/macibas/?q=frizieris")
    assert titles(soup) == ["Code"]
    assert "No programme is about this" in words(soup.select_one("#results"))
    assert UnmetSearch.objects.get().query == "frizieris"
    assert "No programme is about" not in words(page(client, "/macibas/?q=code").main)


def test_who_it_is_for_leads_to_the_wizard(scene: Scene, client: Client) -> None:
    scene.group(scene.offer(title_en="Code"))
    soup = page(client, "/macibas/?q=kursi+bezdarbniekiem")
    assert titles(soup) == ["Code"]
    assert soup.select_one("#results .notice a")["href"] == "/kads-atbalsts/"  # type: ignore[index]


def test_days_the_wrong_way_round_are_told(scene: Scene, client: Client) -> None:
    said = words(page(client, "/macibas/?from=2026-12-24&until=2026-12-01").main)
    assert "The last day is before the first one" in said
    said = words(page(client, "/macibas/?from=2026-12-24&until=2026-12-24").main)
    assert "The last day is before" not in said


def test_the_address_carries_what_was_added(scene: Scene, client: Client) -> None:
    for number in range(45):
        scene.group(scene.offer(title_en=f"P{number:02}", title_lv=f"P{number:02}"))
    more = page(client, "/macibas/?sort=title").select_one("#more a")
    assert more is not None
    assert more["hx-get"] == "/macibas/?sort=title&page=2"
    assert more["hx-replace-url"] == "/macibas/?sort=title&upto=2"
    soup = page(client, str(more["hx-replace-url"]))
    assert titles(soup) == [f"P{number:02}" for number in range(40)]
    more = soup.select_one("#more a")
    assert more["href"] == "/macibas/?sort=title&page=3"  # type: ignore[index]
    assert titles(page(client, str(more["href"]))) == [f"P{n:02}" for n in range(40, 45)]  # type: ignore[index]
    assert len(titles(page(client, "/macibas/?upto=99999"))) == 20
    assert len(titles(page(client, "/macibas/?upto=999"))) == 45


# --- suggestions -----------------------------------------------------------------------------


def test_suggestions_lead_somewhere(scene: Scene, client: Client) -> None:
    offer = scene.offer(
        title_en="Sewing for beginners", topics=[{"lv": "Šūšana", "en": "Sewing machines"}]
    )
    scene.group(offer)
    client.cookies["django_language"] = "en"
    made = client.get("/ieteikumi/?q=sew").json()
    texts = {each["text"]: each for each in made["suggestions"]}
    assert set(texts) == {"Sewing for beginners", "Sewing machines"}
    assert made["said"] == "2 suggestions"
    for each in texts.values():
        assert client.get(each["url"], follow=True).status_code == 200


def test_the_box_knows_where_suggestions_are(scene: Scene, client: Client) -> None:
    for address in ("/", "/macibas/"):
        soup = page(client, address)
        box = soup.select_one("input[type=search]")
        assert box is not None
        assert box["data-suggest"] == "/ieteikumi/"
        assert soup.select("script[src*='suggest']")


# --- addresses -------------------------------------------------------------------------------


def test_a_later_page_is_a_page_of_its_own(scene: Scene, client: Client) -> None:
    for n in range(21):
        scene.offer(title_lv=f"Šūšana {n}")

    def canonical(query: str) -> str:
        link = page(client, f"/macibas/{query}", language="lv").select_one("link[rel=canonical]")
        assert link is not None
        return str(link["href"]).removeprefix(settings_of_django.SITE_URL)

    assert canonical("") == canonical("?page=1&utm_source=x") == "/macibas/"
    assert canonical("?utm_source=x&page=2&view=list") == "/macibas/?page=2"
    assert canonical("?page=99") == "/macibas/?page=2"
    assert (
        canonical("?page=2&x=1&q=%C5%A1%C5%AB%C5%A1ana")
        == "/macibas/?q=%C5%A1%C5%AB%C5%A1ana&page=2"
    )
