"""What a provider's staff hear of the agency's decisions about their programmes (CAT-10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.selectors import provider_staff
from catalogue.enums import RegistrationState, VersionState
from catalogue.models import ProgrammeVersion, ProviderRegistration
from stars.common.dates import riga_date
from stars.notifications import kinds
from stars.notifications.services import notify

DECIDED = "programme_decided"
REGISTRATION = "registration_decided"
_REGISTRATION_TITLES = {
    RegistrationState.APPROVED: _("Your organisation is a provider now"),
    RegistrationState.RETURNED: _("Your registration came back to be mended"),
    RegistrationState.REFUSED: _("Your registration was refused"),
}
_REGISTRATION_NEXT = {
    RegistrationState.APPROVED: _(
        "We have sent an invitation to the e-mail address of the organisation. Open it, choose a"
        " password and set up the second factor."
    ),
    RegistrationState.RETURNED: _("Read what the agency asks for, mend it and send it again."),
    RegistrationState.REFUSED: _("Read the reason. You can register anew."),
}
_DECISIONS = {
    VersionState.RETURNED: _("Your programme came back to be mended"),
    VersionState.APPROVED: _("Your programme is approved"),
    VersionState.REJECTED: _("Your programme was not approved"),
    VersionState.SUSPENDED: _("Your programme is suspended"),
}
_WHAT_NEXT = {
    VersionState.RETURNED: _("Read the remarks, change what they ask for and send it again."),
    VersionState.APPROVED: _("The agency will publish it. You need do nothing."),
    VersionState.REJECTED: _("Read the reason. You can write a new version."),
    VersionState.SUSPENDED: _(
        "Nobody can apply to it for now. Whoever is learning goes on. Ask the agency what it needs."
    ),
}


def in_words(batch: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any] | None]:
    """Titles and decisions of the versions in `batch`: one query."""
    keys = [params["version_id"] for params in batch]
    known = {str(version.pk): version for version in ProgrammeVersion.objects.filter(pk__in=keys)}
    found: list[Mapping[str, Any] | None] = []
    for params in batch:
        version = known.get(str(params["version_id"]))
        if version is None:
            found.append(None)
            continue
        decision, following = _DECISIONS[params["state"]], _WHAT_NEXT[params["state"]]
        found.append({"title": version.title, "decision": str(decision), "next": str(following)})
    return found


def register() -> None:
    """Make the kind known; called once when the app is ready."""
    kinds.register(
        DECIDED,
        subject=_("A decision about your programme"),
        title=_("%(decision)s: “%(title)s”"),
        text="%(next)s",
        action=_("Open the workspace"),
        url_name="enrolments:provider_home",
        resolver=in_words,
    )
    kinds.register(
        REGISTRATION,
        subject=_("A decision about your registration"),
        title="%(decision)s",
        text="%(next)s",
        action=_("See the registration"),
        url_name="web:join",
        resolver=registrations_in_words,
    )


def registrations_in_words(
    batch: Sequence[Mapping[str, Any]],
) -> list[Mapping[str, Any] | None]:
    """Decisions about registrations; no query."""
    return [
        {
            "decision": str(_REGISTRATION_TITLES[params["state"]]),
            "next": str(_REGISTRATION_NEXT[params["state"]]),
        }
        for params in batch
    ]


def registration_decided(row: ProviderRegistration, *, at: datetime) -> None:
    """Tell whoever registered the organisation, also at the organisation's address."""
    notify(
        kind=REGISTRATION,
        user_id=row.applicant_id,
        language=row.applicant.language,
        address=row.email,
        params={"registration_id": row.pk, "state": str(row.state)},
        dedupe_key=f"{REGISTRATION}:{row.pk}:{row.state}:{at.isoformat()}",
        at=at,
    )


def decided(version: ProgrammeVersion, *, at: datetime) -> None:
    """Tell everybody who works for the provider, also by e-mail: it is rare and they wait for it.

    Belongs into the transaction of the decision; `version` is in the state that was decided.
    """
    for membership in provider_staff(version.programme.provider.organisation_id, riga_date(at)):
        notify(
            kind=DECIDED,
            user_id=membership.user_id,
            language=membership.user.language,
            address=membership.user.email or "",
            params={"version_id": version.pk, "state": str(version.state)},
            dedupe_key=f"{DECIDED}:{version.pk}:{version.state}:{at.isoformat()}:{membership.user_id}",
            at=at,
        )
