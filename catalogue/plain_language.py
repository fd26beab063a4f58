"""Hints while somebody writes: long sentences and office words (PRO-3, seed 004 L1751). Pure.

They are advice and never stand in the way of saving or sending. The words are data
(`data/plain_words.yaml`); how long a sentence may be is an assumption (docs/assumptions.md).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

Language = Literal["lv", "en"]
DATA = Path(__file__).resolve().parent / "data" / "plain_words.yaml"
# Advice on plain language asks for 15 to 20 words on average; a hint comes above this.
LONGEST_SENTENCE = 20  # words
MOST_HINTS = 6  # of one text: more is not read
SHOWN_WORDS = 5  # of a long sentence, so that it is found
# A point after these ends no sentence.
_SHORT = (
    *("u.c", "u.tml", "t.sk", "t.i", "piem", "utt", "plkst", "nr", "lpp", "st", "h"),
    *("e.g", "i.e", "etc", "no", "approx", "vs"),
)
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_END = re.compile(r"(?<=[.!?…])[\"”’)]*\s+(?=[\"“„‘(]?[A-ZĀČĒĢĪĶĻŅŠŪŽ])|\n+")


@dataclass(frozen=True)
class Hint:
    """One piece of advice: what was found in the text and what to do, in the reader's language."""

    kind: Literal["long", "word"]
    found: str
    advice: str


@dataclass(frozen=True)
class _Entry:
    pattern: re.Pattern[str]
    say: str


def sentences(text: str) -> list[str]:
    """The sentences of a text; a line is one at least."""
    found: list[str] = []
    for part in _END.split(text):
        part = part.strip()
        if not part:
            continue
        if found and _goes_on(found[-1]):
            found[-1] = f"{found[-1]} {part}"
        else:
            found.append(part)
    return found


def _goes_on(sentence: str) -> bool:
    """It ended with a short form ("piem.") or an ordinal ("2."), not with a full stop."""
    last = sentence.rsplit(maxsplit=1)[-1].lower()
    return last.endswith(".") and (last[:-1] in _SHORT or last[:-1].isdigit())


def hints(text: str, language: Language) -> list[Hint]:
    """What could be said more plainly in `text`, written in `language`; at most MOST_HINTS."""
    found = [_long(each) for each in sentences(text) if _words(each) > LONGEST_SENTENCE]
    taken: list[tuple[int, int]] = []
    words: list[tuple[int, Hint]] = []
    seen: set[str] = set()
    for entry in entries(language):
        for match in entry.pattern.finditer(text):
            if any(start < match.end() and match.start() < end for start, end in taken):
                continue
            taken.append(match.span())
            key = match.group().lower()
            if key in seen:
                continue
            seen.add(key)
            words.append((match.start(), _word(match.group(), entry.say)))
    ordered = [hint for _place, hint in sorted(words, key=lambda pair: pair[0])]
    return [*found, *ordered][:MOST_HINTS]


def _words(sentence: str) -> int:
    return len(_WORD.findall(sentence))


def _long(sentence: str) -> Hint:
    count = _words(sentence)
    start = " ".join(sentence.split()[:SHOWN_WORDS])
    advice = ngettext(
        "This sentence has %(n)s word. Make two of it.",
        "This sentence has %(n)s words. Make two of it.",
        count,
    )
    return Hint("long", f"{start}…", advice % {"n": count})


def _word(found: str, say: str) -> Hint:
    if not say:
        return Hint("word", found, _("You can leave this out."))
    return Hint("word", found, _("In plain words: %(words)s") % {"words": say})


@cache
def entries(language: Language) -> Sequence[_Entry]:
    """The office words of a language, longer phrases first, so that they are found whole."""
    rows = yaml.safe_load(DATA.read_text(encoding="utf-8"))[language]
    ordered = sorted(rows, key=lambda row: (-len(row["find"].split()), -len(row["find"])))
    return tuple(_Entry(_pattern(row["find"]), row["say"]) for row in ordered)


def _pattern(find: str) -> re.Pattern[str]:
    parts = [re.escape(word).replace(r"\*", r"\w*") for word in find.split()]
    ending = "" if find.endswith((".", "*")) else r"(?!\w)"
    return re.compile(r"(?<!\w)" + r"\s+".join(parts) + ending, re.IGNORECASE)
