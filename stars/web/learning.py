"""Applications and learning on the account page: what happens next, and how each one stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from catalogue.models import Session
from enrolments.enums import UNDER_WAY, ApplicationState, ParticipationState
from enrolments.models import Application, Participation
from stars.common import formats
from stars.common.dates import RIGA, riga_date
from stars.common.formats import language
from stars.web.wording import place_of

Item = dict[str, Any]

_TAGS: dict[str, tuple[str | Promise, str]] = {
    ApplicationState.DRAFT: (gettext_lazy("Not sent yet"), "wait"),
    ApplicationState.SUBMITTED: (gettext_lazy("Waiting for an answer"), "wait"),
    ApplicationState.APPROVED: (gettext_lazy("Approved"), "done"),
    ApplicationState.REJECTED: (gettext_lazy("Refused"), "error"),
    ApplicationState.WITHDRAWN: (gettext_lazy("Withdrawn"), ""),
    ApplicationState.LAPSED: (gettext_lazy("Time ran out"), ""),
    ApplicationState.WAITLISTED: (gettext_lazy("In the queue"), "wait"),
    ApplicationState.OFFERED: (gettext_lazy("A place is offered"), "info"),
    ApplicationState.CANCELLED: (gettext_lazy("The group does not take place"), "error"),
    ApplicationState.MOVED: (gettext_lazy("Moved to another group"), ""),
    ParticipationState.ADMITTED: (gettext_lazy("You are admitted"), "done"),
    ParticipationState.LEARNING: (gettext_lazy("Learning now"), "info"),
    ParticipationState.COMPLETED: (gettext_lazy("Completed"), "done"),
    ParticipationState.INTERRUPTED: (gettext_lazy("Stopped"), ""),
    ParticipationState.EXPELLED: (gettext_lazy("Expelled"), "error"),
    ParticipationState.RELEASED: (gettext_lazy("Withdrawn"), ""),
    ParticipationState.MOVED: (gettext_lazy("Moved to another group"), ""),
}


def participation_of(application: Application) -> Participation | None:
    """The place that came of an application, where one did."""
    return getattr(application, "participation", None)


def status(application: Application) -> dict[str, Any]:
    """How an application stands, as a tag."""
    place = participation_of(application)
    whose = application.state in (ApplicationState.CANCELLED, ApplicationState.MOVED)
    text, tone = _TAGS[place.state if place and not whose else application.state]
    if place and place.state == ParticipationState.COMPLETED and not place.confirmed_at:
        text, tone = _("Confirm it"), "wait"
    return {"text": text, "tone": tone}


def application_rows(applications: Iterable[Application], today: date) -> list[Item]:
    """Applications as a list (templates/web/account.html)."""
    return [
        {
            "title": application.offer.version.title,
            "text": _line(application, today),
            "tag": status(application),
            "url": _address(application),
        }
        for application in applications
    ]


def _line(application: Application, today: date) -> str:
    group = application.group
    days = formats.date_range(group.starts_on, group.ends_on, language(), today=today)
    return f"{application.offer.version.programme.provider.name}, {days}"


def _address(application: Application) -> str:
    """One address for all: a draft is continued there, everything else is looked at."""
    return reverse("enrolments:application", args=[application.pk])


def next_sessions(applications: Iterable[Application], at: datetime) -> dict[UUID, Session]:
    """The next session of each group in which the person has a place: one query."""
    groups = [
        application.group_id
        for application in applications
        if (place := participation_of(application)) and place.state in UNDER_WAY
    ]
    ahead = Session.objects.filter(group__in=groups, ends_at__gte=at).order_by("-starts_at")
    return {session.group_id: session for session in ahead}


def timeline(applications: Sequence[Application], at: datetime) -> list[Item]:
    """What happens next with each living application (components/timeline_item.html)."""
    today = riga_date(at)
    sessions = next_sessions(applications, at)
    found = (
        _next(application, sessions.get(application.group_id), today)
        for application in applications
    )
    return [item for item in found if item]


def _next(application: Application, session: Session | None, today: date) -> Item | None:
    item: Item = {
        "strong": f"{application.offer.version.title}.",
        "url": _address(application),
        "link": _("See the application"),
    }
    place = participation_of(application)
    if place is not None:
        about = _learning(application, place, session)
    elif application.state == ApplicationState.DRAFT:
        about = _draft(application, today)
    elif application.state == ApplicationState.SUBMITTED and application.decide_by:
        words = {
            "provider": application.offer.version.programme.provider.name,
            "until": formats.until(application.decide_by, language(), today=today),
        }
        about = {
            "date": application.decide_by,
            "title": _("An answer comes"),
            "text": _("%(provider)s answers %(until)s. Your place is kept until then.") % words,
        }
    elif application.state == ApplicationState.OFFERED and application.offered_until:
        about = {
            "date": riga_date(application.offered_until),
            "title": _("A place is free for you"),
            "text": _("Take it until %(time)s, otherwise it goes to the next in line.")
            % {"time": formats.moment(application.offered_until, language(), today=today)},
        }
    else:
        return None
    item |= about
    item.setdefault("by", item["date"])
    return item


def _draft(application: Application, today: date) -> Item:
    last = application.group.apply_until
    left = (last - today).days
    words = {
        "until": formats.until(last, language(), today=today),
        "left": formats.days_left(left, language()),
    }
    leaf: Item = {"date": last}
    if left > 0:
        leaf = {"date": None, "leaf_top": left, "leaf_bottom": ngettext("day", "days", left)}
    return leaf | {
        "by": last,
        "urgent": True,
        "title": _("Finish the application"),
        "text": _("You can apply %(until)s, %(left)s.") % words,
        "link": _("Continue the application"),
    }


def _learning(application: Application, place: Participation, session: Session | None) -> Item:
    group = application.group
    if place.state == ParticipationState.COMPLETED:
        provider = application.offer.version.programme.provider.name
        return {
            "date": place.outcome_on,
            "urgent": True,
            "title": _("Confirm that you completed the training"),
            "text": _("%(provider)s recorded it. Look whether it is right.")
            % {"provider": provider},
            "link": _("Look and confirm"),
        }
    place_text = place_of(group)
    if place.state == ParticipationState.ADMITTED:
        first = (
            _moment(session.starts_at) if session else formats.weekday(group.starts_on, language())
        )
        return {
            "date": group.starts_on,
            "title": _("Your training begins"),
            "text": _sentence(first, place_text),
        }
    if session is None:
        return {
            "date": group.ends_on,
            "title": _("The result comes"),
            "text": _("All sessions are over. The provider records the result."),
        }
    return {
        "date": riga_date(session.starts_at),
        "title": _("The next session"),
        "text": _sentence(_moment(session.starts_at), session.place or place_text),
    }


def _moment(at: datetime) -> str:
    """The weekday and the time in Riga: "otrdien 18.00"."""
    local = at.astimezone(RIGA)
    return f"{formats.weekday(local.date(), language())} {formats.clock(local, language())}"


def _sentence(when: str, where: str) -> str:
    """Otrdien 18.00. Attālināti, Zoom."""
    return f"{when[:1].upper()}{when[1:]}. {where}."
