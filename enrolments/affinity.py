"""Who chose what together: counting, without ORM and clock (CAT-8)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from itertools import combinations
from math import sqrt
from uuid import UUID

from catalogue.models import FEWEST_PEOPLE
from catalogue.services.affinity import Together

# Who chose more than this says little of each pair, and much of themselves.
MOST_EACH = 30


def together(choices: Iterable[tuple[Hashable, Iterable[UUID]]]) -> list[Together]:
    """Pairs that at least FEWEST_PEOPLE people chose; `choices` are (person, programmes)."""
    one: Counter[UUID] = Counter()
    both: Counter[tuple[UUID, UUID]] = Counter()
    for _person, chosen in choices:
        programmes = sorted(set(chosen), key=str)
        if len(programmes) > MOST_EACH:
            continue
        one.update(programmes)
        both.update(combinations(programmes, 2))
    return [
        Together(a, b, people, people / sqrt(one[a] * one[b]))
        for (a, b), people in both.items()
        if people >= FEWEST_PEOPLE
    ]
