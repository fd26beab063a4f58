"""Whose files there are. Upper apps register the kinds of object that can have files.

Permission is asked of the app that owns the object, each time a file is written, linked to or
opened: a link that was copied gives nothing to somebody else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from stars.files.enums import PAPERS, FileType

Question = Callable[[Any, UUID], bool]


@dataclass(frozen=True)
class OwnerKind:
    """One kind of object that can have files.

    `may_read` and `may_write` get the actor and the object's id. `looked_at` answers whose
    personal data the actor sees in such a file: a person's id, or None when it is their own.
    `purpose` is the look log's code word for why. `types` are taken, others are refused.
    """

    code: str
    may_read: Question
    may_write: Question
    looked_at: Callable[[Any, UUID], UUID | None]
    purpose: str
    types: tuple[FileType, ...] = PAPERS


_kinds: dict[str, OwnerKind] = {}


def register(kind: OwnerKind) -> OwnerKind:
    """Make `kind` known. ValueError where the code is taken by another."""
    if _kinds.setdefault(kind.code, kind) != kind:
        raise ValueError(f"Two kinds of owner are called {kind.code}.")
    return kind


def get(code: str) -> OwnerKind:
    """The kind; LookupError where no app registered it."""
    try:
        return _kinds[code]
    except KeyError:
        raise LookupError(f"No such kind of owner: {code}") from None
