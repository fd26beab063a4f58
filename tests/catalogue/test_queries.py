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


@pytest.mark.parametrize("query", QUERIES["nothing"])
def test_what_nobody_teaches_is_not_found(query: str) -> None:
    found = find(query=query, at=AT)
    assert found.mentioned or not found.page.paginator.count, [
        card.programme.code for card in found.page.object_list
    ]


@pytest.mark.parametrize("query", ["mākslīgais intelekts", "MI", "AI", "ИИ"])
def test_short_synonyms_are_whole_words(query: str) -> None:
    """ "AI" is not the accusative of an eye, nor "be": versions of code are no intelligence."""
    codes = {card.programme.code for card in find(query=query, at=AT, page_size=50).page}
    assert not {code for code in codes if "git" in code or "version" in code}, codes


def test_learning_for_somebody_is_all_learning() -> None:
    found = find(query="kursi bezdarbniekiem", at=AT)
    assert found.asked.people == ("bezdarbniekiem",)
    assert found.page.paginator.count == find(query="", at=AT).page.paginator.count
