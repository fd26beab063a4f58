"""Time that passes: many lives at once, each told when its moment has come."""

from __future__ import annotations

import heapq
from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

# A life yields the moment of its next step and is resumed when the clock has come there.
Life = Generator[datetime, None, Any]


@dataclass
class Clock:
    """Resumes lives in the order of their moments, until `until`; what lies later never happens."""

    until: datetime
    _waiting: list[tuple[datetime, int, Life]] = field(default_factory=list)
    _numbers: count[int] = field(default_factory=count)

    def live(self, life: Life) -> None:
        """Take a life in, up to its first moment."""
        moment = next(life, None)
        if moment is not None:
            heapq.heappush(self._waiting, (moment, next(self._numbers), life))

    def run(self) -> int:
        """Let the time pass; returns how many steps were taken."""
        steps = 0
        while self._waiting and self._waiting[0][0] <= self.until:
            _moment, _number, life = heapq.heappop(self._waiting)
            self.live(life)
            steps += 1
        return steps
