"""Who may open a learning account (ILA-1, L751)."""

from __future__ import annotations

from datetime import date, timedelta

from stars.common.dates import add_months, age_on

MINIMUM_AGE = 16


def old_enough(born: date, on: date) -> bool:
    """At least 16 full years old on the day `on`."""
    return age_on(born, on) >= MINIMUM_AGE


def opens_on(born: date) -> date:
    """The first day on which the person may open an account."""
    birthday = add_months(born, 12 * MINIMUM_AGE)
    # Somebody born on 29 February is a year older on 1 March where there is no such day.
    return birthday if old_enough(born, birthday) else birthday + timedelta(days=1)
