"""Who may open a learning account (ILA-1, L751)."""

from __future__ import annotations

from datetime import date

from stars.common.dates import age_on

MINIMUM_AGE = 16


def old_enough(born: date, on: date) -> bool:
    """At least 16 full years old on the day `on`."""
    return age_on(born, on) >= MINIMUM_AGE
