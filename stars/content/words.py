"""Finding terms in texts, whatever their endings are. Pure functions.

A word is known by its lemma (simplemma) and by its stem: lemmas miss rare words ("moduļus"), and
stems alone would take different words for one. An abbreviation is known by its capital letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import simplemma

WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
BETWEEN = re.compile(r"[ \u00a0]")
SHORTEST_STEM = 5

# Longest first, so that the whole ending goes.
_ENDINGS = sorted(
    "a as ai am ām ā ās ajam ajai ais ajā ajās ajos o os e es ei ē ēs ēm i is īt ī īs im iem īm"
    " ij ijā u us ū ūs um š s iem ies ajiem ajām ajam".split(),
    key=len,
    reverse=True,
)
# Endings soften the consonant before them: modulis – moduļa, biedrs – biedra.
_SOFT = str.maketrans("ļņķģšž", "lnkgsz")


@dataclass(frozen=True)
class Entry:
    """One way to say a term: the keys of its words in order, and which term it is."""

    words: tuple[frozenset[str], ...]
    slug: str


@dataclass(frozen=True)
class Found:
    """A term in a text: from character `start` to `end`."""

    start: int
    end: int
    slug: str


@lru_cache(maxsize=50_000)
def keys(word: str, language: str) -> frozenset[str]:
    """What a word is known by; two words are the same if they share a key."""
    if len(word) > 1 and word.isupper():
        return frozenset({word})
    small = word.lower()
    found = {small, str(simplemma.lemmatize(small, lang=language)).lower()}
    if language == "lv" and (stem := _stem(small)):
        found.add(f"-{stem}")
    return frozenset(found)


def _stem(word: str) -> str:
    """The word without its Latvian ending; empty where too little would be left."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            stem = word[: -len(ending)]
            return stem[:-1] + stem[-1].translate(_SOFT)
    return ""


def entry(phrase: str, slug: str, language: str) -> Entry | None:
    """How `phrase` is looked for; None where it has no words."""
    found = tuple(keys(word, language) for word in WORD.findall(phrase))
    return Entry(found, slug) if found else None


class Index:
    """Terms by the keys of their first word."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._by_key: dict[str, list[Entry]] = {}
        for each in sorted(entries, key=lambda e: -len(e.words)):
            for key in each.words[0]:
                self._by_key.setdefault(key, []).append(each)

    def __bool__(self) -> bool:
        return bool(self._by_key)

    def find(self, text: str, language: str) -> Iterator[Found]:
        """Terms of `text` from left to right, the longest where several begin, none overlapping."""
        words = list(WORD.finditer(text))
        place = 0
        while place < len(words):
            found = self._at(text, words, place, language)
            if found is None:
                place += 1
                continue
            term, count = found
            last = words[place + count - 1]
            yield Found(words[place].start(), last.end(), term.slug)
            place += count

    def _at(
        self, text: str, words: Sequence[re.Match[str]], place: int, language: str
    ) -> tuple[Entry, int] | None:
        candidates = {
            each.slug + str(len(each.words)): each
            for key in keys(words[place].group(), language)
            for each in self._by_key.get(key, ())
        }
        for each in sorted(candidates.values(), key=lambda e: -len(e.words)):
            count = len(each.words)
            if place + count <= len(words) and _same(
                text, words[place : place + count], each.words, language
            ):
                return each, count
        return None


def _same(
    text: str,
    words: Sequence[re.Match[str]],
    wanted: Sequence[frozenset[str]],
    language: str,
) -> bool:
    pairs = zip(words, wanted, strict=True)
    if any(keys(word.group(), language).isdisjoint(asked) for word, asked in pairs):
        return False
    gaps = (text[a.end() : b.start()] for a, b in pairwise(words))
    return all(BETWEEN.fullmatch(gap) for gap in gaps)
