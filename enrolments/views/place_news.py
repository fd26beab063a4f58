"""What to say to somebody who waits for a place, is offered one, or whose group is no more."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from enrolments.enums import UNDER_WAY, ApplicationState, MoveState
from enrolments.models import Application, Participation
from enrolments.selectors_queue import ahead_of
from stars.common import formats


def place_news(row: Application, language: str, today: date) -> dict[str, Any] | None:
    """One notice (components/notice.html), or None where the application is none of these."""
    match row.state:
        case ApplicationState.WAITLISTED:
            return _waits(row)
        case ApplicationState.OFFERED if row.offered_until:
            until = formats.moment(row.offered_until, language, today=today)
            return {
                "tone": "info",
                "title": _("A place is free for you until %(time)s") % {"time": until},
                "text": _("Take it now: after that it goes to the next in line."),
            }
        case ApplicationState.CANCELLED:
            free = _("Your place and any money held for it are free again.")
            return {
                "tone": "error",
                "title": _("The group does not take place"),
                "text": f"{row.decision_note} {free}",
            }
        case ApplicationState.LAPSED if row.submitted_at is None and row.queued_at:
            return {
                "tone": "wait",
                "title": _("You are no longer in the queue"),
                "text": _("No place was taken in time. Choose another group."),
            }
    return None


def place_actions(row: Application, participation: Participation | None) -> list[dict[str, str]]:
    """What the person may do about a place: take the one offered, answer about another group."""
    if row.state == ApplicationState.OFFERED:
        return [
            {
                "url": reverse("enrolments:apply_support", args=[row.pk]),
                "text": _("Take the place"),
                "kind": "wide",
                "why": _("We will show the price and your part before you send it."),
            }
        ]
    if participation is None or participation.state not in UNDER_WAY:
        return []
    open_move = participation.moves.filter(state=MoveState.PROPOSED).first()
    if open_move is None:
        return []
    return [
        {
            "url": reverse("enrolments:move", args=[open_move.pk]),
            "text": _("Answer about another group"),
            "kind": "wide",
            "why": open_move.reason,
        }
    ]


def _waits(row: Application) -> dict[str, Any]:
    ahead = ahead_of(row)
    if not ahead:
        title = _("You are the first in line")
    else:
        words = ngettext(
            "%(n)s person is before you in line", "%(n)s people are before you in line", ahead
        )
        title = words % {"n": ahead}
    return {
        "tone": "wait",
        "title": title,
        "text": _("When a place is freed, we keep it for you for 48 hours and write to you."),
    }
