"""Who waits for a place in a full group, and what a person's groups meet in time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Q

from catalogue.models import Group, Session
from enrolments.enums import UNDER_WAY, ApplicationState
from enrolments.models import Application
from learning_accounts.models import LearningAccount
from stars.common.dates import riga_date


def ahead_of(application: Application) -> int:
    """How many people are before this one in line: one query."""
    assert application.queued_at is not None
    return (
        Application.objects.filter(group=application.group_id, state=ApplicationState.WAITLISTED)
        .filter(
            Q(queued_at__lt=application.queued_at)
            | Q(queued_at=application.queued_at, pk__lt=application.pk)
        )
        .count()
    )


def waiting_for(group_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many people wait in line for each of the groups: one query."""
    rows = Application.objects.filter(group__in=list(group_ids), state=ApplicationState.WAITLISTED)
    return dict(rows.values_list("group").annotate(n=Count("pk")))


@dataclass(frozen=True)
class OwnClash:
    """A session that meets one of another training of the same person."""

    starts_at: datetime
    other: Group


def own_clashes(account: LearningAccount, groups: Sequence[Group]) -> dict[UUID, list[OwnClash]]:
    """Which sessions of `groups` meet sessions of the person's own other groups: two queries.

    Own ones are those where the person has a place or waits for the answer. A clash is a warning:
    whether both can be done is the person's to decide.
    """
    own = Application.objects.filter(account=account).filter(
        Q(state=ApplicationState.SUBMITTED)
        | Q(state=ApplicationState.APPROVED, participation__state__in=UNDER_WAY)
    )
    wanted = [group.pk for group in groups]
    busy: dict[date, list[Session]] = defaultdict(list)
    mine = (
        Session.objects.filter(group__in=own.values("group"))
        .exclude(group__in=wanted)
        .select_related("group__version")
    )
    for session in mine:
        busy[riga_date(session.starts_at)].append(session)
    found: dict[UUID, list[OwnClash]] = {}
    if not busy:
        return found
    for session in Session.objects.filter(group__in=wanted).order_by("starts_at", "pk"):
        for other in busy.get(riga_date(session.starts_at), ()):
            if session.starts_at < other.ends_at and other.starts_at < session.ends_at:
                found.setdefault(session.group_id, []).append(
                    OwnClash(session.starts_at, other.group)
                )
                break
    return found
