"""What is new in a text, word by word. Pure but for the markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from django.template.defaultfilters import linebreaksbr
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

Kind = Literal["same", "gone", "new"]
# Of longer texts only the parts that changed are compared word by word: it would take too long.
MANY_WORDS = 4000
_WORDS = re.compile(r"\s+|[^\s]+")
_STEPS = (
    re.compile(r"[^\n]*\n|[^\n]+"),  # lines
    re.compile(r".+?(?:[.!?]\s+|\Z)", re.DOTALL),  # sentences
)
_MARKS = {"same": "{}", "gone": "<del>{}</del>", "new": "<ins>{}</ins>"}


@dataclass(frozen=True)
class Piece:
    """Words that stayed, went or came."""

    kind: Kind
    text: str


def marked(pieces: Iterable[Piece]) -> SafeString:
    """With `<ins>` and `<del>`; everything that people wrote is escaped."""
    return format_html_join(
        "",
        "{}",
        (
            (format_html(_MARKS[piece.kind], linebreaksbr(piece.text, autoescape=True)),)
            for piece in pieces
        ),
    )


def compare_words(before: str, after: str) -> tuple[Piece, ...]:
    """Pieces of the two texts in reading order.

    Without the new ones they are `before`, without those that are gone `after`. Long texts are
    compared line by line, then sentence by sentence, and word by word where a sentence changed.
    """
    pieces: list[Piece] = []
    for piece in _pieces(before, after, _STEPS):
        if pieces and pieces[-1].kind == piece.kind:
            pieces[-1] = Piece(piece.kind, pieces[-1].text + piece.text)
        else:
            pieces.append(piece)
    return tuple(pieces)


def _pieces(before: str, after: str, steps: tuple[re.Pattern[str], ...]) -> Iterator[Piece]:
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    in_words = len(old) + len(new) <= MANY_WORDS
    if not before or not after or (not in_words and not steps):
        yield from (Piece("gone", before),) if before else ()
        yield from (Piece("new", after),) if after else ()
        return
    if not in_words:
        old, new = steps[0].findall(before), steps[0].findall(after)
    matcher = SequenceMatcher(a=old, b=new, autojunk=False)
    for what, a_from, a_to, b_from, b_to in matcher.get_opcodes():
        was, became = "".join(old[a_from:a_to]), "".join(new[b_from:b_to])
        if what == "equal":
            yield Piece("same", was)
        elif in_words:
            yield from _pieces(was, "", ())
            yield from _pieces("", became, ())
        else:
            yield from _pieces(was, became, steps[1:])


def around(pieces: Iterable[Piece], keep: int = 80) -> tuple[Piece, ...]:
    """The same, with only about `keep` characters of what stayed beside each change."""
    shorter = []
    for piece in pieces:
        text = piece.text
        if piece.kind == "same" and len(text) > 2 * keep + 20:
            begins = text[:keep].rpartition(" ")[0] or text[:keep]
            ends = text[-keep:].partition(" ")[2] or text[-keep:]
            piece = Piece("same", f"{begins} … {ends}")
        shorter.append(piece)
    return tuple(shorter)
