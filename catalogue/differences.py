"""What is new in a version, field by field, for people to read (CAT-10)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.safestring import SafeString

from catalogue.fields import Shown
from stars.common.differences import Piece, compare_words, marked


@dataclass(frozen=True)
class Change:
    """One field that is not as it was."""

    name: str
    label: str
    pieces: tuple[Piece, ...]

    @property
    def html(self) -> SafeString:
        """With `<ins>` and `<del>`; everything that people wrote is escaped."""
        return marked(self.pieces)


def compare(before: Iterable[Shown], after: Iterable[Shown]) -> list[Change]:
    """The fields of `after` that are not as in `before`, in their order."""
    was = {field.name: field.text for field in before}
    return [
        Change(field.name, field.label, compare_words(was.get(field.name, ""), field.text))
        for field in after
        if was.get(field.name, "") != field.text
    ]
