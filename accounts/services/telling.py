"""Telling a person something, in the account and by e-mail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.models import Person
from stars.notifications.services import notify


def tell_person(
    *, person: Person, kind: str, params: Mapping[str, Any], key: str, at: datetime
) -> bool:
    """Write a message of `kind` to the person, in their language; once for each `key`.

    Needs `person.user` loaded. False where it was said before, and where nobody can read it: the
    person never signed in, or has died.
    """
    if person.user is None or person.deceased:
        return False
    return notify(
        kind=kind,
        user_id=person.user.pk,
        language=person.user.language,
        address=person.email,
        params=params,
        dedupe_key=key,
        at=at,
    )
