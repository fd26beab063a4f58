"""The enterprise register: who an organisation is, by its registration number (INT-2, PRO-2).

Asked over HTTP, so never inside a transaction. A register that does not answer blocks nobody for
good: whoever asks takes "unknown" and goes on.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

import structlog
from django.conf import settings

log = structlog.get_logger(__name__)

SECONDS = 5  # nobody waits longer for a page
LONGEST = 20_000  # bytes of one answer
ACTIVE = "active"


@dataclass(frozen=True)
class Enterprise:
    """What the register says about one organisation. `status` is its own word."""

    registration_number: str
    name: str
    status: str
    registered_on: date
    insolvency: bool
    tax_debt: bool


@dataclass(frozen=True)
class Answer:
    """One look-up at the moment `at`: no answer at all, nobody of that number, or an enterprise."""

    at: datetime
    answered: bool
    enterprise: Enterprise | None = None


def ask(*, registration_number: str, purpose: str, at: datetime) -> Answer:
    """Ask about an organisation; `purpose` is a code word that the register keeps.

    Never raises: whatever goes wrong (no address, no network, a wrong key, nonsense) is an answer
    that was not given, and is logged without the number.
    """
    address = settings.ENTERPRISE_REGISTER_URL
    if not address.startswith(("https://", "http://")):
        return Answer(at, answered=False)
    request = Request(  # noqa: S310 -- the scheme is checked above
        f"{address.rstrip('/')}/{quote(registration_number, safe='')}",
        headers={
            "Authorization": f"Bearer {settings.ENTERPRISE_REGISTER_KEY}",
            "Accept": "application/json",
            "X-Purpose": purpose,
        },
    )
    try:
        with urlopen(request, timeout=SECONDS) as response:  # noqa: S310 -- likewise
            found = _read(json.loads(response.read(LONGEST)))
    except HTTPError as error:
        error.close()
        if error.code == HTTPStatus.NOT_FOUND:
            return Answer(at, answered=True)
        log.warning("enterprise_register_refused", status=error.code)
        return Answer(at, answered=False)
    except (URLError, OSError, ValueError, KeyError, TypeError) as error:
        log.warning("enterprise_register_silent", error=type(error).__name__)
        return Answer(at, answered=False)
    return Answer(at, answered=True, enterprise=found)


def _read(row: Any) -> Enterprise:
    """Raises KeyError, TypeError or ValueError where the answer is not what was agreed."""
    flags = row["insolvency"], row["tax_debt"]
    if not all(isinstance(flag, bool) for flag in flags):
        raise TypeError("A flag of the register is neither true nor false.")
    return Enterprise(
        registration_number=str(row["registration_number"]),
        name=str(row["name"])[:200],
        status=str(row["status"])[:40],
        registered_on=date.fromisoformat(row["registered_on"]),
        insolvency=flags[0],
        tax_debt=flags[1],
    )
