"""How often somebody may do something; for buttons that cost us work, not for money."""

from __future__ import annotations

from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from stars.common.errors import DomainError


class TooMany(DomainError):
    """More often than anybody does by hand."""

    status = 429
    code = "too_many"

    def __init__(self) -> None:
        super().__init__(_("That was very often. Wait a little and try again."))


def at_most(times: int, *, seconds: int, action: str, who: object) -> None:
    """Count one more `action` of `who` (a key that says nothing, such as a user's id).

    Raises `TooMany` where there were more than `times` since the first of the last `seconds`.
    """
    key = f"limit:{action}:{who}"
    # One command each, so that two requests at once are two.
    if not cache.add(key, 1, seconds):
        try:
            if cache.incr(key) > times:
                raise TooMany()
        except ValueError:  # it ran out in between
            cache.add(key, 1, seconds)
