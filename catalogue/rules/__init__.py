"""Rules of the offer: pure functions over plain values, no ORM and no clock."""

from catalogue.rules.price import (
    Market,
    PriceFinding,
    PriceFlag,
    PriceLimits,
    per_hour,
    watch_price,
)
from catalogue.rules.review import (
    REQUIRED,
    CallTerms,
    check_call,
    missing,
    sources_to_admit,
    temporary_room,
)
from catalogue.rules.timetable import Plan, Weekly
from catalogue.rules.timing import (
    Block,
    HourRule,
    check_group,
    check_hours,
    check_timetable,
    is_after_work,
    weekdays_of,
)

__all__ = [
    "REQUIRED",
    "Block",
    "CallTerms",
    "HourRule",
    "Market",
    "Plan",
    "PriceFinding",
    "PriceFlag",
    "PriceLimits",
    "Weekly",
    "check_call",
    "check_group",
    "check_hours",
    "check_timetable",
    "is_after_work",
    "missing",
    "per_hour",
    "sources_to_admit",
    "temporary_room",
    "watch_price",
    "weekdays_of",
]
