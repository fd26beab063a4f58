"""Personal codes that nobody can have.

A real Latvian personal code begins either with a day of birth, 01 to 31 (issued until
30.06.2017), or with 32 to 39 followed by random digits (since 01.07.2017; the random codes carry
no check digit, so a "wrong" check digit would not make one impossible). Registration numbers of
companies, which share the eleven digits, begin with 4, 5 or 9. Nothing begins with 00, and by
law nothing will: that is the whole rule.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Container

SANDBOX_PREFIX = "00"
_SHAPE = re.compile(r"([0-9]{6})-?([0-9]{5})")


def normalise(text: str) -> str | None:
    """Return ``text`` as ``DDDDDD-DDDDD``, or None if it is not eleven digits.

    Spaces are ignored and the hyphen is optional, as on paper.
    """
    match = _SHAPE.fullmatch("".join(text.split()))
    return f"{match[1]}-{match[2]}" if match else None


def is_sandbox_code(text: str) -> bool:
    """Tell whether ``text`` has the shape of a personal code and cannot be anybody's."""
    code = normalise(text)
    return code is not None and code.startswith(SANDBOX_PREFIX)


def new_code(taken: Container[str]) -> str:
    """Return a random sandbox code that is not in ``taken`` (normalised codes)."""
    while True:
        code = f"{SANDBOX_PREFIX}{secrets.randbelow(10**4):04}-{secrets.randbelow(10**5):05}"
        if code not in taken:
            return code
