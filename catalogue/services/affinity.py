"""Which programmes go together, written anew each night (CAT-8).

Likeness by words is the catalogue's own. Who chose what together is enrolments' knowledge, handed
in as counts: from here on nobody can be found behind them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
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
_THOUSANDTH = Decimal("0.001")


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


def texts() -> list[Text]:
    """What is compared of every programme that has a page: one query."""
    rows = Programme.objects.filter(current__isnull=False).select_related("current__field")
    found = []
    for programme in rows.order_by("code"):
        version = programme.current
        assert version is not None
        lines = [item.get("lv", "") for item in (*version.topics, *version.outcomes)]
        parts = [(3, version.title_lv), (1, version.summary_lv), *((1, line) for line in lines)]
        level = version.digcomp_level
        found.append(Text(programme.pk, parts, version.field.code, level))
    return found


def pairs(
    alike: Iterable[tuple[UUID, UUID, float]], together: Iterable[Together]
) -> Mapping[UUID, list[Pair]]:
    """Both joined, for each programme the best first; counts below FEWEST_PEOPLE are left out."""
    likeness: dict[UUID, dict[UUID, float]] = defaultdict(dict)
    for one, other, value in alike:
        likeness[one][other] = value
    chosen: dict[UUID, dict[UUID, Together]] = defaultdict(dict)
    for each in together:
        if each.people >= FEWEST_PEOPLE:
            chosen[each.one][each.other] = chosen[each.other][each.one] = each
    joined: dict[UUID, list[Pair]] = {}
    for key in {*likeness, *chosen}:
        made = []
        for other in {*likeness[key], *chosen[key]}:
            both = chosen[key].get(other)
            value = likeness[key].get(other, 0.0)
            made.append(Pair(other, value, both.people if both else 0, both.share if both else 0.0))
        joined[key] = sorted(made, key=lambda pair: (-pair.score, str(pair.other)))
    return joined


def goes_with(together: Iterable[Together]) -> Mapping[UUID, list[Pair]]:
    """What goes with every programme now; reads only."""
    return pairs(likenesses(texts(), LOOKED_AT), together)


def rewrite(*, together: Iterable[Together]) -> int:
    """Compute and store what goes with what; returns how many rows there are now.

    Only programmes on offer go with another; those that are over keep their own row of them, for
    the people who learned there. Computing takes long and locks nothing; the rows change at once.
    """
    found = goes_with(together)
    return _write(list(_rows(found, set(listed().values_list("pk", flat=True)))))


@service
def _write(rows: Sequence[ProgrammeAffinity]) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [ONE_AT_A_TIME])
    ProgrammeAffinity.objects.all().delete()
    ProgrammeAffinity.objects.bulk_create(rows, batch_size=BATCH)
    return len(rows)


def _rows(found: Mapping[UUID, list[Pair]], offered: set[UUID]) -> Iterator[ProgrammeAffinity]:
    for key, others in found.items():
        kept = [pair for pair in others if pair.other in offered][:KEPT]
        for rank, pair in enumerate(kept, start=1):
            yield ProgrammeAffinity(
                programme_id=key,
                other_id=pair.other,
                rank=rank,
                likeness=Decimal(pair.likeness).quantize(_THOUSANDTH),
                together=pair.people,
                share=Decimal(min(pair.share, 1.0)).quantize(_THOUSANDTH) if pair.people else 0,
            )
