"""The waiting line of capped rounds: a person's place in it, and the log that everybody may read.

A place is a frozen rank (rule 10, FUN-14); who has been served, gave the money back or no longer
asks for it stands in no line. The log holds numbers of people and moments, nothing about anybody.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Sum

from funding.enums import GrantState, RoundState
from funding.models import AllocationRound, Grant, RoundRank, RoundRun, StandingRequest
from funding.plain_rules import need
from funding.services.round_sql import priority_groups
from funding.support import term_names
from learning_accounts.models import LearningAccount
from stars.common.money import ZERO

# A group with fewer people is not counted in public.
FEWEST = 5


@dataclass(frozen=True)
class Place:
    """Where an account stands: `number` of `waiting` in the round's line."""

    round: AllocationRound
    number: int
    waiting: int
    asked_at: datetime | None


@dataclass(frozen=True)
class Group:
    """A priority group of a capped round; numbers are None where the group is too small."""

    name: str
    asked: int | None
    served: int | None
    waiting: int | None
    # Whoever of this group asked until then has been served.
    served_until: datetime | None


@dataclass(frozen=True)
class RoundLog:
    """What is published of a round. `amount` and `declined` in EUR and people."""

    round: AllocationRound
    asked: int
    served: int
    declined: int
    waiting: int
    amount: Decimal
    groups: list[Group] = field(default_factory=list)
    runs: list[dict[str, Any]] = field(default_factory=list)


def _lots(**of: Any) -> QuerySet[Grant]:
    return Grant.objects.filter(replaces__isnull=True, **of)


def _waiting(this: AllocationRound) -> QuerySet[RoundRank]:
    """Ranks that wait: not served, and still asking."""
    asks = StandingRequest.objects.filter(account=OuterRef("account"), ended_at__isnull=True)
    ranks = RoundRank.objects.filter(round=this)
    return ranks.exclude(Exists(_lots(round=this, account=OuterRef("account")))).filter(
        Exists(asks)
    )


def place_in_line(account: LearningAccount) -> Place | None:
    """The account's place in the newest open round in which it waits; None where it waits in none.

    One query for those who wait nowhere, two for the others.
    """
    served = _lots(round=OuterRef("round"), account=account)
    mine = (
        RoundRank.objects.filter(account=account, round__state=RoundState.OPEN)
        .exclude(Exists(served))
        .filter(account__standing_requests__ended_at__isnull=True, round__cap__isnull=False)
        .filter(account__standing_requests__isnull=False)
        .select_related("round__policy__scheme")
        .order_by("-round__due_on")
        .first()
    )
    if mine is None:
        return None
    counted = _waiting(mine.round).aggregate(
        number=Count("pk", filter=Q(rank__lte=mine.rank)), waiting=Count("pk")
    )
    return Place(mine.round, counted["number"], counted["waiting"], mine.asked_at)


def published() -> QuerySet[AllocationRound]:
    """Rounds with a log: those that have been run, newest first."""
    ran = AllocationRound.objects.exclude(state=RoundState.PLANNED)
    return ran.select_related("policy__scheme__source__term").order_by("-due_on", "code")


def round_log(this: AllocationRound) -> RoundLog:
    """How many asked, in which order they are served, who waits, and run by run what happened."""
    lots = _lots(round=this).aggregate(
        served=Count("pk"),
        amount=Sum("amount"),
        declined=Count("pk", filter=Q(state=GrantState.DECLINED)),
    )
    groups = _groups(this) if this.cap is not None else []
    waiting = _waiting(this).count() if groups else 0
    ranked = this.ranks.count() if groups else lots["served"]
    runs = RoundRun.objects.filter(round=this, dry=False, granted__gt=0).order_by("-at")
    return RoundLog(
        round=this,
        asked=ranked,
        served=lots["served"],
        declined=lots["declined"],
        waiting=waiting,
        amount=lots["amount"] or ZERO,
        groups=groups,
        runs=_by_day(runs),
    )


def _by_day(runs: QuerySet[RoundRun]) -> list[dict[str, Any]]:
    """Grants and EUR of each day on which there were some, newest first."""
    days: dict[date, dict[str, Any]] = {}
    for at, granted, amount in runs.values_list("at__date", "granted", "amount"):
        day = days.setdefault(at, {"day": at, "granted": 0, "amount": ZERO})
        day["granted"] += granted
        day["amount"] += amount
    return list(days.values())


def _groups(this: AllocationRound) -> list[Group]:
    """Each group of the order with its counts; one group where everybody is equal."""
    criteria = priority_groups(this).items
    words = term_names() if criteria else {}
    titles = [need(criterion, words) for criterion in criteria]
    lot = _lots(round=this, account=OuterRef("account"))
    ranks = RoundRank.objects.filter(round=this).annotate(served=Exists(lot))
    rows = {
        row["priority"]: row
        for row in ranks.values("priority").annotate(
            asked=Count("pk"),
            got=Count("pk", filter=Q(served=True)),
            until=Max("asked_at", filter=Q(served=True)),
        )
    }
    waits = dict(
        _waiting(this).values_list("priority").annotate(n=Count("pk")).values_list("priority", "n")
    )
    groups = []
    for number in range(len(titles) + 1):
        row = rows.get(number)
        name = titles[number] if number < len(titles) else ""
        few = row is None or row["asked"] < FEWEST
        groups.append(
            Group(
                name=name,
                asked=None if few or row is None else row["asked"],
                served=None if few or row is None else row["got"],
                waiting=None if few else waits.get(number, 0),
                served_until=None if few or row is None else row["until"],
            )
        )
    return groups
