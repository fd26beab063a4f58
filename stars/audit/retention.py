"""How long things are kept: each term stands once, for the register and for the night that ends it.

An app names its terms in `TERMS` of its `privacy.py`, beside the fields that they are about;
docs/privacy-register.md lists them, and a test holds each against the schedule.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from importlib import import_module

from django.apps import apps
from django.utils.module_loading import module_has_submodule

from stars.common.dates import add_months


@dataclass(frozen=True)
class Term:
    """Something is kept for so long after something else, and then `goes`.

    `task` is the scheduled one that does it. `assumed`: no regulation gives the number; it is ours
    until the agency's lawyers confirm it.
    """

    code: str
    what: str
    after: str
    goes: str
    task: str
    years: int = 0
    months: int = 0
    days: int = 0
    assumed: bool = True

    def __str__(self) -> str:
        mark = " (A)" if self.assumed else ""
        return f"{self.length} after {self.after}{mark}"

    @property
    def length(self) -> str:
        """The number with its unit: "10 years"."""
        for number, unit in ((self.years, "year"), (self.months, "month"), (self.days, "day")):
            if number:
                return f"{number} {unit}{'s' if number != 1 else ''}"
        raise ValueError(f"The term {self.code} has no length.")

    def last_day(self, beginning: date) -> date:
        """The last day on which it is kept, where the term begins on the day `beginning`."""
        months = 12 * self.years + self.months
        return add_months(beginning, months) + timedelta(days=self.days)

    def ago(self, at: datetime) -> datetime:
        """What began before this moment is over at `at`; for terms in days only."""
        if self.years or self.months:
            raise ValueError(f"The term {self.code} is counted by the calendar.")
        return at - timedelta(days=self.days)


@cache
def terms() -> tuple[Term, ...]:
    """Every app's terms, in the order of the house. ValueError where two have one code."""
    found: list[Term] = []
    for app in apps.get_app_configs():
        if app.module and module_has_submodule(app.module, "privacy"):
            found += getattr(import_module(f"{app.name}.privacy"), "TERMS", ())
    codes = [term.code for term in found]
    if len(set(codes)) != len(codes):
        raise ValueError(f"Two terms have one code: {sorted(codes)}")
    return tuple(found)
