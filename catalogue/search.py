"""A query as the database compares it: words, their slips corrected, and what means the same.

Two queries: the vocabulary of indexed words, and the synonyms that editors keep.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db import connection

from catalogue.models import Synonyms
from catalogue.words import (
    fold,
    is_function_word,
    is_in_dictionary,
    is_other_word,
    is_people_word,
    is_wish_word,
    lexemes,
    slips,
    slips_allowed,
    tokens,
)

# Longer queries are cut: nobody searches with more, and each word costs a comparison.
MAX_WORDS = 12
LONGEST = 60
# Only words as long as this are looked for inside longer ones (tīkls in datortīkls).
INSIDE = 5
# The other part of such a word has so many letters: "adīšana" does not stand in "vadīšana". Nor do
# other names of actions stand at the end of longer ones ("ievadīšana").
PART = 3
# As many words are taken in the place of a mistyped one, and of one that stands inside others.
MOST_CORRECTED, MOST_INSIDE = 3, 30

# For every lexeme of the query: whether it is indexed, which longer ones begin or end with it,
# and, where there are none, which are written nearly so (pg_trgm); all from indexes.
_VOCABULARY = """
SELECT asked.lexeme, known.yes,
    CASE WHEN length(asked.lexeme) >= %(inside)s THEN ARRAY(
        SELECT w.lexeme FROM catalogue_searchword w
        WHERE w.lexeme LIKE '%%' || asked.pattern || '%%' AND w.lexeme <> asked.lexeme
          AND (w.lexeme LIKE asked.pattern || '%%' OR w.lexeme = 'e' || asked.lexeme
            OR asked.lexeme !~ 'sana?$' AND w.lexeme LIKE '%%' || asked.pattern
              AND length(w.lexeme) >= length(asked.lexeme) + %(part)s)
        ORDER BY length(w.lexeme), w.lexeme LIMIT %(most)s
    ) ELSE '{}' END,
    CASE WHEN NOT known.yes AND length(asked.lexeme) >= 4 THEN ARRAY(
        SELECT w.lexeme FROM catalogue_searchword w WHERE w.lexeme %% asked.lexeme
        ORDER BY similarity(w.lexeme, asked.lexeme) DESC, w.lexeme LIMIT 10
    ) ELSE '{}' END
FROM unnest(%(lexemes)s::text[], %(patterns)s::text[]) AS asked (lexeme, pattern),
    LATERAL (SELECT EXISTS (
        SELECT 1 FROM catalogue_searchword w WHERE w.lexeme = asked.lexeme) AS yes) known
"""

# Parts of a programme's text in which a word says more: title, what about, what one learns.
PARTS = ("a", "b", "c")

Phrase = tuple[frozenset[str], ...]


@dataclass(frozen=True)
class Term:
    """One thing that is looked for: any of the phrases, the first as it was asked; `wide` are
    longer words that hold it."""

    phrases: tuple[Phrase, ...]
    wide: frozenset[str] = frozenset()

    def own(self, part: str = "") -> str:
        """As tsquery text, only as it was asked; in one of PARTS where it is given."""
        return _phrase(self.phrases[0], part)

    def strict(self, part: str = "") -> str:
        """As tsquery text, without what only contains the word."""
        return "(" + " | ".join(_phrase(phrase, part) for phrase in self.phrases) + ")"

    def broad(self, part: str = "") -> str:
        """As tsquery text."""
        longer = [quoted(in_part(lexeme, part)) for lexeme in sorted(self.wide)]
        return "(" + " | ".join([_phrase(phrase, part) for phrase in self.phrases] + longer) + ")"


def in_part(lexeme: str, part: str) -> str:
    """The lexeme of a word in one part of the text; anywhere where `part` is empty.

    No word has a stroke in it, so none is taken for another.
    """
    return f"{lexeme}/{part}" if part else lexeme


def quoted(lexeme: str) -> str:
    """A lexeme as tsvector and tsquery read it."""
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


def _phrase(phrase: Phrase, part: str) -> str:
    words = (
        "(" + " | ".join(quoted(in_part(lexeme, part)) for lexeme in sorted(any_of)) + ")"
        for any_of in phrase
    )
    return "(" + " & ".join(words) + ")"


@dataclass(frozen=True)
class Asked:
    """What a query asks of the index. Without terms nothing is asked; `hopeless`: words are there
    and no programme has any of them."""

    terms: tuple[Term, ...] = ()
    hopeless: bool = False
    # What was also looked for, and words that stand nowhere, to be told.
    also: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    # Words that say for whom; they are not looked for where no programme has them.
    people: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.terms) or self.hopeless

    @property
    def all_of(self) -> str:
        """Every term, also inside longer words."""
        return " & ".join(term.broad() for term in self.terms)

    @property
    def any_of(self) -> str:
        """At least one of the terms: for what comes nearest."""
        return " | ".join(term.broad() for term in self.terms)

    @property
    def about(self) -> str:
        """At least one of the terms in one of the PARTS, and not in a long text only."""
        return " | ".join(term.broad(part) for part in PARTS for term in self.terms)


@dataclass
class _Word:
    """A word of the query while it is being understood."""

    text: str
    lexemes: set[str]
    known: bool = False
    inside: set[str] = field(default_factory=set)


def words(query: str) -> list[str]:
    """What of a query is searched for: without small words, if anything else remains."""
    found = [word[:LONGEST] for word in tokens(query)]
    telling = [word for word in found if not is_function_word(word)]
    wished = [word for word in telling if not is_wish_word(word)]
    return (wished or telling or found)[:MAX_WORDS]


def understand(query: str) -> Asked:
    """A query as terms of the index: at most two queries, none for an empty one."""
    asked = [_Word(word, set(lexemes(word))) for word in words(query)]
    if not asked:
        return Asked()
    corrected = _look_up(asked)
    terms: list[Term] = []
    also: list[str] = list(corrected)
    unknown: list[str] = []
    people: list[str] = []
    groups = _groups()
    at = 0
    while at < len(asked):
        length, phrases, said = _meaning(asked, at, groups)
        if length:
            here = asked[at : at + length]
            own: Phrase = tuple(frozenset(word.lexemes) for word in here)
            wide = frozenset(here[0].inside) if length == 1 else frozenset()
            terms.append(Term((own, *phrases), wide))
            also += said
        else:
            length, word = 1, asked[at]
            if word.known or word.inside:
                terms.append(Term(((frozenset(word.lexemes),),), frozenset(word.inside)))
            elif is_people_word(word.text):
                people.append(word.text)
            else:
                unknown.append(word.text)
        at += length
    return Asked(
        terms=tuple(terms),
        hopeless=not terms and bool(unknown),
        also=tuple(dict.fromkeys(also)),
        unknown=tuple(unknown),
        people=tuple(people),
    )


def _look_up(asked: Sequence[_Word]) -> list[str]:
    """Mark the words that are indexed and correct those written nearly like one."""
    wanted = sorted({lexeme for word in asked for lexeme in word.lexemes})
    patterns = [
        lexeme.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") for lexeme in wanted
    ]
    values: dict[str, Any] = {
        "lexemes": wanted,
        "patterns": patterns,
        "inside": INSIDE,
        "part": PART,
        "most": MOST_INSIDE,
    }
    with connection.cursor() as cursor:
        cursor.execute(_VOCABULARY, values)
        rows: dict[str, tuple[Any, ...]] = {row[0]: row[1:] for row in cursor.fetchall()}
    said = []
    for word in asked:
        answers = [rows[lexeme] for lexeme in word.lexemes if lexeme in rows]
        word.known = any(known for known, _inside, _similar in answers)
        word.inside = {longer for _known, inside, _similar in answers for longer in inside}
        if word.known or is_in_dictionary(word.text):
            continue
        near = _nearest(word, [w for _known, _inside, similar in answers for w in similar])
        if near:
            word.lexemes |= near
            word.known = True
            said.append(min(near, key=len))
    return _samples(said)


def _nearest(word: _Word, candidates: Sequence[str]) -> set[str]:
    """The indexed words with the fewest slips, no more than are forgiven."""
    counted = []
    for candidate in set(candidates):
        for lexeme in word.lexemes:
            allowed = slips_allowed(lexeme)
            n = slips(lexeme, candidate, allowed)
            if n <= allowed and not is_other_word(lexeme, candidate):
                counted.append((n, candidate))
    fewest = min((n for n, _candidate in counted), default=0)
    return {c for n, c in sorted(counted)[:MOST_CORRECTED] if n == fewest}


def _samples(found: list[str]) -> list[str]:
    """Words as they are written in the texts; one query, only after a slip."""
    if not found:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT lexeme, sample FROM catalogue_searchword WHERE lexeme = ANY(%s)", [found]
        )
        samples = dict(cursor.fetchall())
    return [samples[lexeme] for lexeme in found]


@lru_cache(maxsize=2048)
def _read_phrase(phrase: str) -> Phrase:
    return tuple(lexemes(word) for word in tokens(phrase) if not is_function_word(word))


def _groups() -> list[list[tuple[str, Phrase]]]:
    """Every group of synonyms with its phrases as lexemes: one query."""
    groups = []
    for text in Synonyms.objects.order_by("pk").values_list("words", flat=True):
        phrases = [(line.strip(), _read_phrase(line.strip())) for line in text.splitlines()]
        groups.append([(line, phrase) for line, phrase in phrases if phrase])
    return groups


def _meaning(
    asked: Sequence[_Word], at: int, groups: Sequence[Sequence[tuple[str, Phrase]]]
) -> tuple[int, list[Phrase], list[str]]:
    """The longest phrase of a group that begins at a word: its length, the others, one to tell.

    A word in several groups means what all of them say.
    """
    matched: list[tuple[int, Sequence[tuple[str, Phrase]], Phrase]] = []
    for group in groups:
        for _line, phrase in group:
            here = asked[at : at + len(phrase)]
            if len(here) == len(phrase) and all(
                word.lexemes & any_of for word, any_of in zip(here, phrase, strict=True)
            ):
                matched.append((len(phrase), group, phrase))
    length = max((n for n, _group, _phrase in matched), default=0)
    phrases: list[Phrase] = []
    said: list[str] = []
    for n, group, own in matched:
        if n == length:
            phrases += [phrase for _line, phrase in group if phrase != own]
            said += [line for line, phrase in group[:1] if phrase != own]
    asked_for = fold(" ".join(word.text for word in asked))
    return length, phrases, [line for line in said if fold(line) not in asked_for]
