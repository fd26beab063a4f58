"""Terms are found whatever their endings are, once, and nowhere where they would disturb."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from stars.content.words import Index, entry
from tests.content.conftest import make_term

LOADED = "{% load content %}"


def found(text: str, *phrases: str, language: str = "lv") -> list[str]:
    entries = [entry(phrase, phrase, language) for phrase in phrases]
    index = Index(each for each in entries if each)
    return [text[each.start : each.end] for each in index.find(text, language)]


@pytest.mark.parametrize(
    ("text", "term", "there"),
    [
        ("Izvēlies grupu un piesakies.", "grupa", "grupu"),
        ("Visās grupās ir vietas.", "grupa", "grupās"),
        ("Konts ar naudu.", "konts", "Konts"),
        ("Līdzmaksājumu sedz darba devējs.", "līdzmaksājums", "Līdzmaksājumu"),
        ("Apgūsi trīs moduļus.", "modulis", "moduļus"),
        ("40 akadēmiskās stundas kopā", "akadēmiskā stunda", "akadēmiskās stundas"),
        ("divas neformālās izglītības programmas", "neformālā izglītība", "neformālās izglītības"),
        ("Atver IMK šodien", "IMK", "IMK"),
        ("mikrokvalifikācijām", "mikrokvalifikācija", "mikrokvalifikācijām"),
        ("Saņem kredītpunktus", "kredītpunkts", "kredītpunktus"),
    ],
)
def test_latvian_endings(text: str, term: str, there: str) -> None:
    assert found(text, term) == [there]


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("Viņa ir grupējusi darbus.", "grupa"),
        ("kontrole un kontakti", "konts"),
        ("akadēmiskā gada stunda", "akadēmiskā stunda"),
        ("akadēmiskā. Stunda", "akadēmiskā stunda"),
        ("imka un simk", "IMK"),
        ("", "grupa"),
        ("… 12 – !", "grupa"),
    ],
)
def test_other_words(text: str, term: str) -> None:
    assert found(text, term) == []


def test_the_longer_term_wins() -> None:
    text = "Tava mācību grupa un vēl viena grupa"
    assert found(text, "grupa", "mācību grupa") == ["mācību grupa", "grupa"]


def test_english() -> None:
    assert found("Two groups and a Commitment", "group", "commitment", language="en") == [
        "groups",
        "Commitment",
    ]


def shown(template: str, **values: object) -> BeautifulSoup:
    request = RequestFactory().get("/")
    with translation.override("lv"):
        drawn = Template(LOADED + template).render(Context({"request": request, **values}))
    return BeautifulSoup(drawn, "html.parser")


@pytest.mark.django_db
class TestOnPages:
    def test_first_time_only_and_over_several_texts(self) -> None:
        make_term("grupa")
        soup = shown(
            "{% body a %}{% explained b %}",
            a="<p>Grupa un grupas</p>",
            b="Vēl viena grupa",
        )
        (link,) = soup.select("a.term")
        assert link.text == "Grupa"
        assert link["href"] == "/vardnica/#vards-0"
        assert link["data-term"] == "Kas ir grupa."
        assert soup.text == "Grupa un grupasVēl viena grupa"

    def test_links_and_headings_are_left_alone(self) -> None:
        make_term("grupa")
        html = '<h2>Grupa</h2><p><a href="/x/">grupa</a> un <strong>grupa</strong></p>'
        soup = shown("{% body a %}", a=html)
        (link,) = soup.select("a.term")
        assert link.parent is not None
        assert link.parent.name == "strong"

    def test_nothing_runs(self) -> None:
        make_term("grupa", plain_lv='"><script>alert(1)</script>')
        soup = shown("{% body a %}{% explained b %}", a="<p>grupa</p>", b="<script>2</script>")
        assert not soup.select("script")
        assert "<script>2</script>" in soup.text

    def test_hidden_and_quiet_terms(self) -> None:
        make_term("grupa", shown=False)
        make_term("konts", found_in_texts=False)
        assert not shown("{% body a %}", a="<p>grupa un konts</p>").select("a")

    def test_html_stays_what_it_was(self) -> None:
        make_term("grupa")
        html = (
            '<h2>A &amp; B</h2><ul><li>viens<br>divi</li></ul><p lang="en">x &lt; y</p>'
            '<p><a href="https://stars.example/?a=1&amp;b=2" rel="noopener">saite</a></p><hr>'
        )
        assert str(shown("{% body a %}", a=html)).replace("/>", ">") == html.replace("/>", ">")
