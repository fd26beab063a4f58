"""Messages about attendance: a limit that is near, marks that are missing, reasons for absence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.selectors import provider_staff
from accounts.services.telling import tell_person
from catalogue.enums import GroupState
from catalogue.models import Group, Provider, Session
from enrolments.enums import ExcuseState
from enrolments.messages import in_words
from enrolments.models import Excuse
from enrolments.selectors import sessions_to_mark
from enrolments.selectors_attendance import Absence, absences, learning_now
from stars.common import formats
from stars.common.dates import riga_date
from stars.notifications import kinds
from stars.notifications.services import notify

_ANSWERS = {
    ExcuseState.ACCEPTED: _("The provider accepted why you were away"),
    ExcuseState.REFUSED: _("The provider did not accept why you were away"),
}
# A session is asked about from the morning after it.
ASKED_AFTER = timedelta(hours=6)
# So many people are looked at together.
BATCH = 500


def about_groups(batch: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any] | None]:
    """Titles and codes of the groups in `batch`, and the day of a session: two queries."""
    language = formats.language()
    groups = {
        str(group.pk): group
        for group in Group.objects.filter(
            pk__in=[params["group_id"] for params in batch]
        ).select_related("version")
    }
    sessions = {
        str(session.pk): session
        for session in Session.objects.filter(
            pk__in=[params["session_id"] for params in batch if "session_id" in params]
        )
    }
    found: list[Mapping[str, Any] | None] = []
    for params in batch:
        group = groups.get(str(params["group_id"]))
        session = sessions.get(str(params.get("session_id", "")))
        if group is None or ("session_id" in params and session is None):
            found.append(None)
            continue
        words: dict[str, Any] = {
            "group_id": group.pk,
            "session_id": session.pk if session else "",
            "title": group.version.title,
            "code": group.code,
            "day": "",
        }
        if session:
            words["day"] = formats.day(riga_date(session.starts_at), language, "locative")
        found.append(words)
    return found


def about_absence(batch: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any] | None]:
    """What `messages.in_words` says, with the hours of the message and the answer: one query."""
    language = formats.language()
    return [
        words
        and {
            **words,
            "left": formats.hours(int(params.get("left", 0)), language),
            "answer": str(_ANSWERS.get(params.get("answer", ""), "")),
        }
        for words, params in zip(in_words(batch), batch, strict=True)
    ]


def register() -> None:
    """Make the kinds known; called once when the app is ready."""
    learner: dict[str, Any] = {
        "action": _("See your attendance"),
        "url_name": "enrolments:absence",
        "url_kwargs": ("application_id",),
        "resolver": about_absence,
    }
    kinds.register(
        "absence_near",
        subject=_("You may miss little more"),
        title=_("You may still miss %(left)s of “%(title)s”"),
        text=_("If you miss more, the training cannot be completed. Talk to the provider."),
        **learner,
    )
    kinds.register(
        "absence_over",
        subject=_("You missed too much"),
        title=_("You missed more than is allowed of “%(title)s”"),
        text=_("The training cannot be completed like this. Talk to the provider."),
        **learner,
    )
    kinds.register(
        "excuse_decided",
        subject=_("An answer about your absence"),
        title=_("%(answer)s: “%(title)s”"),
        text=_("Missed hours stay missed: they count towards the limit."),
        **learner,
    )
    provider: dict[str, Any] = {
        "url_name": "enrolments:provider_group_attendance",
        "url_kwargs": ("group_id",),
        "action": _("Open the attendance"),
        "resolver": about_groups,
    }
    kinds.register(
        "absence_in_group",
        subject=_("Somebody may miss no more"),
        title=_("In “%(title)s” somebody is close to the limit of absence, or over it"),
        text=_("Group %(code)s. Talk to the person before it is too late."),
        **provider,
    )
    kinds.register(
        "excuse_submitted",
        subject=_("Somebody told why they were away"),
        title=_("Somebody in “%(title)s” told why they were or will be away"),
        text=_("Group %(code)s. Answer whether you accept it."),
        **provider,
    )
    kinds.register(
        "attendance_missing",
        subject=_("Attendance is not marked"),
        title=_("Who was in “%(title)s” %(day)s?"),
        text=_("Group %(code)s. What is not marked counts as absence."),
        action=_("Mark attendance"),
        url_name="enrolments:provider_attendance",
        url_kwargs=("session_id",),
        resolver=about_groups,
    )


def excuse_submitted(excuse: Excuse, *, at: datetime) -> None:
    """Tell the provider's staff that an answer is needed; why stays on the page."""
    group = excuse.participation.group
    for membership in provider_staff(_provider(group).organisation_id, riga_date(at)):
        notify(
            kind="excuse_submitted",
            user_id=membership.user_id,
            language=membership.user.language,
            address="",
            params={"group_id": group.pk},
            dedupe_key=f"excuse_submitted:{excuse.pk}:{membership.user_id}",
            at=at,
        )


def excuse_decided(excuse: Excuse, *, at: datetime) -> None:
    """Tell the learner the answer."""
    kind = "excuse_decided"
    tell_person(
        person=excuse.participation.account.person,
        kind=kind,
        params={
            "application_id": excuse.participation.application_id,
            "answer": str(excuse.state),
        },
        key=f"{kind}:{excuse.pk}",
        at=at,
    )


def warn_of_absence(*, at: datetime) -> int:
    """Tell people, and their provider, whose limit is near or broken; returns how many people.

    Once for each number of missed hours, so that it is said again when it gets worse.
    """
    told = 0
    people = list(learning_now())
    for start in range(0, len(people), BATCH):
        found = absences(people[start : start + BATCH])
        told += sum(_warn(absence, at) for absence in found.values())
    return told


def _warn(absence: Absence, at: datetime) -> bool:
    """Whether somebody was told anew."""
    limit, row = absence.allowance, absence.participation
    if not limit.missed or not (absence.near or limit.broken):
        return False
    kind = "absence_over" if limit.broken else "absence_near"
    told = tell_person(
        person=row.account.person,
        kind=kind,
        params={"application_id": row.application_id, "left": max(0, limit.left)},
        key=f"{kind}:{row.pk}:{limit.missed}",
        at=at,
    )
    for membership in provider_staff(_provider(row.group).organisation_id, riga_date(at)):
        notify(
            kind="absence_in_group",
            user_id=membership.user_id,
            language=membership.user.language,
            address="",
            params={"group_id": row.group_id},
            dedupe_key=f"absence_in_group:{row.pk}:{limit.missed}:{membership.user_id}",
            at=at,
        )
    return told


def remind_of_marks(*, at: datetime) -> int:
    """Ask each provider about sessions that are over and not marked; returns how many sessions.

    Asked once for each session and member of staff.
    """
    running = Group.objects.filter(state=GroupState.RUNNING).values_list("pk", flat=True)
    unmarked = sessions_to_mark(running, at=at)
    late = [
        session
        for sessions in unmarked.values()
        for session in sessions
        if session.ends_at + ASKED_AFTER <= at
    ]
    groups = Group.objects.select_related("version__programme__provider").in_bulk(
        {session.group_id for session in late}
    )
    late.sort(key=lambda session: _provider(groups[session.group_id]).organisation_id)
    for organisation_id, sessions in groupby(
        late, key=lambda session: _provider(groups[session.group_id]).organisation_id
    ):
        staff = list(provider_staff(organisation_id, riga_date(at)))
        for session in sessions:
            for membership in staff:
                notify(
                    kind="attendance_missing",
                    user_id=membership.user_id,
                    language=membership.user.language,
                    address="",
                    params={"group_id": session.group_id, "session_id": session.pk},
                    dedupe_key=f"attendance_missing:{session.pk}:{membership.user_id}",
                    at=at,
                )
    return len(late)


def _provider(group: Group) -> Provider:
    return group.version.programme.provider
