"""The rounds of a source, run again as of their own due days (FUN-4, L480).

What the pilot reported of its third round follows from rule 3: it went to new people and to those
whose first grant was that of June 2025.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from django.db.models import Count, F, OuterRef, Subquery

from funding.enums import GrantState
from funding.models import AllocationRound, Grant
from funding.services import grants, rounds
from stars.common.dates import start_of_day
from stars.common.permissions import SYSTEM
from stars.demo import crowd


@dataclass(frozen=True)
class Replayed:
    """One round: EUR and people; `second` counts second grants by the round of the first."""

    code: str
    amount: Decimal
    new: int
    second: dict[str, int] = field(default_factory=dict)


def rounds_of(source: str) -> list[AllocationRound]:
    """The rounds of the source with this code, in the order of their due days."""
    found = AllocationRound.objects.filter(policy__scheme__source__code=source)
    return list(found.select_related("policy__scheme__source").order_by("due_on"))


def replay(
    due: list[AllocationRound],
    *,
    before: Callable[[AllocationRound], None] = lambda this: None,
    after: Callable[[AllocationRound], None] = lambda this: None,
) -> list[Replayed]:
    """Run each round at the first moment of its due day, expiry first.

    `before` and `after` are called around each one, for what people do in between.
    """
    told = []
    for each in due:
        before(each)
        rounds.run(code=each.code, at=start_of_day(each.due_on), actor=SYSTEM)
        told.append(_told(each))
        after(each)
    return told


def _told(this: AllocationRound) -> Replayed:
    """Whose first and whose second grant the round gave."""
    scheme = this.policy.scheme
    earlier = Grant.objects.filter(
        account=OuterRef("account"),
        policy__scheme=scheme,
        replaces__isnull=True,
        round__due_on__lt=this.due_on,
    ).exclude(state=GrantState.DECLINED)
    lots = Grant.objects.filter(round=this, replaces__isnull=True).annotate(
        first=Subquery(earlier.order_by("round__due_on").values("round__code")[:1])
    )
    counted = dict(lots.values_list("first").annotate(n=Count("pk")).values_list("first", "n"))
    amount = sum(lots.values_list(F("amount"), flat=True), Decimal(0))
    new = counted.pop(None, 0)
    return Replayed(this.code, amount, new, dict(sorted(counted.items())))


@dataclass
class Crowd:
    """`size` synthetic people who ask on the day before each round.

    Afterwards every second one keeps the money; the others let it lapse.
    """

    size: int

    def arrive(self, this: AllocationRound) -> None:
        """They open accounts and ask."""
        crowd.gather(self.size, at=start_of_day(this.due_on) - timedelta(days=1))

    def decide(self, this: AllocationRound) -> None:
        """A month before the end they keep it, or do not."""
        at = this.ends_at - timedelta(days=30)
        lots = Grant.objects.filter(round=this, state=GrantState.ACTIVE).order_by("account_id")
        for number, lot in enumerate(lots.values_list("pk", flat=True)):
            if number % 2 == 0:
                grants.accumulate(grant_id=lot, actor=SYSTEM, at=at)
