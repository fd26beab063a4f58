"""Which programmes go together, written anew each night (CAT-8).

Likeness by words is the catalogue's own. Who chose what together is enrolments' knowledge, handed
in as counts: from here on nobody can be found behind them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from uuid import UUID

from django.db import connection

from catalogue.models import FEWEST_PEOPLE, Programme, ProgrammeAffinity
from catalogue.selectors import listed
from catalogue.similarity import Text, likenesses
from stars.common.transactions import service

# So many others are kept for each programme.
KEPT = 12
# So many are looked at by their words, since some of them are no longer on offer.
LOOKED_AT = 3 * KEPT
ONE_AT_A_TIME = "catalogue.affinity"
BATCH = 2000


@dataclass(frozen=True)
class Together:
    """`people` chose both programmes; `share` (0–1) is that against how often each is chosen."""

    one: UUID
    other: UUID
    people: int
    share: float


@dataclass(frozen=True)
class Pair:
    """How a programme goes with another: alike by words (0–1), chosen together (people, 0–1)."""

    other: UUID
    likeness: float = 0.0
    people: int = 0
    share: float = 0.0

    @property
    def score(self) -> float:
        """By this the best come first: what people did counts as much as what texts say."""
        return self.likeness + self.share


def texts() -> Iterator[Text]:
    """What is compared of every programme that has a page: one query, read piece by piece."""
    rows = (
        Programme.objects.filter(current__isnull=False)
        .order_by("code")
        .values_list(
            *("pk", "current__title_lv", "current__summary_lv", "current__topics"),
            *("current__outcomes", "current__field__code", "current__digcomp_level"),
        )
    )
    for pk, title, summary, topics, outcomes, field, level in rows.iterator(BATCH):
        lines = [item.get("lv", "") for item in (*topics, *outcomes)]
        yield Text(pk, [(3, title), (1, summary), *((1, line) for line in lines)], field, level)


def pairs(
    alike: Iterable[tuple[UUID, UUID, float]], together: Iterable[Together]
) -> Iterator[tuple[UUID, list[Pair]]]:
    """Both joined, for one programme after another, the best first.

    `alike` has the others of a programme one after another. Counts below FEWEST_PEOPLE are left
    out.
    """
    chosen: dict[UUID, dict[UUID, Together]] = defaultdict(dict)
    for each in together:
        if each.people >= FEWEST_PEOPLE:
            chosen[each.one][each.other] = chosen[each.other][each.one] = each
    for key, found in groupby(alike, key=itemgetter(0)):
        yield key, _joined({other: value for _one, other, value in found}, chosen.pop(key, {}))
    for key, others in chosen.items():
        yield key, _joined({}, others)


def _joined(likeness: Mapping[UUID, float], chosen: Mapping[UUID, Together]) -> list[Pair]:
    made = []
    for other in {*likeness, *chosen}:
        both = chosen.get(other)
        value = likeness.get(other, 0.0)
        made.append(Pair(other, value, both.people if both else 0, both.share if both else 0.0))
    return sorted(made, key=lambda pair: (-pair.score, str(pair.other)))


def goes_with(together: Iterable[Together]) -> Iterator[tuple[UUID, list[Pair]]]:
    """What goes with every programme now; reads only."""
    return pairs(likenesses(texts(), LOOKED_AT), together)


def rewrite(*, together: Iterable[Together]) -> int:
    """Compute and store what goes with what; returns how many rows there are now.

    Only programmes on offer go with another; those that are over keep their own row of them, for
    the people who learned there. Computing takes long and locks nothing; the rows change at once.
    """
    offered = set(listed().values_list("pk", flat=True))
    return _write(list(_rows(goes_with(together), offered)))


_Row = tuple[UUID, UUID, int, float, int, float]


@service
def _write(rows: Sequence[_Row]) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [ONE_AT_A_TIME])
        ProgrammeAffinity.objects.all().delete()
        with cursor.copy(
            "COPY catalogue_programmeaffinity"
            " (programme_id, other_id, rank, likeness, together, share) FROM STDIN"
        ) as copy:
            for row in rows:
                copy.write_row(row)
    return len(rows)


def _rows(found: Iterable[tuple[UUID, list[Pair]]], offered: set[UUID]) -> Iterator[_Row]:
    for key, others in found:
        kept = [pair for pair in others if pair.other in offered][:KEPT]
        for rank, pair in enumerate(kept, start=1):
            share = round(min(pair.share, 1.0), 3) if pair.people else 0.0
            yield key, pair.other, rank, round(pair.likeness, 3), pair.people, share
