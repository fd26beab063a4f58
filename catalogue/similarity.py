"""How alike programmes are by their words: pure functions, no ORM and no clock (CAT-8).

Words are weighed by how few programmes have them; only those that tell a programme apart are
compared, so the work grows with the number of programmes and not with its square.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import nlargest
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


def likenesses(texts: Sequence[Text], most: int) -> Iterator[tuple[UUID, UUID, float]]:
    """For each programme the `most` that are most alike, with how much (LEAST–1).

    One after another, so that what is kept at a time does not grow with the number of programmes.
    """
    weighed = _weigh(texts)
    having: dict[str, list[int]] = defaultdict(list)
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
        one = texts[number]
        alike = [
            (min(1.0, WORDS * cosine + _beside(one, texts[other])), texts[other].key)
            for other, cosine in cosines.items()
        ]
        kept = nlargest(most, (each for each in alike if each[0] >= LEAST))
        for value, key in kept:
            yield one.key, key, value


def _weigh(texts: Sequence[Text]) -> list[Mapping[str, float]]:
    """The telling words of each programme with their weights; each vector has the length 1."""
    counted = [_count(text) for text in texts]
    spread = Counter(word for counts in counted for word in counts)
    weighed: list[Mapping[str, float]] = []
    for counts in counted:
        scores = {
            word: (1 + log(n)) * log((1 + len(texts)) / (0.5 + spread[word]))
            for word, n in counts.items()
        }
        telling = sorted(scores, key=lambda word: (-scores[word], word))[:TELLING]
        length = sqrt(sum(scores[word] ** 2 for word in telling)) or 1.0
        weighed.append({word: scores[word] / length for word in telling if scores[word] > 0})
    return weighed


def _count(text: Text) -> Counter[str]:
    counts: Counter[str] = Counter()
    for times, part in text.parts:
        for word in words(part):
            counts[word] += times
    return counts


def _beside(one: Text, other: Text) -> float:
    """What field and level add."""
    added = FIELD if one.field == other.field else 0.0
    if one.level is not None and other.level is not None:
        added += LEVEL * (1 - abs(one.level - other.level) / LEVELS)
    return added
