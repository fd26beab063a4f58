"""Words as the search compares them: one function for what is indexed and for what is asked.

A word becomes one or several *lexemes*: its lemma (simplemma: Latvian, English, Russian) and the
word itself, without diacritics and without the ending. The ending is cut even where the lemma is
known, because people write without diacritics, and then no dictionary knows the word.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from simplemma import is_known, lemmatize

# Words that say nothing, in an index or in a query, written without diacritics.
FUNCTION_WORDS = frozenset(
    """
    un vai ar par pie no uz ap aiz bez ka kas kur kad ko kam kads kada kadi kadas lai ja bet ari jau
    ir bus es tu vins vina mes jus vini man tev sev savu savus savas savam sava savs tas ta to tie
    tos sis so si pec pa lidz del pret gan nav ne vel tikai ta tad tur seit vairak loti
    a an the of for to in on at by with from and or is are be my your me you we our how what where
    which that this do does can i s
    и в во на по для от из с со о об как что где это мне я мы или не к у за
    """.split()
)
# Words that say only that somebody is looking for learning: left out where others remain.
WISH_WORDS = frozenset(
    """
    gribu gribetu gribas velos veletos mekleju meklet vajag nepieciesams iesakiet ludzu palidziet
    iemacities macities macies apgut apguve apgut macibas macibu macisanas apmaciba apmacibas
    apmacibu kurss kursi kursus kursu kursiem kursos kursa seminars seminari nodarbibas maca
    programma programmas programmu izglitiba izglitibas pieaugusajiem varetu var varu labak labi
    taisit pamaciet kaut interese interesejos iespeja
    want would like learn learning study course courses class classes training teach lesson
    lessons online need find looking best get please some
    хочу хотел научиться учиться изучить изучать курс курсы курсов обучение учеба нужен нужны найти
    """.split()
)
# Beginnings of words that say who somebody is, not what they want to learn.
_PEOPLE = (
    "bezdarbniek nodarbinat darbinekl darbamekl pensionar invalid jauniesi student maminam "
    "stradajos darbiniekiem iedzivotaj unemployed jobseeker employed pensioner retired youth "
    "безработн пенсионер студент инвалид"
).split()
# Endings of Latvian nouns and adjectives, without diacritics, the longest first.
_LV = sorted(
    (
        "ajiem ajam ajai ajos ajas ajais ajo iem ais am im um em as es is us os ai ie ei ij"
        " a e i o u s"
    ).split(),
    key=len,
    reverse=True,
)
_EN = ("ings", "ing", "ers", "er", "ies", "es", "s")
_SHORTEST = 3
_SHORTEST_EN = 4
# A lemma of so few letters says too little of a word so long: "šūšana" would be "sūta" too.
_SHORT_LEMMA, _LONG_WORD = 3, 6
# Makings of words: programmēšana, programmēt; vadība, vadīt.
_DERIVED = re.compile(r"^(.{3,}[aeiou])(?:san|t|b)$")
# "C#", "C++" and ".NET" are words too; "e-paraksts" is one word.
_TOKEN = re.compile(r"[cCfF](?:\+\+|#)|\w+(?:[’']\w+)?", re.UNICODE)
_ONE_LETTER = re.compile(r"\b([eEiI])-(?=\w{2})")
_CYRILLIC = re.compile(r"[а-яё]")

# Letters that are taken for each other: they sound alike, or stand under the same finger.
_SOUNDS = ("aeiouy", "bp", "cksx", "dt", "gk", "jiy", "qk", "szc", "vwf")
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
# The row below begins so far to the right.
_SHIFT = 0.5
# Nobody mistypes the beginning of a word: another vowel there makes another word.
_VOWELS = "aeiou"
# By these, without endings, words for persons and for actions are made from others.
_MAKINGS = ("ik", "taj", "niek", "ist", "san")


def fold(text: str) -> str:
    """Lower case without the marks of letters."""
    parts = unicodedata.normalize("NFD", text.lower())
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


def tokens(text: str) -> list[str]:
    """The words of a text in order, in lower case, with their diacritics."""
    return [word for word in _TOKEN.findall(_ONE_LETTER.sub(r"\1", text.lower())) if word != "_"]


def _cut_latvian(word: str) -> str:
    for ending in _LV:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            return word[: -len(ending)]
    return word


def _cut_english(word: str) -> str:
    for ending in _EN:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_EN:
            return word[: -len(ending)]
    return word


@lru_cache(maxsize=200_000)
def lexemes(word: str, language: str = "") -> frozenset[str]:
    """The lexemes of one word in lower case; `language` lv or en, or unknown (a query).

    >>> sorted(lexemes("grāmatvedības", "lv"))
    ['gramatvedi', 'gramatvedib']
    """
    if not any(sign.isalpha() for sign in word):
        return frozenset({word})
    plain = fold(word)
    if _CYRILLIC.search(word):
        return frozenset({fold(lemmatize(word, lang="ru")), plain})
    if len(plain) <= _SHORTEST:
        # Mostly an abbreviation; dictionaries know others ("AI" would be "acs" and "be").
        return frozenset({plain})
    found = set()
    if language != "en":
        cut = {_cut_latvian(fold(w)) for w in {word, lemmatize(word, lang="lv")}}
        if len(plain) >= _LONG_WORD:
            cut = {c for c in cut if len(c) > _SHORT_LEMMA} or {plain}
        found |= cut | {made[1] for c in cut if (made := _DERIVED.match(c))}
    if language != "lv":
        lemma = fold(lemmatize(word, lang="en"))
        found |= {lemma, _cut_english(plain)}
    return frozenset(found)


def is_function_word(word: str) -> bool:
    """Whether a word says nothing by itself."""
    return fold(word) in FUNCTION_WORDS


def is_wish_word(word: str) -> bool:
    """Whether a word says only that somebody wants to learn."""
    return fold(word) in WISH_WORDS


def is_people_word(word: str) -> bool:
    """Whether a word says for whom learning is looked for: "kursi bezdarbniekiem"."""
    return fold(word).startswith(tuple(_PEOPLE))


def is_in_dictionary(word: str) -> bool:
    """Whether a word, as it was typed, is a Latvian one: then nothing in it is mistyped."""
    return is_known(word, lang="lv")


def _alike() -> frozenset[tuple[str, str]]:
    pairs = {(one, other) for group in _SOUNDS for one in group for other in group}
    places = {
        key: (column + row * _SHIFT, row)
        for row, keys in enumerate(_KEYS)
        for column, key in enumerate(keys)
    }
    for one, (x, y) in places.items():
        pairs |= {
            (one, other)
            for other, (x2, y2) in places.items()
            if abs(x - x2) <= 1 and abs(y - y2) <= 1
        }
    return frozenset(pairs)


_ALIKE = _alike()


def slips(one: str, other: str, most: int) -> int:
    """How many letters were left out, added, changed or swapped; more than `most` is most + 1.

    A letter in the place of one that neither sounds like it nor lies beside it counts twice.
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            changed = 0 if a == b else 1 if (a, b) in _ALIKE else 2
            cost = min(row[-1] + 1, last[j] + 1, last[j - 1] + changed)
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        before, last = last, row
    return min(last[-1], most + 1)


def slips_allowed(word: str) -> int:
    """How many slips are forgiven in a word: none in short ones, where others stand too near."""
    return 0 if len(word) < 4 else 1 if len(word) < 9 else 2


def is_other_word(asked: str, found: str) -> bool:
    """Whether two words that differ by a slip or two are rather two words.

    A letter left out, doubled or swapped is a slip. Another letter makes another word in short ones
    ("pavārs" and "pavada"), and in longer ones unless it sounds alike or lies under the next
    finger. So does another vowel at the beginning ("metināšana" and "mitināšana"), and so is a
    person or an action another word than a thing ("elektriķis" and "elektrība"). It is better to
    find nothing than to answer what nobody asked.
    """
    if _other_beginning(asked, found) or _other_end(asked, found):
        return True
    if len(asked) != len(found) or sorted(asked) == sorted(found):
        return False
    if len(asked) < _LONG_WORD:
        return True
    return any(a != b and (a, b) not in _ALIKE for a, b in zip(asked, found, strict=True))


def _other_beginning(asked: str, found: str) -> bool:
    """Whether only the second letters differ at the beginning, and both are vowels."""
    return (
        asked[:1] == found[:1]
        and asked[2:3] == found[2:3]
        and asked[1:2] != found[1:2]
        and {*asked[1:2], *found[1:2]} <= set(_VOWELS)
    )


def _other_end(asked: str, found: str) -> bool:
    """Whether the one names a person or an action and the other something else."""
    one, other = _cut_latvian(asked), _cut_latvian(found)
    return any(one.endswith(making) and not other.endswith(making) for making in _MAKINGS)
