"""What is told of held money and of "this was not me": to the person, and to the agency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.selectors import holders
from accounts.services.telling import tell_person
from enrolments.dispute_links import LINK_DAYS, token_of
from enrolments.enums import DisputeState
from enrolments.models import Application, Dispute
from stars.common import formats
from stars.common.dates import riga_date
from stars.notifications import kinds
from stars.notifications.services import notify

_DECIDED = {
    DisputeState.UPHELD: _(
        "It was somebody else. The application has ended, and the money is back where it came from."
    ),
    DisputeState.DISMISSED: _(
        "The agency found that the application is yours. It goes on, and so does its money."
    ),
}


def _of_applications(batch: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any] | None]:
    """Titles, sums and links for the applications in `batch`: one query."""
    language = formats.language()
    known = {
        str(row.pk): row
        for row in Application.objects.filter(
            pk__in=[params["application_id"] for params in batch], commitment__isnull=False
        ).select_related("offer__version", "commitment")
    }
    found = (known.get(str(params["application_id"])) for params in batch)
    return [None if row is None else _held_words(row, language) for row in found]


def _held_words(row: Application, language: str) -> dict[str, Any]:
    assert row.commitment is not None
    return {
        "title": row.offer.version.title,
        "sum": formats.money(row.commitment.support, language),
        "days": LINK_DAYS,
        "token": token_of(row.commitment.pk),
    }


def _of_disputes(batch: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any] | None]:
    """Titles and outcomes of the cases in `batch`: one query."""
    known = {
        str(row.pk): row
        for row in Dispute.objects.filter(
            pk__in=[params["dispute_id"] for params in batch]
        ).select_related("application__offer__version")
    }
    found = (known.get(str(params["dispute_id"])) for params in batch)
    return [None if row is None else _dispute_words(row) for row in found]


def _dispute_words(row: Dispute) -> dict[str, Any]:
    return {
        "title": row.application.offer.version.title,
        "application_id": row.application_id,
        "object_id": row.pk,
        "decided": str(_DECIDED.get(DisputeState(row.state), "")),
    }


def register() -> None:
    """Make the kinds known; called once when the app is ready."""
    kinds.register(
        "money_held",
        subject=_("Money is held for a training"),
        title=_("%(sum)s is held for “%(title)s”"),
        text=_(
            "Somebody applied in your name and support was set aside. If it was you, you need to do"
            " nothing. If it was not you, press the button within %(days)s days: nothing is paid"
            " until the agency has looked into it."
        ),
        action=_("This was not me"),
        url_name="enrolments:not_me_link",
        url_kwargs=("token",),
        resolver=_of_applications,
    )
    common: dict[str, Any] = {
        "action": _("See your application"),
        "url_name": "enrolments:application",
        "url_kwargs": ("application_id",),
        "resolver": _of_disputes,
    }
    kinds.register(
        "dispute_opened",
        subject=_("The agency looks into an application"),
        title=_("You said that it was not you: “%(title)s”"),
        text=_("Until the agency has decided, its money is neither paid nor given back."),
        **common,
    )
    kinds.register(
        "dispute_decided",
        subject=_("The agency has decided about an application"),
        title=_("The agency has looked into “%(title)s”"),
        text="%(decided)s",
        **common,
    )
    kinds.register(
        "dispute_waits",
        subject=_("Somebody says: this was not me"),
        title=_("An application is disputed: “%(title)s”"),
        text=_("Its money is frozen. Find out who applied, and decide."),
        action=_("Open the case"),
        url_name="admin:enrolments_dispute_change",
        url_kwargs=("object_id",),
        resolver=_of_disputes,
    )


def money_held(application: Application, *, at: datetime) -> None:
    """A letter about held money, beside the message in the portal: whoever has taken somebody's
    account over does not stop it there. None without money, and none without an address.
    """
    person = application.account.person
    if application.commitment is None or person.user is None or not person.email:
        return
    notify(
        kind="money_held",
        user_id=None,
        language=person.user.language,
        address=person.email,
        params={"application_id": application.pk},
        dedupe_key=f"money_held:{application.commitment.pk}",
        at=at,
    )


def opened(dispute: Dispute, *, at: datetime) -> None:
    """The person knows that it was heard; administrators of the agency know that it waits."""
    _tell("dispute_opened", dispute, at)
    for held in holders([Role.ADMINISTRATOR], riga_date(at)):
        notify(
            kind="dispute_waits",
            user_id=held.user_id,
            language=held.user.language,
            address=held.user.email or "",
            params={"dispute_id": dispute.pk},
            dedupe_key=f"dispute_waits:{dispute.pk}:{held.user_id}",
            at=at,
        )


def decided(dispute: Dispute, *, at: datetime) -> None:
    """The person reads what the agency found, either way."""
    _tell("dispute_decided", dispute, at)


def _tell(kind: str, dispute: Dispute, at: datetime) -> None:
    tell_person(
        person=dispute.application.account.person,
        kind=kind,
        params={"dispute_id": dispute.pk},
        key=f"{kind}:{dispute.pk}",
        at=at,
    )
