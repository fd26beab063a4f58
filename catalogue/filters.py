"""What a visitor may ask of the list, and what it costs them: plain data, no ORM."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

# Offered as "starts within … weeks", with counts.
STARTS_WITHIN = (2, 6)
# Longest programme of a bucket, academic hours; the last one has no end.
DURATIONS = (40, 100, 240)
LONGER = "more"
# Offered as "up to … EUR of one's own"; 0 is free.
OWN_PRICES = (0, 100, 300)
# DigComp 2.2: the levels of each band, from and to.
BANDS = {"basic": (1, 2), "intermediate": (3, 4), "advanced": (5, 6), "expert": (7, 8)}
WEEKDAYS = (1, 2, 3, 4, 5, 6, 7)


@dataclass(frozen=True)
class Filters:
    """What a visitor chose; empty means everything. By codes, providers by slug.

    Several values of one filter mean any of them; several filters mean all of them.
    `durations` are the ends of DURATIONS as text or LONGER, `weekdays` 1 (Monday) to 7.
    """

    modes: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    durations: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    qualifications: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    bands: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    entries: tuple[str, ...] = ()
    weekdays: tuple[int, ...] = ()
    after_work: bool = False
    # The person's own part at most, EUR.
    own_price: int | None = None
    starts_within_weeks: int | None = None
    # First days of the group, inclusive.
    starts_from: date | None = None
    starts_until: date | None = None
    free_places: bool = False

    def __bool__(self) -> bool:
        return self != Filters()


@dataclass(frozen=True)
class PriceRule:
    """What a source pays for a type of programme: a share of the price (0–1), at most `cap` EUR."""

    source_id: UUID
    type_id: UUID
    cap: Decimal | None = None
    share: Decimal | None = None


@dataclass(frozen=True)
class PriceTable:
    """What support one person can use, from above (funding); without it everybody pays the price.

    `alone` are programmes for which the person gets no support again.
    """

    rules: tuple[PriceRule, ...] = ()
    alone: tuple[UUID, ...] = ()


NO_SUPPORT = PriceTable()
