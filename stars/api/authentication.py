"""Who stands behind a request: a key, and the person in whose name it acts (docs/adr/0033)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.request import Request
from structlog.contextvars import bind_contextvars

from accounts.enums import Role
from accounts.selectors import active_roles, narrowed
from catalogue.models import Provider
from stars.api.errors import NoKey, Problem
from stars.api.models import ApiKey
from stars.api.services import keys
from stars.common.dates import now, riga_date

LONGEST = 200


@dataclass(frozen=True)
class Caller:
    """What everything below is told of who asks, for one request."""

    key: ApiKey
    provider: Provider
    # Whoever made the key, with the role of provider's staff in this organisation and no other.
    actor: Any
    at: datetime


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer stars_…`; sessions of browsers open nothing here."""

    def authenticate(self, request: Request) -> tuple[Any, Caller]:
        """The narrowed user and the caller. Raises `NoKey` (401) or `Problem` (403)."""
        scheme, _space, secret = get_authorization_header(request).partition(b" ")
        text = secret.strip().decode("latin-1")
        if scheme.lower() != b"bearer" or not text.startswith(keys.PREFIX) or len(text) > LONGEST:
            raise NoKey()
        at = now()
        row = keys.find(text)
        if row is None or not keys.holds(row, riga_date(at)):
            raise NoKey()
        bind_contextvars(api_key=str(row.pk))
        provider = getattr(row.organisation, "provider", None)
        actor = narrowed(row.made_by, row.organisation_id, Role.PROVIDER_USER)
        if provider is None or not active_roles(actor):
            raise Problem(
                _(
                    "Whoever made this key does not work for the organisation any more. Make a"
                    " new key."
                ),
                code="key_without_person",
                status_code=403,
            )
        keys.mark_used(row, riga_date(at))
        return actor, Caller(row, provider, actor, at)

    def authenticate_header(self, request: Request) -> str:
        """Makes 401 of what would be 403."""
        return 'Bearer realm="STARS"'
