"""What a person hears about a claim; the amount is looked up when the message is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.services.telling import tell_person
from funding.models import Claim
from stars.common import formats
from stars.notifications import kinds

# code → (subject, title, text); %(name)s is what is paid back, %(amount)s how much.
_KINDS: dict[str, tuple[str | Promise, str | Promise, str | Promise]] = {
    "claim_received": (
        _("We have your claim"),
        _("We have your claim: %(name)s"),
        _("%(amount)s are set aside for you. We look at your papers and write to you."),
    ),
    "claim_waits": (
        _("Your claim waits for its turn"),
        _("Your claim waits for its turn: %(name)s"),
        _(
            "There is no money for it now. You keep your place: claims are served in the order in"
            " which they came."
        ),
    ),
    "claim_served": (
        _("It is your claim's turn"),
        _("It is your claim's turn: %(name)s"),
        _("%(amount)s are set aside for you. We look at your papers and write to you."),
    ),
    "claim_approved": (
        _("Your claim was approved"),
        _("Your claim was approved: %(name)s"),
        _("We send %(amount)s to your bank account."),
    ),
    "claim_less": (
        _("Your claim was approved for a smaller amount"),
        _("Your claim was approved for a smaller amount: %(name)s"),
        _("We send %(amount)s to your bank account. Read why it is less."),
    ),
    "claim_rejected": (
        _("Your claim was rejected"),
        _("Your claim was rejected: %(name)s"),
        _("Read the reason. If you do not agree, a person of the agency looks at it again."),
    ),
    "claim_reopened": (
        _("We look at your claim again"),
        _("We look at your claim again: %(name)s"),
        _("The earlier decision no longer holds. %(amount)s are set aside for you."),
    ),
    "claim_paid": (
        _("Your money was sent"),
        _("Your money was sent: %(name)s"),
        _("%(amount)s are on their way to your bank account."),
    ),
    "claim_came_back": (
        _("Your money came back to us"),
        _("Your money came back to us: %(name)s"),
        _("The bank could not pay %(amount)s. Check your account number. We will pay again."),
    ),
}


def in_words(batch: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any] | None]:
    """Names and amounts for the claims in `batch`: one query."""
    language = formats.language()
    keys = [params["claim_id"] for params in batch]
    rows = Claim.objects.filter(pk__in=keys).select_related("what", "commitment")
    known = {str(claim.pk): claim for claim in rows}
    return [_words(known.get(str(key)), language) for key in keys]


def _words(claim: Claim | None, language: str) -> dict[str, Any] | None:
    if claim is None or claim.what is None:
        return None
    held = claim.commitment
    return {
        "claim_id": claim.pk,
        "name": claim.what.name,
        "amount": formats.money(held.support, language) if held else "",
    }


def register() -> None:
    """Make the kinds known; called once when the app is ready."""
    for code, (subject, title, text) in _KINDS.items():
        kinds.register(
            code,
            subject=subject,
            title=title,
            text=text,
            action=_("See your claim"),
            url_name="funding:claim",
            url_kwargs=("claim_id",),
            resolver=in_words,
        )


def tell(kind: str, claim: Claim, at: datetime) -> None:
    """Tell the person, in the account and by e-mail; once for each move of the claim."""
    tell_person(
        person=claim.account.person,
        kind=kind,
        params={"claim_id": str(claim.pk)},
        key=f"{kind}:{claim.pk}:{at:%Y%m%dT%H%M%S}",
        at=at,
    )
