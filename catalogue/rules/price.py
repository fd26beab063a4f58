"""Price watch (CAT-16, L3145–3168): is a price unlike others, and does it follow the grant?

It never forbids a price. What it finds asks the provider for a reason, which the reviewer reads.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

# What makes the median absolute deviation comparable with a standard deviation.
SCALE = Decimal("1.4826")
FOUR = Decimal("0.0001")


class PriceFlag(StrEnum):
    """Why a price asks for a reason."""

    ABOVE_TYPE = "above_type"
    ABOVE_OWN = "above_own"
    FOLLOWS_GRANT = "follows_grant"


@dataclass(frozen=True)
class PriceLimits:
    """From where on a reason is asked; assumptions, kept as data (`OfferRules`).

    `spread`: how many scaled MADs above the median. `least_spread`: the least such step, as a
    share of the median, so that a type in which all cost the same does not flag every cent.
    `rise`: how much dearer than the provider's own earlier price, as a share. `least_compared`:
    with fewer programmes of the type there is no median to speak of. `grants`: amounts in EUR
    that people get; `tolerance`: how near below one a price lies to follow it, as a share.
    """

    spread: Decimal = Decimal("3")
    least_spread: Decimal = Decimal("0.1")
    rise: Decimal = Decimal("0.15")
    least_compared: int = 5
    grants: tuple[Decimal, ...] = (Decimal("500.00"), Decimal("1000.00"))
    tolerance: Decimal = Decimal("0.02")


@dataclass(frozen=True)
class Market:
    """What one academic hour costs in other programmes of the type: number, EUR, EUR."""

    count: int
    median: Decimal
    mad: Decimal


@dataclass(frozen=True)
class PriceFinding:
    """One price looked at. All but `price` and `grant` are EUR for one academic hour."""

    price: Decimal
    per_hour: Decimal
    median: Decimal | None = None
    limit: Decimal | None = None
    earlier: Decimal | None = None
    grant: Decimal | None = None
    compared: int = 0
    flags: tuple[PriceFlag, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As it is frozen on a submission."""
        amounts = ("price", "per_hour", "median", "limit", "earlier", "grant")
        found = {name: getattr(self, name) for name in amounts}
        return {
            **{name: None if value is None else str(value) for name, value in found.items()},
            "compared": self.compared,
            "flags": [flag.value for flag in self.flags],
        }

    @classmethod
    def read(cls, data: dict[str, Any]) -> PriceFinding:
        """The other way round."""
        amounts = ("price", "per_hour", "median", "limit", "earlier", "grant")
        values: dict[str, Any] = {
            name: None if data[name] is None else Decimal(data[name]) for name in amounts
        }
        return cls(
            **values,
            compared=data["compared"],
            flags=tuple(PriceFlag(flag) for flag in data["flags"]),
        )


def per_hour(price: Decimal, hours: int) -> Decimal:
    """EUR for one academic hour, to four places: it is compared, never paid."""
    return (price / hours).quantize(FOUR)


def watch_price(
    *,
    price: Decimal,
    hours: int,
    market: Market | None,
    earlier: Decimal | None,
    limits: PriceLimits,
) -> PriceFinding:
    """Look at the `price` (EUR) of a supported programme of so many academic hours (CAT-16).

    `market` leaves the programme itself out; `earlier` is the provider's own price of the hour in
    the version before. A price just below a grant follows it, unless it is no dearer than what
    there is to compare it with.
    """
    each = per_hour(price, hours)
    if market is not None and market.count < limits.least_compared:
        market = None
    limit = None
    flags = []
    if market is not None:
        step = max(market.mad * SCALE, market.median * limits.least_spread)
        limit = (market.median + limits.spread * step).quantize(FOUR)
        if each > limit:
            flags.append(PriceFlag.ABOVE_TYPE)
    if earlier is not None and each > earlier * (1 + limits.rise):
        flags.append(PriceFlag.ABOVE_OWN)
    near = [g for g in limits.grants if g * (1 - limits.tolerance) <= price <= g]
    usual = [known for known in (market.median if market else None, earlier) if known is not None]
    grant = near[0] if near and (not usual or any(each > known for known in usual)) else None
    if grant is not None:
        flags.append(PriceFlag.FOLLOWS_GRANT)
    return PriceFinding(
        price=price,
        per_hour=each,
        median=market.median if market else None,
        limit=limit,
        earlier=earlier,
        grant=grant,
        compared=market.count if market else 0,
        flags=tuple(flags),
    )
