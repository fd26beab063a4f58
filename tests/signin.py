"""Signing in for tests of pages that are not about signing in.

The sessions are those that the real ways of signing in leave behind; tests/accounts walks these.
"""

from __future__ import annotations

import time
from datetime import datetime

from django.test import Client

from accounts.models import Person, User
from accounts.services import staff
from stars.common.dates import now
from stars.common.permissions import SYSTEM

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def as_resident(client: Client, person: Person) -> None:
    """The session of somebody who came with Latvija.lv."""
    assert person.user is not None
    client.force_login(person.user)
    _record(client, person.user, "socialaccount")


def as_staff(client: Client, user: User, *, at: datetime | None = None) -> None:
    """The session of somebody who came with password and second factor."""
    staff.set_second_factor(user_id=user.pk, secret=SECRET, actor=SYSTEM, at=at or now())
    client.force_login(user)
    _record(client, user, "password", "mfa")


def _record(client: Client, user: User, *methods: str) -> None:
    session = client.session
    session["account_authentication_methods"] = [
        {"method": method, "at": time.time()} for method in methods
    ]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
