"""Personal codes: written one way, stored encrypted, found again by a keyed hash (NFR-5)."""

from __future__ import annotations

import hmac
import re

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts import crypto
from stars.common.errors import Invalid

DIGITS = 11
_PURPOSE = "personal code"
# What people put between the digits: nothing, a hyphen of any kind, spaces.
_BETWEEN = re.compile(r"[\s\u2010-\u2015-]")


def normalise(text: str) -> str:
    """`text` as DDDDDD-DDDDD. Raises `Invalid` (field "personal_code") unless it is 11 digits.

    Only the shape is checked: codes issued since 2017 begin with 32 and carry neither birth date
    nor check digit, so nothing more can be known here (reading 4.9).
    """
    digits = _BETWEEN.sub("", text)
    if not digits:
        raise Invalid(_("Write your personal code."), code="code", field="personal_code")
    # isdecimal alone would let other scripts' digits pass.
    if not (digits.isascii() and digits.isdecimal()):
        raise Invalid(
            _("A personal code has digits only, for example 000000-00000."),
            code="code",
            field="personal_code",
        )
    if len(digits) != DIGITS:
        message = ngettext_lazy(
            "The code has %(count)d digit. It needs 11.",
            "The code has %(count)d digits. It needs 11.",
            "count",
        )
        raise Invalid(message % {"count": len(digits)}, code="code", field="personal_code")
    return f"{digits[:6]}-{digits[6:]}"


def encrypt(code: str) -> bytes:
    """For `PersonCode.encrypted`; `code` as `normalise` gives it."""
    return crypto.seal(code, purpose=_PURPOSE)


def decrypt(encrypted: bytes | memoryview) -> str:
    """The code again, for asking a register; it is never shown on a page."""
    return crypto.unseal(bytes(encrypted), purpose=_PURPOSE)


def lookup(code: str) -> str:
    """For `PersonCode.lookup`: equal for equal codes, and of no use without the key."""
    key = settings.PERSONAL_CODE_HASH_KEY.encode()
    return hmac.digest(key, code.encode(), "sha256").hex()
