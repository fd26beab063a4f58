"""Making and ending keys, and finding the one that somebody shows (PRO-10, INT-5)."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.enums import OrganisationKind
from accounts.models import Organisation
from stars.api.models import ApiKey
from stars.api.scopes import Scope
from stars.audit import services as audit
from stars.common.dates import add_months, riga_date
from stars.common.errors import Conflict, Invalid
from stars.common.permissions import require
from stars.common.transactions import service

PREFIX = "stars_"
SHOWN_LETTERS = 12
# 256 bits: nobody guesses one, so a plain hash is enough to find and to prove it.
SECRET_BYTES = 32
NAME_LETTERS = 80
# Assumptions (docs/assumptions.md): a key that nobody renews for a year is forgotten somewhere.
MOST_MONTHS = 12
MOST_KEYS = 20


@dataclass(frozen=True)
class NewKey:
    """A key just made; `secret` is nowhere else and cannot be shown again."""

    row: ApiKey
    secret: str


@service
def make_key(
    *,
    organisation_id: UUID,
    name: str,
    scopes: Collection[str],
    expires_on: date,
    actor: Any,
    at: datetime,
) -> NewKey:
    """A key of a provider's own; its administrators.

    `expires_on` is its last day in Riga, at most twelve months ahead. Raises `Invalid` naming the
    field (name, scopes, expires_on), `Conflict` where there are too many keys.
    """
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)
    require(actor, "api.make_key", organisation)
    if organisation.kind != OrganisationKind.PROVIDER:
        raise Invalid(_("Only providers have keys."), code="kind")
    name = _checked_name(name)
    if not scopes or not set(scopes) <= set(Scope.values):
        raise Invalid(_("Choose what the key may do."), code="scopes", field="scopes")
    today = riga_date(at)
    if not today < expires_on <= add_months(today, MOST_MONTHS):
        raise Invalid(_("A key holds for a year at most."), code="expires_on", field="expires_on")
    living = ApiKey.objects.filter(organisation=organisation, revoked_at__isnull=True)
    if living.filter(name=name).exists():
        raise Invalid(
            _("You have a key with this name. Revoke it or choose another name."),
            code="name",
            field="name",
        )
    if living.count() >= MOST_KEYS:
        raise Conflict(_("You have very many keys. Revoke those that are not used."), code="many")
    secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    row = ApiKey.objects.create(
        organisation=organisation,
        name=name,
        prefix=secret[:SHOWN_LETTERS],
        key_hash=hash_of(secret),
        scopes=sorted(scopes),
        made_by=actor,
        made_at=at,
        expires_on=expires_on,
    )
    _log("api_key_made", row, actor, at, scopes=(None, ", ".join(row.scopes)))
    return NewKey(row, secret)


@service
def revoke_key(*, key_id: UUID, actor: Any, at: datetime) -> ApiKey:
    """End a key at once; the provider's administrators, or the agency's. Twice changes nothing."""
    row = (
        ApiKey.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organisation")
        .get(pk=key_id)
    )
    require(actor, "api.revoke_key", row)
    if row.revoked_at is None:
        row.revoked_at, row.revoked_by = at, actor
        row.save(update_fields=["revoked_at", "revoked_by"])
        _log("api_key_revoked", row, actor, at)
    return row


def hash_of(secret: str) -> str:
    """What is kept of a key."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def find(secret: str) -> ApiKey | None:
    """The key with organisation, provider and whoever made it; None for any other text: one query.

    Whether it still holds is for the caller to ask (`holds`).
    """
    rows = ApiKey.objects.select_related("organisation__provider", "made_by")
    return rows.filter(key_hash=hash_of(secret)).first()


def holds(row: ApiKey, on: date) -> bool:
    """Whether the key opens anything on a day (Riga): not revoked, not past its last day."""
    return row.revoked_at is None and on <= row.expires_on


def mark_used(row: ApiKey, on: date) -> None:
    """Remember the day of the last use; one write a day for each key."""
    if row.last_used_on != on:
        ApiKey.objects.filter(pk=row.pk).update(last_used_on=on)
        row.last_used_on = on


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise Invalid(_("Fill this in."), code="missing", field="name")
    if len(name) > NAME_LETTERS or "\x00" in name:
        raise Invalid(_("This text is too long."), code="too_long", field="name")
    return name


def _log(action: str, row: ApiKey, actor: Any, at: datetime, **changes: Any) -> None:
    audit.record(
        actor=actor,
        action=action,
        object_type="api.apikey",
        object_id=row.pk,
        changes={"name": (None, row.name), **changes} if action == "api_key_made" else {},
        at=at,
    )
