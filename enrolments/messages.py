"""The messages between application and completion; the same words on the page and in e-mail.

A message keeps the key of the application and code words; names of programmes are looked up when
it is read, in the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.selectors import provider_staff
from accounts.services.telling import tell_person
from enrolments.enums import ApplicationState, ParticipationState
from enrolments.models import Application, Participation
from enrolments.selectors import begin_on
from stars.common import formats
from stars.common.dates import riga_date
from stars.notifications import kinds
from stars.notifications.services import notify

# A reminder goes out so many days before the group begins.
STARTS_IN_DAYS = (3, 1)

_DECISIONS = {
    ApplicationState.APPROVED: _("You are admitted"),
    ApplicationState.REJECTED: _("The provider could not admit you"),
    ApplicationState.LAPSED: _("The provider did not answer in time"),
}
_WHAT_NEXT = {
    ApplicationState.APPROVED: _("The group begins on %(starts_on)s. We will remind you."),
    ApplicationState.REJECTED: _(
        "Read the reason. Your place and any money held for it are free again. "
        "Choose another group."
    ),
    ApplicationState.LAPSED: _(
        "Your place and any money held for it are free again. You can apply to another group."
    ),
}
_ENDED = {
    ParticipationState.INTERRUPTED: _("The provider recorded that you stopped"),
    ParticipationState.EXPELLED: _("The provider recorded that you were expelled"),
}


def in_words(batch: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any] | None]:
    """Titles, names of providers and days for the applications in `batch`: one query."""
    language = formats.language()
    known = {
        str(application.pk): application
        for application in Application.objects.filter(
            pk__in=[params["application_id"] for params in batch]
        ).select_related("offer__version__programme__provider", "group")
    }
    return [
        _words(known[str(params["application_id"])], params, language)
        if str(params["application_id"]) in known
        else None
        for params in batch
    ]


def _words(application: Application, params: Mapping[str, Any], language: str) -> dict[str, Any]:
    version, group = application.offer.version, application.group
    words: dict[str, Any] = {
        "application_id": application.pk,
        "group_id": group.pk,
        "title": version.title,
        "provider": version.programme.provider.name,
        "place": group.place,
        "starts_on": formats.day(group.starts_on, language, "locative"),
        "decide_by": "",
        "decision": "",
        "next": "",
        "ended": "",
        "when": formats.in_days(int(params.get("days", 0)), language),
    }
    if application.decide_by:
        words["decide_by"] = formats.day(application.decide_by, language, "dative")
    if state := params.get("state"):
        words["decision"] = str(_DECISIONS.get(state, ""))
        words["next"] = str(_WHAT_NEXT.get(state, "")) % words
        words["ended"] = str(_ENDED.get(state, ""))
    return words


def register() -> None:
    """Make the kinds known; called once when the app is ready."""
    _register_for_providers()
    _register_for_learners()


def _register_for_providers() -> None:
    kinds.register(
        "application_received",
        subject=_("A new application"),
        title=_("A new application for “%(title)s”"),
        text=_("Answer by %(decide_by)s. The group begins on %(starts_on)s."),
        action=_("Open the application"),
        url_name="enrolments:provider_application",
        url_kwargs=("application_id",),
        resolver=in_words,
    )
    kinds.register(
        "application_withdrawn",
        subject=_("An application was withdrawn"),
        title=_("Somebody withdrew from “%(title)s”"),
        text=_("The place is free again. The group begins on %(starts_on)s."),
        action=_("Open the group"),
        url_name="enrolments:provider_group",
        url_kwargs=("group_id",),
        resolver=in_words,
    )


def _register_for_learners() -> None:
    common: dict[str, Any] = {
        "action": _("See your application"),
        "url_name": "enrolments:application",
        "url_kwargs": ("application_id",),
        "resolver": in_words,
    }
    kinds.register(
        "application_submitted",
        subject=_("Your application is sent"),
        title=_("You applied for “%(title)s”"),
        text=_("%(provider)s answers by %(decide_by)s. Your place is kept until then."),
        **common,
    )
    kinds.register(
        "application_decided",
        subject=_("An answer to your application"),
        title=_("%(decision)s: “%(title)s”"),
        text="%(next)s",
        **common,
    )
    kinds.register(
        "group_starts",
        subject=_("Your training begins soon"),
        title=_("“%(title)s” begins %(when)s"),
        text=_("The first day is %(starts_on)s. If you cannot come, withdraw before the start."),
        **common,
    )
    _register_for_people_in_groups(common)
    kinds.register(
        "completion_recorded",
        subject=_("Confirm that you completed the training"),
        title=_("You completed “%(title)s”"),
        text=_("%(provider)s recorded it. Look whether it is right and confirm it."),
        **common,
    )
    kinds.register(
        "ended_early",
        subject=_("Your training has ended"),
        title=_("%(ended)s: “%(title)s”"),
        text=_("Open the application to read the reason and what happens with the money."),
        **common,
    )


def _register_for_people_in_groups(common: dict[str, Any]) -> None:
    """What changes about a group that somebody is in."""
    kinds.register(
        "timetable_changed",
        subject=_("Other times of your training"),
        title=_("The timetable of “%(title)s” has changed"),
        text=_("Look when you meet. The first day is %(starts_on)s."),
        **common,
    )
    kinds.register(
        "group_postponed",
        subject=_("Your training begins on another day"),
        title=_("“%(title)s” begins on another day"),
        text=_(
            "The new first day is %(starts_on)s. If it does not suit you, withdraw before it:"
            " your money comes back."
        ),
        **common,
    )
    kinds.register(
        "group_cancelled",
        subject=_("Your training does not take place"),
        title=_("“%(title)s” does not take place"),
        text=_(
            "%(provider)s cancelled the group. Your place and any money held for it are free"
            " again. Read the reason and choose another group."
        ),
        **common,
    )


def submitted(application: Application, *, at: datetime) -> None:
    """Tell the learner that it went out, and the provider's staff that it came in."""
    tell_learner("application_submitted", application, at=at)
    _tell_provider("application_received", application, at=at)


def withdrawn(application: Application, *, at: datetime) -> None:
    """Tell the provider's staff that a place is free again; the learner did it themselves."""
    _tell_provider("application_withdrawn", application, at=at)


def decided(application: Application, *, at: datetime) -> None:
    """Tell the learner how the waiting ended: approved, rejected or lapsed."""
    tell_learner("application_decided", application, at=at, state=str(application.state))


def completion_recorded(participation: Participation, *, at: datetime) -> None:
    """Ask the learner to confirm."""
    tell_learner("completion_recorded", participation.application, at=at)


def ended_early(participation: Participation, *, at: datetime) -> None:
    """Tell the learner that they were recorded as interrupted or expelled."""
    tell_learner("ended_early", participation.application, at=at, state=str(participation.state))


def timetable_changed(application: Application, *, at: datetime) -> None:
    """Tell a learner that sessions changed, once a day however often the provider saves."""
    tell_person(
        person=application.account.person,
        kind="timetable_changed",
        params={"application_id": application.pk},
        key=f"timetable_changed:{application.pk}:{riga_date(at).isoformat()}",
        at=at,
    )


def group_postponed(application: Application, *, at: datetime) -> None:
    """Tell a learner of another first day; of every further one again."""
    tell_person(
        person=application.account.person,
        kind="group_postponed",
        params={"application_id": application.pk},
        key=f"group_postponed:{application.pk}:{at.isoformat()}",
        at=at,
    )


def group_cancelled(application: Application, *, at: datetime) -> None:
    """Tell a learner that the group does not take place."""
    tell_learner("group_cancelled", application, at=at)


def remind_of_starts(*, at: datetime) -> int:
    """Remind people three days and one day before their group begins; returns how many.

    Said once per person and day, however often it runs.
    """
    today = riga_date(at)
    told = 0
    for days in STARTS_IN_DAYS:
        for participation in begin_on(today + timedelta(days=days)):
            told += _remind(participation, today + timedelta(days=days), days, at)
    return told


def _remind(participation: Participation, day: date, days: int, at: datetime) -> bool:
    return tell_person(
        person=participation.account.person,
        kind="group_starts",
        params={"application_id": participation.application_id, "days": days},
        key=f"group_starts:{participation.pk}:{day.isoformat()}:{days}",
        at=at,
    )


def tell_learner(kind: str, application: Application, *, at: datetime, **more: str) -> bool:
    """Tell a learner of their application, once for each kind."""
    return tell_person(
        person=application.account.person,
        kind=kind,
        params={"application_id": application.pk, **more},
        key=f"{kind}:{application.pk}",
        at=at,
    )


def _tell_provider(kind: str, application: Application, *, at: datetime) -> None:
    """In the workspace only: a provider with a hundred applications a day wants no e-mails."""
    organisation_id: UUID = application.group.version.programme.provider.organisation_id
    for membership in provider_staff(organisation_id, riga_date(at)):
        notify(
            kind=kind,
            user_id=membership.user_id,
            language=membership.user.language,
            address="",
            params={"application_id": application.pk},
            dedupe_key=f"{kind}:{application.pk}:{membership.user_id}",
            at=at,
        )
