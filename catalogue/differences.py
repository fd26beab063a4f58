"""What is new in a version, word by word, for people to read (CAT-10). Pure but for the markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from django.template.defaultfilters import linebreaksbr
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from catalogue.fields import Shown

Kind = Literal["same", "gone", "new"]
# Of longer texts only the parts that changed are compared word by word: it would take too long.
MANY_WORDS = 4000
_WORDS = re.compile(r"\s+|[^\s]+")
_STEPS = (
    re.compile(r"[^\n]*\n|[^\n]+"),  # lines
    re.compile(r".+?(?:[.!?]\s+|\Z)", re.DOTALL),  # sentences
)


@dataclass(frozen=True)
class Piece:
    """Words that stayed, went or came."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Change:
    """One field that is not as it was."""

    name: str
    label: str
    pieces: tuple[Piece, ...]

    @property
    def html(self) -> SafeString:
        """With `<ins>` and `<del>`; everything that people wrote is escaped."""
        marks = {"same": "{}", "gone": "<del>{}</del>", "new": "<ins>{}</ins>"}
        return format_html_join(
            "",
            "{}",
            (
                (format_html(marks[piece.kind], linebreaksbr(piece.text, autoescape=True)),)
                for piece in self.pieces
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


def compare(before: Iterable[Shown], after: Iterable[Shown]) -> list[Change]:
    """The fields of `after` that are not as in `before`, in their order."""
    was = {field.name: field.text for field in before}
    return [
        Change(field.name, field.label, compare_words(was.get(field.name, ""), field.text))
        for field in after
        if was.get(field.name, "") != field.text
    ]
