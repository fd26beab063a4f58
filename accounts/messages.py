"""The letter that invites somebody to work for an organisation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Invitation
from accounts.services.invitations import DAYS, KIND, token_of
from stars.notifications import kinds


def in_words(batch: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any] | None]:
    """Organisations, roles and links of the invitations in `batch`: one query."""
    keys = [params["invitation_id"] for params in batch]
    known = {
        str(row.pk): row
        for row in Invitation.objects.filter(pk__in=keys, withdrawn_at__isnull=True).select_related(
            "organisation"
        )
    }
    found: list[Mapping[str, Any] | None] = []
    for params in batch:
        row = known.get(str(params["invitation_id"]))
        if row is None:
            found.append(None)
            continue
        found.append(
            {
                "organisation": row.organisation.name,
                "role": str(row.get_role_display()),
                "days": DAYS,
                "token": token_of(row.pk),
            }
        )
    return found


def register() -> None:
    """Make the kind known; called once when the app is ready."""
    kinds.register(
        KIND,
        subject=_("An invitation to work in STARS"),
        title=_("%(organisation)s invites you to its workspace in STARS"),
        text=_(
            "Your role: %(role)s. Choose a password and set up the second factor."
            " The link is good for %(days)s days."
        ),
        action=_("Accept the invitation"),
        url_name="staff_invitation",
        url_kwargs=("token",),
        resolver=in_words,
    )
