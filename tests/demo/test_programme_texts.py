"""The longer texts of programmes: complete, plain, and no two alike.

Pure: reads the YAML files, touches no database.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest

from stars.demo.offer.data import DATA, load, programmes, texts

LANGUAGES = ("lv", "en")
PROGRAMMES = {entry["code"]: entry for entry in programmes()}
TEXTS = texts()
LONG = ("about", "audience", "prior_knowledge", "equipment", "final_test")
LISTS = ("topics", "outcomes")
MEAN_WORDS = 16  # of a Latvian sentence: many readers left school early
every_provider = pytest.mark.parametrize(
    "codes",
    [
        pytest.param([c for c, e in PROGRAMMES.items() if e["provider"] == provider], id=provider)
        for provider in sorted({entry["provider"] for entry in PROGRAMMES.values()})
    ],
)


def strings(code: str) -> Iterator[tuple[str, str, str]]:
    """Every sentence of a programme's texts: part, language, words."""
    for part, value in TEXTS[code].items():
        for item in value if isinstance(value, list) else [value]:
            for language, words in item.items():
                yield part, language, words


def sentences(words: str) -> list[str]:
    """A text cut after full stops, question and exclamation marks, and between paragraphs."""
    return [s for s in re.split(r"(?<=[.!?…])[“”]?\s+|\n\n", words) if s.strip()]


def test_every_programme_has_its_texts() -> None:
    assert set(TEXTS) == set(PROGRAMMES)
    assert len(PROGRAMMES) >= 139 + 8


def test_no_programme_is_described_in_two_files() -> None:
    """A code in two files would silently lose one of them."""
    files = sorted((DATA / "texts").glob("*.yaml"))
    codes = Counter(code for path in files for code in load(f"texts/{path.stem}"))
    assert [code for code, times in codes.items() if times > 1] == []


@every_provider
def test_shape(codes: list[str]) -> None:
    for code in codes:
        text = TEXTS[code]
        assert {"about", "audience", "topics"} <= set(text) <= {*LONG, *LISTS}, code
        for part in LONG:
            if part in text:
                assert set(text[part]) == set(LANGUAGES), (code, part)
        for part in LISTS:
            for item in text.get(part, []):
                assert set(item) == set(LANGUAGES), (code, part)
        assert all(words.strip() == words != "" for _, _, words in strings(code)), code


@every_provider
@pytest.mark.parametrize("language", LANGUAGES)
def test_about_is_two_or_three_short_paragraphs(codes: list[str], language: str) -> None:
    for code in codes:
        about = TEXTS[code]["about"][language]
        assert 55 <= len(about.split()) <= 125, code
        assert len(about.split("\n\n")) in (2, 3), code
        assert 4 <= len(TEXTS[code]["audience"][language].split()) <= 45, code


@every_provider
def test_topics_are_five_to_seven_short_phrases(codes: list[str]) -> None:
    for code in codes:
        topics = TEXTS[code]["topics"]
        assert 5 <= len(topics) <= 7, code
        for language in LANGUAGES:
            phrases = [topic[language] for topic in topics]
            assert len(set(phrases)) == len(phrases), code
            assert all(
                len(phrase.split()) <= 7 and phrase[-1] not in ".,;:" for phrase in phrases
            ), code


def test_everybody_knows_what_they_will_be_able_to_do() -> None:
    """Outcomes stand with the entry, in its texts, or with the qualification."""
    for code, entry in PROGRAMMES.items():
        own = entry.get("outcomes") or TEXTS.get(code, {}).get("outcomes")
        assert own or entry["type"] == "further_education", code
        assert not (entry.get("outcomes") and TEXTS.get(code, {}).get("outcomes")), code


def test_no_text_equals_another() -> None:
    found = Counter(
        words
        for code in TEXTS
        for part, _, words in strings(code)
        if part in ("about", "audience", "final_test")
    )
    assert [words for words, times in found.items() if times > 1] == []
    for code, entry in PROGRAMMES.items():
        for language in LANGUAGES:
            assert entry["summary"][language] not in TEXTS[code]["about"][language], code


@every_provider
def test_latvian_sentences_are_short(codes: list[str]) -> None:
    for code in codes:
        long = [
            words for part, language, words in strings(code) if language == "lv" and part in LONG
        ]
        cut = [sentence for words in long for sentence in sentences(words)]
        assert sum(len(sentence.split()) for sentence in cut) / len(cut) <= MEAN_WORDS, code
        assert max(len(sentence.split()) for sentence in cut) <= 30, code


@every_provider
def test_quotes_spaces_and_markup(codes: list[str]) -> None:
    for code in codes:
        for part, language, words in strings(code):
            where = (code, part, language, words)
            assert not re.search(r"<\s*/?[a-zA-Z]|&\w+;", words), where
            assert not re.search(r"  |\t| [,.;:!?](?:\s|$)|(?<!\n)\n(?!\n)", words), where
            assert '"' not in words, where
            if language == "lv":
                assert not re.search(r"[‘’”«»']", words), where
                assert words.count("„") == words.count("“"), where
            else:
                assert "„" not in words, where
                assert words.count("“") == words.count("”"), where


@every_provider
def test_texts_name_no_price(codes: list[str]) -> None:
    """Prices stand with the offer and change with the source that pays."""
    for code in codes:
        for part, _, words in strings(code):
            assert not re.search(r"€|\bEUR\b|\beiro\b|\beuros?\b|\d ?%", words, re.IGNORECASE), (
                code,
                part,
            )


@every_provider
def test_latvian_does_not_guess_the_readers_gender(codes: list[str]) -> None:
    gendered = (
        r"\b(?:esi|būsi|jūties) (?:\w+ )?\w+(?:is|ies|usi|usies)\b|\b(?:tu|vari|proti) pat[si]\b"
    )
    for code in codes:
        for _, language, words in strings(code):
            if language == "lv":
                assert not re.search(gendered, words, re.IGNORECASE), (code, words)


@every_provider
def test_texts_say_the_same_as_the_entry(codes: list[str]) -> None:
    """A remote programme invites nobody to a classroom, and nobody studies in the wrong town."""
    for code in codes:
        entry, about = PROGRAMMES[code], TEXTS[code]["about"]["lv"]
        towns = {"Rīgā", "Valmierā", "Jelgavā", "Liepājā", "Daugavpilī", "Ventspilī", "Rēzeknē"}
        towns |= {"Jēkabpilī", "Cēsīs", "Kuldīgā", "Madonā"}
        named = {town for town in towns if re.search(rf"\b{town}\b", about)}
        if entry["mode"] == "remote":
            assert not named, code
            assert "klātien" not in about.lower(), code
        else:
            assert all(town[:3] == (entry["city"] or "")[:3] for town in named), code
        if entry["mode"] == "on_site":
            assert not re.search(r"tiešsaistes nodarb|attālinātaj", about, re.IGNORECASE), code
