"""The signed link of the letter about held money; it names a commitment and no person."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.core import signing
from django.utils.crypto import salted_hmac

from enrolments.exceptions import LinkWrong
from stars.common.limits import at_most

# Assumption: long enough for somebody who is away to come back to their mailbox.
LINK_DAYS = 30
MOST_PER_HOUR = 10  # presses of the button from one network address
_SALT = "enrolments.not_me"


def token_of(commitment_id: UUID) -> str:
    """What the link ends with; good for `LINK_DAYS` days from now."""
    return signing.dumps(str(commitment_id), salt=_SALT)


def read(token: str) -> UUID:
    """The commitment that the link names. Raises `LinkWrong` where it was changed or is too old."""
    try:
        return UUID(signing.loads(token, salt=_SALT, max_age=timedelta(days=LINK_DAYS)))
    except (signing.BadSignature, ValueError, TypeError, AttributeError) as error:
        raise LinkWrong() from error


def limit(*, network_address: str) -> None:
    """Raise `limits.TooMany` at the eleventh press from a network address within an hour.

    What is counted under is a keyed hash; the address itself is kept nowhere.
    """
    who = salted_hmac(_SALT, network_address, algorithm="sha256").hexdigest()
    at_most(MOST_PER_HOUR, seconds=3600, action="not_me", who=who[:32])
