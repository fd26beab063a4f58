"""Codes of an authenticator app (RFC 6238: HMAC-SHA-1, six digits, thirty seconds)."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from dataclasses import dataclass
from pathlib import Path

PERIOD = 30
DIGITS = 6


class BadAuthenticatorFile(Exception):
    """``authenticator.json`` cannot be used; the message says why."""


@dataclass(frozen=True)
class Account:
    """One line of the authenticator: whose code it is and the shared secret (bytes)."""

    label: str
    secret: bytes


def totp(secret: bytes, at: float) -> str:
    """Return the six digits that ``secret`` gives at ``at`` (seconds since 1970)."""
    digest = hmac.digest(secret, int(at // PERIOD).to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def seconds_left(at: float) -> int:
    """Return how many whole seconds the code shown at ``at`` is still good for (1 to 30)."""
    return PERIOD - int(at) % PERIOD


def read_accounts(path: Path) -> list[Account]:
    """Read ``[{"label": …, "secret": base32}, …]``; a missing file is an empty list.

    Raises BadAuthenticatorFile if the file is there but cannot be used.
    """
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as error:
        raise BadAuthenticatorFile(f"{path}: {error}") from error
    try:
        return [Account(str(row["label"]), _decode(row["secret"])) for row in rows]
    except (TypeError, KeyError, AttributeError, binascii.Error) as error:
        message = f"{path}: a list of objects with label and a base32 secret is expected"
        raise BadAuthenticatorFile(message) from error


def _decode(secret: str) -> bytes:
    text = secret.replace(" ", "").upper()
    return base64.b32decode(text + "=" * (-len(text) % 8))
