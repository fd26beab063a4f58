"""Time that passes: many lives at once, each told when its moment has come."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count
from typing import Any

from stars.common.dates import riga_date

# A life yields the moment of its next step and is resumed when the clock has come there.
Life = Generator[datetime, None, Any]


@dataclass
class Clock:
    """Resumes lives in the order of their moments, until `until`; what lies later never happens.

    Before the first step of a day `morning` hears which day it is: the daily tasks run then.
    """

    until: datetime
    morning: Callable[[date], None]
    _waiting: list[tuple[datetime, int, Life]] = field(default_factory=list)
    _numbers: count[int] = field(default_factory=count)
    _day: date | None = None

    def live(self, life: Life) -> None:
        """Take a life in; its first moment is asked for at once."""
        self._wait(life)

    def run(self) -> int:
        """Let the time pass; returns how many steps were taken."""
        steps = 0
        while self._waiting and self._waiting[0][0] <= self.until:
            moment, _number, life = heapq.heappop(self._waiting)
            if riga_date(moment) != self._day:
                self._day = riga_date(moment)
                self.morning(self._day)
            self._wait(life)
            steps += 1
        return steps

    def _wait(self, life: Life) -> None:
        moment = next(life, None)
        if moment is not None:
            heapq.heappush(self._waiting, (moment, next(self._numbers), life))
