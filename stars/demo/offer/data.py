"""The files of stars/demo/data as Python values, and the count of what was made of them."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).resolve().parents[1] / "data"
# The C parser of libyaml where the wheel has it: fifteen times as fast.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@lru_cache
def load(name: str) -> dict[str, Any]:
    """One data file by its name without the extension. Treat the result as read-only."""
    text = (DATA / f"{name}.yaml").read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.load(text, Loader=_LOADER)  # noqa: S506 -- safe loaders only
    return data


def vocabulary(code: str) -> dict[str, dict[str, Any]]:
    """Terms of one vocabulary by their code, in the file's order."""
    for entry in load("vocabularies")["vocabularies"]:
        if entry["code"] == code:
            return {term["code"]: term for term in entry["terms"]}
    raise KeyError(code)


@lru_cache
def programmes() -> list[dict[str, Any]]:
    """The pilot's 139 programmes and those of the invented providers. Read-only.

    Programmes of the providers whom the seed does not name stand under those made up for them.
    """
    pilot = [
        {**entry, "provider": _shown_under(entry)} for entry in load("programmes")["programmes"]
    ]
    return [*pilot, *load("invented_programmes")["programmes"]]


def _shown_under(entry: dict[str, Any]) -> str:
    own: str = entry["provider"]
    stand_ins = [p for p in load("providers")["providers"] if p.get("stands_for") == own]
    for what, value in (("towns", entry["city"]), ("fields", entry["field"])):
        for provider in stand_ins:
            if value in provider[what]:
                return str(provider["code"])
    return own


@lru_cache
def texts() -> dict[str, dict[str, Any]]:
    """The longer texts of programmes by code, from the files of data/texts. Read-only."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted((DATA / "texts").glob("*.yaml")):
        found |= load(f"texts/{path.stem}")
    return found


def invented_providers() -> frozenset[str]:
    """Codes of the providers that do not exist."""
    return frozenset(p["code"] for p in load("providers")["providers"] if p.get("invented"))


class Tally:
    """How many rows of each kind were written and how many were there already."""

    def __init__(self) -> None:
        self.created: Counter[str] = Counter()
        self.kept: Counter[str] = Counter()

    def add(self, kind: str, *, created: int = 0, kept: int = 0) -> None:
        """Count rows of one kind."""
        self.created[kind] += created
        self.kept[kind] += kept

    @property
    def kinds(self) -> list[str]:
        """Every kind counted, in the order in which it came up."""
        return list(self.created)

    @property
    def total_created(self) -> int:
        """Rows written by this run; 0 on a second run of the same day."""
        return self.created.total()
