"""What a person hears about monthly aid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.services.telling import tell_person
from funding.models import AidRequest
from stars.notifications import kinds

# code → (subject, title, text)
_KINDS = {
    "aid_approved": (
        _("Your request for monthly support was approved"),
        _("Approved: %(kind)s for “%(title)s”"),
        _("Each month with enough hours attended counts. We pay it the month after."),
    ),
    "aid_refused": (
        _("Your request for monthly support was refused"),
        _("Refused: %(kind)s for “%(title)s”"),
        _("Read the reason on the page of the training."),
    ),
    "aid_paid": (
        _("Your monthly support was paid"),
        _("Paid: %(kind)s for “%(title)s”"),
        _("The bank has sent it to your account."),
    ),
    "aid_came_back": (
        _("Your money came back to us"),
        _("Came back to us: %(kind)s for “%(title)s”"),
        _("The bank could not pay it. If your account number is not right, write to us."),
    ),
}


def tell(code: str, request: AidRequest, at: datetime, *, key: str = "") -> None:
    """Write one message to the person; `key` tells months apart."""
    tell_person(
        person=request.commitment.account.person,
        kind=code,
        params={"request_id": str(request.pk), "commitment_id": str(request.commitment_id)},
        key=f"{code}:{key or request.pk}",
        at=at,
    )


def in_words(batch: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any] | None]:
    """Kinds of aid and titles of trainings in the reader's language: one query."""
    rows = AidRequest.objects.filter(pk__in=[params["request_id"] for params in batch])
    known = {str(row.pk): row for row in rows.select_related("commitment__offer__version")}
    return [_words(known.get(params["request_id"]), params) for params in batch]


def _words(row: AidRequest | None, params: Mapping[str, Any]) -> Mapping[str, Any] | None:
    if row is None:
        return None
    return {
        "kind": str(row.get_kind_display()),
        "title": row.commitment.title,
        "commitment_id": params["commitment_id"],
    }


def register() -> None:
    """Make the kinds known; called once when the app is ready."""
    for code, (subject, title, text) in _KINDS.items():
        kinds.register(
            code,
            subject=subject,
            title=title,
            text=text,
            action=_("See your monthly support"),
            url_name="funding:aid",
            url_kwargs=("commitment_id",),
            resolver=in_words,
        )
