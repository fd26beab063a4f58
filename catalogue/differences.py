"""What is new in a version, word by word, for people to read (CAT-10). Pure but for the markup."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from django.template.defaultfilters import linebreaksbr
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from catalogue.fields import Shown

Kind = Literal["same", "gone", "new"]
# Longer texts are compared line by line: words would take too long.
MANY_WORDS = 4000
_WORDS = re.compile(r"\s+|[^\s]+")
_LINES = re.compile(r"[^\n]*\n|[^\n]+")


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

    Without the new ones they are `before`, without those that are gone `after`.
    """
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if len(old) + len(new) > MANY_WORDS:
        old, new = _LINES.findall(before), _LINES.findall(after)
    pieces: list[Piece] = []
    matcher = SequenceMatcher(a=old, b=new, autojunk=False)
    for what, a_from, a_to, b_from, b_to in matcher.get_opcodes():
        if what == "equal":
            pieces.append(Piece("same", "".join(old[a_from:a_to])))
            continue
        if a_to > a_from:
            pieces.append(Piece("gone", "".join(old[a_from:a_to])))
        if b_to > b_from:
            pieces.append(Piece("new", "".join(new[b_from:b_to])))
    return tuple(pieces)


def compare(before: Iterable[Shown], after: Iterable[Shown]) -> list[Change]:
    """The fields of `after` that are not as in `before`, in their order."""
    was = {field.name: field.text for field in before}
    return [
        Change(field.name, field.label, compare_words(was.get(field.name, ""), field.text))
        for field in after
        if was.get(field.name, "") != field.text
    ]
