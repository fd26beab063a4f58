"""What an employer's promise pays of one own part: pure, no ORM and no clock (FUN-9, L3286)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from stars.common.money import ZERO, share_of


@dataclass(frozen=True)
class Promised:
    """One pledge as it stands for one person. Amounts in EUR, None where there is no limit."""

    key: UUID
    employer: str
    # Of the own part, 0-1.
    share: Decimal
    left_for_person: Decimal | None = None
    left_in_all: Decimal | None = None


@dataclass(frozen=True)
class EmployerPart:
    """Which promise pays how many EUR of an own part."""

    amount: Decimal
    pledge_id: UUID
    employer: str


def part_of(promise: Promised, own_part: Decimal) -> Decimal:
    """EUR of `own_part` (EUR) under one promise: its share, within both limits."""
    part, _rest = share_of(own_part, promise.share)
    limits = (own_part, promise.left_for_person, promise.left_in_all)
    return max(ZERO, min([part, *(limit for limit in limits if limit is not None)]))


def employer_part(own_part: Decimal, promises: Iterable[Promised]) -> EmployerPart | None:
    """The promise that pays most of `own_part` (EUR); only one is used. None where none pays."""
    best: EmployerPart | None = None
    for promise in sorted(promises, key=lambda p: str(p.key)):
        amount = part_of(promise, own_part)
        if amount > (best.amount if best else ZERO):
            best = EmployerPart(amount, promise.key, promise.employer)
    return best
