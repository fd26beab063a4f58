"""How often a key may ask: so many requests in a minute, told in every answer (INT-5)."""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache

SECONDS = 60


@dataclass(frozen=True)
class Allowance:
    """What is left of a key's minute."""

    limit: int
    used: int
    reset: int  # seconds until the next minute of the key

    @property
    def spent(self) -> bool:
        """This request is one too many."""
        return self.used > self.limit

    def headers(self) -> dict[str, str]:
        """As in the draft of the IETF for RateLimit headers."""
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(max(0, self.limit - self.used)),
            "RateLimit-Reset": str(self.reset),
        }


def count(who: object) -> Allowance:
    """Count one request of `who` (a key of ours) in the present minute."""
    moment = time.time()
    window = int(moment // SECONDS)
    name = f"api:{who}:{window}"
    # One command each, so that two requests at once are two.
    cache.add(name, 0, 2 * SECONDS)
    try:
        used = cache.incr(name)
    except ValueError:  # the cache was emptied in between
        used = 1
    reset = SECONDS - int(moment - window * SECONDS)
    return Allowance(settings.API_REQUESTS_PER_MINUTE, used, reset)
