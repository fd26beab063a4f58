"""How alike programmes are by their words: pure functions, no ORM and no clock (CAT-8).

Words are weighed by how few programmes have them; only those that tell a programme apart are
compared, so the work grows with the number of programmes and not with its square.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import nlargest, nsmallest
from math import log, sqrt
from uuid import UUID

from simplemma import lemmatize

from catalogue.words import fold, is_function_word, tokens

# The words by which a programme is compared.
TELLING = 14
# A word that so many programmes share tells little; those beyond are not compared by it.
SHARED_BY = 150
# How much the words, the field and the level count.
WORDS, FIELD, LEVEL = 0.75, 0.15, 0.10
LEVELS = 7
# Less alike than this is not alike.
LEAST = 0.15
SHORTEST = 3


@dataclass(frozen=True)
class Text:
    """What is compared of one programme; `parts` are texts with how much their words count."""

    key: UUID
    parts: Sequence[tuple[int, str]]
    field: str
    level: int | None = None


@lru_cache(maxsize=100_000)
def lemma(word: str) -> str:
    """The dictionary form of a Latvian word, without the marks of letters."""
    return fold(lemmatize(word, lang="lv"))


def words(text: str) -> list[str]:
    """The words of a text that are long enough to say something, as lemmas."""
    return [
        lemma(word)
        for word in tokens(text)
        if len(word) >= SHORTEST and word.isalpha() and not is_function_word(word)
    ]


@dataclass(frozen=True, slots=True)
class _Seen:
    """A programme while it is compared: its words by number, with how much each counts."""

    key: UUID
    field: str
    level: int | None
    words: array[int]
    counts: array[int]


def likenesses(texts: Iterable[Text], most: int) -> Iterator[tuple[UUID, UUID, float]]:
    """For each programme the `most` that are most alike, with how much (LEAST–1).

    Texts are read once and let go; of each programme only its words' numbers are kept, and the
    others of one programme after another.
    """
    programmes, weighed = _weigh(texts)
    having: dict[int, list[int]] = defaultdict(list)
    for number, vector in enumerate(weighed):
        for word in vector:
            having[word].append(number)
    for number, vector in enumerate(weighed):
        cosines: dict[int, float] = defaultdict(float)
        for word, weight in vector.items():
            if len(having[word]) <= SHARED_BY:
                for other in having[word]:
                    cosines[other] += weight * weighed[other][word]
        cosines.pop(number, None)
        one = programmes[number]
        alike = (
            (min(1.0, WORDS * cosine + _beside(one, programmes[other])), programmes[other].key)
            for other, cosine in cosines.items()
        )
        for value, key in nlargest(most, (each for each in alike if each[0] >= LEAST)):
            yield one.key, key, value


def _weigh(texts: Iterable[Text]) -> tuple[list[_Seen], list[Mapping[int, float]]]:
    """The telling words of each programme with their weights; each vector has the length 1."""
    numbers: dict[str, int] = {}
    spread: Counter[int] = Counter()
    programmes: list[_Seen] = []
    for text in texts:
        counts = _count(text)
        own = array("L", (numbers.setdefault(word, len(numbers)) for word in counts))
        spread.update(own)
        programmes.append(_Seen(text.key, text.field, text.level, own, array("L", counts.values())))
    # Equal scores are told apart by the words themselves, so that a run gives the same again.
    alphabet = {numbers[word]: place for place, word in enumerate(sorted(numbers))}
    weighed: list[Mapping[int, float]] = []
    for one in programmes:
        scores = {
            word: (1 + log(n)) * log((1 + len(programmes)) / (0.5 + spread[word]))
            for word, n in zip(one.words, one.counts, strict=True)
        }
        telling = nsmallest(TELLING, scores, key=lambda word: (-scores[word], alphabet[word]))
        length = sqrt(sum(scores[word] ** 2 for word in telling)) or 1.0
        weighed.append({word: scores[word] / length for word in telling if scores[word] > 0})
    return programmes, weighed


def _count(text: Text) -> Counter[str]:
    counts: Counter[str] = Counter()
    for times, part in text.parts:
        for word in words(part):
            counts[word] += times
    return counts


def _beside(one: _Seen, other: _Seen) -> float:
    """What field and level add."""
    added = FIELD if one.field == other.field else 0.0
    if one.level is not None and other.level is not None:
        added += LEVEL * (1 - abs(one.level - other.level) / LEVELS)
    return added
