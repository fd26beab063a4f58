"""Business time: every date is a date in Europe/Riga; services get `at` from their caller."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays
from dateutil.relativedelta import relativedelta
from django.utils import timezone

RIGA = ZoneInfo("Europe/Riga")


def now() -> datetime:
    """The present moment; only views, tasks and commands ask, and hand it down as `at`."""
    return timezone.now()


def riga_date(at: datetime) -> date:
    """The calendar day in Riga at the moment `at` (aware)."""
    return at.astimezone(RIGA).date()


def today() -> date:
    """Today in Riga; like `now`, for the edge of the system only."""
    return riga_date(now())


def start_of_day(day: date) -> datetime:
    """00:00 of `day` in Riga. Terms end exclusively at this moment (L2771)."""
    return datetime.combine(day, time.min, tzinfo=RIGA)


def add_months(day: date, months: int) -> date:
    """`day` moved by whole calendar months, cut to the month's last day.

    Counting always starts from the first due date, so that 31 August goes 28 February and back
    to 31 August without drift (reading 2.7, case 6).
    """
    return day + relativedelta(months=months)


def age_on(born: date, day: date) -> int:
    """Full years on `day`; a 29 February birthday is reached on 1 March in common years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def birthday(born: date, years: int) -> date:
    """The day on which somebody is `years` years old, as `age_on` counts."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


@lru_cache
def _holidays(language: str = "lv") -> holidays.HolidayBase:
    return holidays.country_holidays("LV", language="lv" if language == "lv" else "en_US")


def is_holiday(day: date) -> bool:
    """A public holiday of Latvia, the day off in its place included."""
    return day in _holidays()


def holiday_name(day: date, language: str) -> str:
    """What is celebrated on `day`, in "lv" or "en"; "" on any other day."""
    return str(_holidays(language).get(day) or "")


def is_working_day(day: date) -> bool:
    """Monday to Friday and no public holiday of Latvia."""
    return day.weekday() < 5 and day not in _holidays()


def add_working_days(day: date, days: int) -> date:
    """The working day that comes `days` working days after `day` (money-rules.md 17)."""
    while days > 0:
        day += timedelta(days=1)
        days -= is_working_day(day)
    return day


def months_before(day: date, months: int) -> date:
    """`day` moved back by whole calendar months."""
    return day - relativedelta(months=months)
