"""Hints for plain language: what they find, and that they never find too much."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.plain_language import MOST_HINTS, entries, hints, sentences


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("Viens teikums.", 1),
        ("Viens. Divi! Trīs? Četri…", 4),
        ("Rīki, piem. Excel, un citi.", 1),
        ("Sākam 2. martā.", 1),
        ("Sākam 2. Martā būs vēl.", 1),
        ("Bez punkta\nJauna rinda", 2),
        ("Nāc u.c. Rīgā. Labi.", 2),
        ("See e.g. Excel. Then go.", 2),
    ],
)
def test_sentences(text: str, count: int) -> None:
    assert len(sentences(text)) == count


def test_a_long_sentence_is_named_by_its_beginning() -> None:
    text = "Īss teikums. Vārds" + " vārds" * 25 + "."
    (hint,) = [each for each in hints(text, "lv") if each.kind == "long"]
    assert hint.found == "Vārds vārds vārds vārds vārds…"
    assert "26" in hint.advice


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("lv", "Realizējam projektu.", ["Realizējam"]),
        ("lv", "Kursa ietvaros tiks apgūtas prasmes.", ["ietvaros", "tiks apgūtas"]),
        ("lv", "Dalībnieki iegūst zināšanas par Excel.", ["iegūst zināšanas"]),
        ("lv", "Ko tu proti pēc kursa.", []),
        ("lv", "Iemācīsies darīt ātri un labi.", []),
        ("en", "You utilise tools in order to learn.", ["utilise", "in order to"]),
        ("en", "You will learn to do.", []),
        ("en", "Realizējam projektu.", []),
    ],
)
def test_office_words(language: str, text: str, found: list[str]) -> None:
    assert [hint.found for hint in hints(text, "lv" if language == "lv" else "en")] == found


def test_the_longest_phrase_is_taken_once() -> None:
    found = hints("Augstāk minētais un augstāk minētais.", "lv")
    assert [hint.found.lower() for hint in found] == ["augstāk minētais"]


@pytest.mark.parametrize("language", ["lv", "en"])
def test_the_data_file(language: str) -> None:
    patterns = [entry.pattern.pattern for entry in entries("lv" if language == "lv" else "en")]
    assert len(patterns) > 50
    assert len(set(patterns)) == len(patterns)


@given(st.text(max_size=400))
def test_any_text_gives_at_most_so_many(text: str) -> None:
    for language in ("lv", "en"):
        assert len(hints(text, "lv" if language == "lv" else "en")) <= MOST_HINTS


def test_a_very_long_text_is_quick() -> None:
    assert len(hints("Nodrošināt un realizēt. " * 800, "lv")) == 2
