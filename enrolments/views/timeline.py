"""What has happened with an application, and what comes next with its days (ENR-2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enrolments.enums import ApplicationState, ParticipationState
from enrolments.models import Application, Participation
from enrolments.rules import SECOND_SIDE_DAYS, second_side_from
from enrolments.selectors import Step
from enrolments.selectors_disputes import is_frozen
from funding.rules.terms import Terms
from stars.common.dates import add_working_days, riga_date

# The provider records how it ended within so many working days (ENR-7).
RECORD_DAYS = 2

EVENTS = {
    "application.create": gettext_lazy("You began the application."),
    "application.submit": gettext_lazy("You sent the application."),
    "application.approve": gettext_lazy("The provider admitted you."),
    "application.reject": gettext_lazy("The provider rejected the application."),
    "application.withdraw": gettext_lazy("You withdrew."),
    "application.lapse": gettext_lazy("The time for an answer passed."),
    "application.queue": gettext_lazy("You joined the queue."),
    "application.offer": gettext_lazy("A place became free for you."),
    "application.cancel": gettext_lazy("The provider cancelled the group."),
    "application.disown": gettext_lazy("The application ended: it was not you."),
    "dispute.create": gettext_lazy("You said that it was not you."),
    "dispute.accept": gettext_lazy("The agency found that it was somebody else."),
    "dispute.dismiss": gettext_lazy("The agency found that it was you."),
    "participation.create": gettext_lazy("You got your place in the group."),
    "participation.start": gettext_lazy("The training began."),
    "participation.complete": gettext_lazy("The provider recorded that you completed it."),
    "participation.confirm": gettext_lazy("The completion was confirmed."),
    "participation.issue_certificate": gettext_lazy("The provider issued your certificate."),
    "participation.withdraw_certificate": gettext_lazy("The provider withdrew your certificate."),
    "participation.interrupt": gettext_lazy("The provider recorded that you stopped."),
    "participation.expel": gettext_lazy("The provider recorded that you were expelled."),
    "participation.release": gettext_lazy("Your place became free."),
    "participation.move": gettext_lazy("You moved to another group."),
}


def happened(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """What has happened, the newest first."""
    return [
        {"day": riga_date(step.at), "text": EVENTS[step.what]}
        for step in reversed(steps)
        if step.what in EVENTS
    ]


def ahead(
    row: Application, participation: Participation | None, steps: Sequence[Step], at: datetime
) -> list[dict[str, Any]]:
    """What comes next, in order: [{"day": date or None, "text"}]; empty where nothing does.

    Needs group and `commitment__policy` loaded; asks nothing of the database.
    """
    if is_frozen(row):
        return [_on(None, _("The agency decides who applied, and writes to you."))]
    if participation is not None:
        return _of_participation(row, participation, steps, riga_date(at))
    group = row.group
    match row.state:
        case ApplicationState.WAITLISTED:
            return [
                _on(None, _("When a place is freed, you have 48 hours to take it.")),
                _on(group.apply_until, _("The last day on which a place can come free.")),
            ]
        case ApplicationState.OFFERED if row.offered_until:
            return [_on(riga_date(row.offered_until), _("The last day to take the place."))]
        case ApplicationState.SUBMITTED:
            return [
                _on(row.decide_by, _("The last day for the provider's answer.")),
                *_until_start(group.starts_on, riga_date(at)),
            ]
    return []


def _of_participation(
    row: Application, participation: Participation, steps: Sequence[Step], today: date
) -> list[dict[str, Any]]:
    group = row.group
    match participation.state:
        case ParticipationState.ADMITTED:
            return [*_until_start(group.starts_on, today), *_end(group.ends_on, today)]
        case ParticipationState.LEARNING:
            return _end(group.ends_on, today)
        case ParticipationState.COMPLETED if participation.confirmed_at is None:
            recorded = [step.at for step in steps if step.what == "participation.complete"]
            commitment = row.commitment
            days = SECOND_SIDE_DAYS
            if commitment is not None:
                days = Terms.read(commitment.policy.terms).second_side_days
            day = second_side_from(riga_date(recorded[-1]), days) if recorded else None
            return [
                _on(None, _("You confirm that you completed the training.")),
                _on(day, _("If you do not, the agency looks into it from this day.")),
            ]
    return []


def _until_start(starts_on: date, today: date) -> list[dict[str, Any]]:
    if starts_on <= today:
        return []
    return [
        _on(starts_on - timedelta(days=1), _("The last day to withdraw.")),
        _on(starts_on, _("The training begins.")),
    ]


def _end(ends_on: date, today: date) -> list[dict[str, Any]]:
    record_by = add_working_days(ends_on, RECORD_DAYS)
    rows = [_on(ends_on, _("The last day of the training."))] if ends_on >= today else []
    return [
        *rows,
        _on(record_by, _("By this day the provider records how it ended.")),
        _on(None, _("You confirm that you completed the training.")),
    ]


def _on(day: date | None, text: str) -> dict[str, Any]:
    return {"day": day, "text": text}
