"""The price watch as a pure rule (CAT-16)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.rules import Market, PriceFinding, PriceFlag, PriceLimits, per_hour, watch_price

D = Decimal
LIMITS = PriceLimits()
TYPE, OWN, GRANT = PriceFlag.ABOVE_TYPE, PriceFlag.ABOVE_OWN, PriceFlag.FOLLOWS_GRANT
# Median 5 € an hour; the step is 1.4826 × 1, three of them from 9.4478 on.
USUAL = Market(20, D("5"), D("1"))
# Everybody costs the same: the step is a tenth of the median.
FLAT = Market(20, D("5"), D("0"))


@pytest.mark.parametrize(
    ("price", "hours", "market", "earlier", "flags"),
    [
        ("200.00", 40, None, None, ()),
        ("200.00", 40, USUAL, None, ()),
        ("377.91", 40, USUAL, None, ()),  # 9.4478 an hour: at the limit
        ("377.92", 40, USUAL, None, (TYPE,)),
        ("260.00", 40, FLAT, None, ()),  # 6.50: at the limit
        ("260.01", 40, FLAT, None, (TYPE,)),
        ("4000.00", 40, Market(4, D("5"), D("1")), None, ()),  # four make no median
        ("230.00", 40, None, D("5"), ()),  # 15 % dearer
        ("230.40", 40, None, D("5"), (OWN,)),
        ("100.00", 40, None, D("5"), ()),
        ("500.00", 100, None, None, (GRANT,)),  # nothing to compare it with
        ("490.00", 100, None, None, (GRANT,)),
        ("489.99", 100, None, None, ()),
        ("500.01", 100, None, None, ()),
        ("1000.00", 200, None, None, (GRANT,)),
        ("500.00", 100, USUAL, None, ()),  # as dear as the others
        ("500.00", 100, USUAL, D("4.9"), (GRANT,)),  # was cheaper before
        ("500.00", 80, USUAL, D("6.25"), (GRANT,)),
        ("495.00", 50, USUAL, D("5"), (TYPE, OWN, GRANT)),
        ("0.00", 50, USUAL, D("5"), ()),
    ],
)
def test_prices(
    price: str,
    hours: int,
    market: Market | None,
    earlier: Decimal | None,
    flags: tuple[PriceFlag, ...],
) -> None:
    found = watch_price(price=D(price), hours=hours, market=market, earlier=earlier, limits=LIMITS)
    assert found.flags == flags
    assert PriceFinding.read(found.as_json()) == found


PRICES = st.decimals("0.01", "9999.99", places=2)
EACH = st.decimals("0.0100", "99.9999", places=4)
HOURS = st.integers(1, 960)
MARKETS = st.none() | st.builds(Market, st.integers(1, 50), EACH, EACH)


@given(PRICES, PRICES, HOURS, MARKETS, st.none() | EACH)
def test_a_dearer_price_is_not_less_unusual(
    one: Decimal, other: Decimal, hours: int, market: Market | None, earlier: Decimal | None
) -> None:
    cheap, dear = (
        set(
            watch_price(
                price=price, hours=hours, market=market, earlier=earlier, limits=LIMITS
            ).flags
        )
        for price in sorted((one, other))
    )
    assert cheap - {GRANT} <= dear


@given(PRICES, HOURS, MARKETS, st.none() | EACH)
def test_what_is_found_can_be_checked_by_hand(
    price: Decimal, hours: int, market: Market | None, earlier: Decimal | None
) -> None:
    found = watch_price(price=price, hours=hours, market=market, earlier=earlier, limits=LIMITS)
    assert found.per_hour == per_hour(price, hours)
    assert (found.limit is None) == (market is None or market.count < 5)
    assert (TYPE in found.flags) == (found.limit is not None and found.per_hour > found.limit)
    if found.limit is not None and market is not None:
        assert found.limit >= (market.median * D("1.3")).quantize(D("0.0001"))
    if GRANT in found.flags:
        assert found.grant in LIMITS.grants
        assert found.grant - found.grant * D("0.02") <= price <= found.grant


@given(EACH, EACH, HOURS)
def test_no_dearer_than_everything_known_never_asks(
    median: Decimal, mad: Decimal, hours: int
) -> None:
    price = (median * hours).quantize(D("0.01"), rounding="ROUND_DOWN")
    market = Market(9, median, mad)
    found = watch_price(price=price, hours=hours, market=market, earlier=median, limits=LIMITS)
    assert found.flags == ()
