"""What people type finds what they mean: recall over tests/catalogue/queries.yaml (CAT-3)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from catalogue.selectors_find import find
from tests.catalogue.pilot import AT, pilot

__all__ = ["pilot"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pilot")]

QUERIES = yaml.safe_load((Path(__file__).parent / "queries.yaml").read_text(encoding="utf-8"))
FIRST = 5


def first(query: str) -> list[str]:
    """Codes of what a visitor sees first: what was found, else what comes nearest."""
    found = find(query=query, at=AT, page_size=FIRST)
    return [card.programme.code for card in [*found.page.object_list, *found.nearest]]


def recall(entry: dict[str, Any]) -> float:
    """The share of the wanted ones among the first five, of as many as fit there."""
    wanted = set(entry["want"])
    return len(wanted & set(first(entry["q"]))) / min(FIRST, len(wanted))


def test_there_are_queries_enough() -> None:
    assert len({entry["q"] for entry in QUERIES["queries"]}) >= 60


def test_recall_among_the_first_five() -> None:
    counted = {entry["q"]: recall(entry) for entry in QUERIES["queries"]}
    missed = {query: share for query, share in counted.items() if share < 1}
    assert sum(counted.values()) / len(counted) >= 0.95, missed
