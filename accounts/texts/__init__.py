"""The texts people accept, version by version. A published file is never edited: add a new one.

Written plainly by us; the agency's lawyers have the last word.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from accounts.enums import TextKind

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Version:
    """One version of one text in both languages; paragraphs are divided by empty lines."""

    kind: TextKind
    version: int
    lv: str
    en: str


def _read(kind: TextKind, version: int) -> Version:
    lv, en = (
        (_HERE / f"{kind.value}-{version}.{language}.txt").read_text(encoding="utf-8").strip()
        for language in ("lv", "en")
    )
    return Version(kind, version, lv, en)


VERSIONS = (_read(TextKind.TERMS, 1), _read(TextKind.PRIVACY, 1))
