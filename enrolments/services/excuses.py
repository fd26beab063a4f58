"""Why somebody was away: told by the learner, answered by the provider, erased in time (ENR-6).

A paper may be about health. Whoever is to decide opens it; after the answer nobody but who gave it
and the person, and after 30 days it is gone, with what the person wrote beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import IO, Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enrolments import messages_attendance as messages
from enrolments.enums import UNDER_WAY, AbsenceReason, ExcuseState
from enrolments.files import EXCUSE
from enrolments.models import Excuse, Participation
from enrolments.rules import PAPER_DAYS
from stars.common.dates import riga_date
from stars.common.errors import Conflict, Invalid
from stars.common.permissions import SYSTEM, actor_or_none, require
from stars.common.transactions import service
from stars.files import services as files
from stars.files.models import StoredFile
from stars.files.selectors import files_of

LETTERS = 500
# How many papers may come with one reason.
PAPERS = 3


@dataclass(frozen=True)
class Paper:
    """A document as it was sent: its name and its bytes."""

    name: str
    content: IO[bytes]


@service
def submit_excuse(
    *,
    participation_id: UUID,
    reason: str,
    first_day: date,
    last_day: date,
    actor: Any,
    at: datetime,
    note: str = "",
    papers: tuple[Paper, ...] = (),
) -> Excuse:
    """Say why one was or will be away, from `first_day` to `last_day` (both in), with papers.

    `reason` is an AbsenceReason. `Invalid` for days outside the group, days that stand in another
    reason already, or a paper that `stars.files` refuses; `Conflict` once the learning has ended.
    """
    participation = (
        Participation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("account__person__user", "group__version__programme__provider")
        .get(pk=participation_id)
    )
    require(actor, "enrolments.excuse", participation)
    if participation.state not in UNDER_WAY:
        raise Conflict(_("This training is over for you."), code="not_learning")
    if reason not in AbsenceReason.values:
        raise Invalid(_("Choose why."), code="reason", field="reason")
    _check_days(participation, first_day, last_day)
    note = note.strip()
    if len(note) > LETTERS:
        raise Invalid(_("The text is too long."), code="note", field="note")
    if len(papers) > PAPERS:
        raise Invalid(_("Add at most three files."), code="papers", field="file")
    excuse = Excuse.objects.create(
        participation=participation,
        reason=reason,
        first_day=first_day,
        last_day=last_day,
        note=note,
        submitted_at=at,
    )
    excuse.log_birth(by=actor_or_none(actor), at=at)
    for paper in papers:
        files.store(
            actor=actor,
            owner_kind=EXCUSE,
            owner_id=excuse.pk,
            name=paper.name,
            content=paper.content,
            at=at,
        )
    messages.excuse_submitted(excuse, at=at)
    return excuse


def _check_days(participation: Participation, first_day: date, last_day: date) -> None:
    group = participation.group
    if first_day > last_day:
        raise Invalid(_("The last day is before the first one."), code="days", field="last_day")
    if first_day < group.starts_on or last_day > group.ends_on:
        raise Invalid(
            _("Choose days on which the group learns."), code="days_outside", field="first_day"
        )
    told = participation.excuses.filter(
        state__in=(ExcuseState.SUBMITTED, ExcuseState.ACCEPTED),
        first_day__lte=last_day,
        last_day__gte=first_day,
    )
    if told.exists():
        raise Invalid(
            _("You have already told us about some of these days."),
            code="days_told",
            field="first_day",
        )


@service
def decide_excuse(
    *, excuse_id: UUID, accept: bool, actor: Any, at: datetime, note: str = ""
) -> Excuse:
    """The provider accepts the reason or not; the person reads `note`, needed for a refusal."""
    excuse = _lock(excuse_id)
    require(actor, "enrolments.decide_excuse", excuse)
    transition = "accept" if accept else "refuse"
    excuse.WORKFLOW.target(transition, excuse.state)
    note = note.strip()
    if not accept and not note:
        raise Invalid(_("Write the reason: the person will read it."), code="note", field="note")
    if len(note) > LETTERS:
        raise Invalid(_("The text is too long."), code="note", field="note")
    excuse.decided_by, excuse.decided_at = actor_or_none(actor), at
    excuse.decision_note = note
    excuse.move(
        transition,
        by=actor_or_none(actor),
        at=at,
        also=("decided_by", "decided_at", "decision_note"),
    )
    messages.excuse_decided(excuse, at=at)
    return excuse


@service
def withdraw_excuse(*, excuse_id: UUID, actor: Any, at: datetime) -> Excuse:
    """The person takes it back before the answer; what was added is erased at once."""
    excuse = _lock(excuse_id)
    require(actor, "enrolments.withdraw_excuse", excuse)
    excuse.move("withdraw", by=actor_or_none(actor), at=at)
    _erase(excuse, at)
    return excuse


@service
def erase_papers(*, excuse_id: UUID, at: datetime) -> int:
    """Erase the papers and the text of one reason whose time is over; returns how many papers."""
    excuse = _lock(excuse_id)
    return _erase(excuse, at) if is_over(excuse, at) else 0


def erase_due(*, at: datetime) -> int:
    """Erase what is older than 30 days after its answer; returns how many reasons that were.

    A reason nobody answered is erased 30 days after the group's last day. Repeating it finds
    nothing left.
    """
    last = at - timedelta(days=PAPER_DAYS)
    with_papers = StoredFile.objects.filter(owner_kind=EXCUSE).values("owner_id")
    due = Excuse.objects.filter(
        Q(decided_at__lte=last)
        | Q(state=ExcuseState.SUBMITTED, participation__group__ends_on__lte=riga_date(last))
    ).filter(Q(pk__in=with_papers) | ~Q(note=""))
    ids = list(due.order_by("pk").values_list("pk", flat=True))
    for pk in ids:
        erase_papers(excuse_id=pk, at=at)
    return len(ids)


def is_over(excuse: Excuse, at: datetime) -> bool:
    """Whether the time for which the papers are kept has passed."""
    if excuse.state == ExcuseState.WITHDRAWN:
        return True
    if excuse.decided_at is not None:
        return excuse.decided_at <= at - timedelta(days=PAPER_DAYS)
    return excuse.participation.group.ends_on <= riga_date(at - timedelta(days=PAPER_DAYS))


def _erase(excuse: Excuse, at: datetime) -> int:
    papers = list(files_of(EXCUSE, excuse.pk))
    for paper in papers:
        files.remove(file_id=paper.pk, actor=SYSTEM, at=at)
    if excuse.note:
        excuse.note = ""
        excuse.save(update_fields=["note"])
    return len(papers)


def _lock(excuse_id: UUID) -> Excuse:
    return (
        Excuse.objects.select_for_update(of=("self",), no_key=True)
        .select_related(
            "participation__account__person__user",
            "participation__group__version__programme__provider",
        )
        .get(pk=excuse_id)
    )
