"""Who works in the demo and how they sign in.

Passwords and second factors are derived from the secret key, which in development is known to
everybody anyway: the same at every loading, and kept nowhere. Production has no demo.
"""

from __future__ import annotations

import json
from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils.crypto import salted_hmac

from accounts.enums import Role
from accounts.models import Organisation, User
from accounts.services.staff import add_membership, create_staff, set_second_factor
from catalogue.models import Provider
from stars.common.dates import riga_date
from stars.common.permissions import SYSTEM
from stars.demo.offer.data import load

AUTHENTICATOR = "authenticator.json"  # read by the sandbox's page /authenticator


class NoDemoHere(Exception):
    """These settings do not allow a demo."""


@dataclass(frozen=True)
class Staff:
    """A line of staff.yaml with the secrets to sign in."""

    key: str
    email: str
    organisation: str
    role: str
    about: str
    password: str
    secret: str


def refuse_without_demo() -> None:
    """Raises `NoDemoHere` unless the settings are those of a demo."""
    if not settings.DEMO:
        raise NoDemoHere("There is no demo here: the settings say DEMO = False.")


def everybody() -> list[Staff]:
    """Who works in the demo, with their secrets. Raises `NoDemoHere`."""
    refuse_without_demo()
    return [
        Staff(**entry, password=_password(entry["email"]), secret=_secret(entry["email"]))
        for entry in load("staff")["staff"]
    ]


def hire(*, since: datetime) -> dict[str, User]:
    """Make users, second factors and memberships that hold since `since`; users by key."""
    users = {}
    for entry in everybody():
        user = create_staff(email=entry.email, password=entry.password, actor=SYSTEM, at=since)
        set_second_factor(user_id=user.pk, secret=entry.secret, actor=SYSTEM, at=since)
        add_membership(
            user_id=user.pk,
            organisation_id=_organisation(entry.organisation).pk,
            role=Role(entry.role),
            valid_from=riga_date(since),
            actor=SYSTEM,
            at=since,
        )
        # Read anew: this object has asked for its roles before it had any.
        users[entry.key] = User.objects.get(pk=user.pk)
    return users


def by_key() -> dict[str, User]:
    """The demo's staff as they are now, by key."""
    users = User.objects.in_bulk([e["email"] for e in load("staff")["staff"]], field_name="email")
    return {e["key"]: users[e["email"]] for e in load("staff")["staff"] if e["email"] in users}


def are_here() -> bool:
    """Whether the demo's staff exist: it was loaded before."""
    return User.objects.filter(email__in=[e["email"] for e in load("staff")["staff"]]).exists()


def write_authenticator(folder: Path) -> Path:
    """Tell the sandbox the second factors, so that its page shows the codes; returns the file."""
    rows = [{"label": entry.email, "secret": entry.secret} for entry in everybody()]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / AUTHENTICATOR
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    draft.replace(path)
    return path


def _organisation(code: str) -> Organisation:
    owners = {owner["code"]: owner["name"]["lv"] for owner in load("sources")["owners"]}
    if code in owners:
        return Organisation.objects.get(name=owners[code])
    return Provider.objects.select_related("organisation").get(slug=code).organisation


def _derived(what: str, email: str) -> str:
    digest = salted_hmac(f"stars.demo.{what}", email, algorithm="sha256").digest()
    return b32encode(digest[:20]).decode()


def _password(email: str) -> str:
    """Sixteen letters and digits in groups of four: eighty bits that can be typed."""
    text = _derived("password", email).lower()
    return "-".join(text[place : place + 4] for place in range(0, 16, 4))


def _secret(email: str) -> str:
    return _derived("second-factor", email)
