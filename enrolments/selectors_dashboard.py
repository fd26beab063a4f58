"""What waits for a provider today; the same queries for few and for many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, F, IntegerField, Min, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from catalogue.enums import GroupState, VersionState
from catalogue.models import Group, Programme, ProgrammeVersion, Provider, Session, Venue
from enrolments.enums import ApplicationState, ParticipationState
from enrolments.models import Application, Participation
from enrolments.rules import results_due
from stars.common.dates import riga_date

# Groups that begin so soon stand on the first page; so many rows of each kind are shown.
SOON = timedelta(days=14)
SHOWN = 5


@dataclass(frozen=True)
class Answers:
    """Applications that wait, and the earliest last day for an answer."""

    count: int
    first_day: date | None


@dataclass(frozen=True)
class ToMark:
    """Sessions that have begun and in which somebody is not marked; the oldest of them."""

    count: int
    rows: list[Session]


@dataclass(frozen=True)
class ToComplete:
    """A group that is over and in which somebody has no result yet."""

    group: Group
    people: int
    due_on: date
    overdue: bool


def answers(providers: Sequence[Provider]) -> Answers:
    """Applications to decide: one query."""
    found = Application.objects.filter(
        state=ApplicationState.SUBMITTED, group__version__programme__provider__in=providers
    ).aggregate(n=Count("pk"), first=Min("decide_by"))
    return Answers(found["n"], found["first"])


def starting(providers: Sequence[Provider], at: datetime) -> list[Group]:
    """Groups that begin within two weeks, soonest first: one query."""
    today = riga_date(at)
    return list(
        Group.objects.filter(
            version__programme__provider__in=providers,
            state__in=(GroupState.OPEN, GroupState.CLOSED),
            starts_on__gte=today,
            starts_on__lte=today + SOON,
        )
        .select_related("version")
        .order_by("starts_on", "code")[:SHOWN]
    )


def to_start(providers: Sequence[Provider], at: datetime) -> list[Group]:
    """Groups whose first day has come, with people in them, which nobody has started: one query."""
    return list(
        Group.objects.filter(
            version__programme__provider__in=providers,
            state__in=(GroupState.OPEN, GroupState.CLOSED),
            starts_on__lte=riga_date(at),
            participations__state=ParticipationState.ADMITTED,
        )
        .select_related("version")
        .order_by("starts_on", "code")
        .distinct()[:SHOWN]
    )


def to_mark(providers: Sequence[Provider], at: datetime) -> ToMark:
    """Attendance that is missing, the oldest session first: two queries."""
    learning = (
        Participation.objects.filter(group=OuterRef("group"), state=ParticipationState.LEARNING)
        .order_by()
        .values("group")
        .annotate(n=Count("pk"))
        .values("n")
    )
    rows = (
        Session.objects.filter(
            group__version__programme__provider__in=providers,
            group__state=GroupState.RUNNING,
            starts_at__lte=at,
        )
        .annotate(
            learning=Coalesce(Subquery(learning, output_field=IntegerField()), 0),
            marked=Count(
                "attendance",
                filter=Q(attendance__participation__state=ParticipationState.LEARNING),
            ),
        )
        .filter(marked__lt=F("learning"))
        .order_by("starts_at", "pk")
    )
    return ToMark(rows.count(), list(rows.select_related("group__version")[:SHOWN]))


def to_complete(providers: Sequence[Provider], at: datetime) -> list[ToComplete]:
    """Groups whose last day has come and in which people still learn, by last day: one query."""
    today = riga_date(at)
    groups = (
        Group.objects.filter(
            version__programme__provider__in=providers,
            state=GroupState.RUNNING,
            ends_on__lte=today,
        )
        .annotate(
            people=Count(
                "participations", filter=Q(participations__state=ParticipationState.LEARNING)
            )
        )
        .filter(people__gt=0)
        .select_related("version")
        .order_by("ends_on", "code")[:SHOWN]
    )
    found = []
    for group in groups:
        due_on = results_due(group.ends_on)
        found.append(ToComplete(group, group.people, due_on, due_on < today))
    return found


def returned(providers: Sequence[Provider]) -> list[ProgrammeVersion]:
    """Versions of programmes that came back to be mended: one query."""
    return list(
        ProgrammeVersion.objects.filter(
            programme__provider__in=providers, state=VersionState.RETURNED
        ).order_by("-updated_at")[:SHOWN]
    )


@dataclass(frozen=True)
class Begun:
    """What a new provider has done already."""

    place: bool
    programme: bool
    group: bool


def begun(providers: Sequence[Provider]) -> Begun:
    """Whether there is a place, a programme and a group: three small queries."""
    return Begun(
        Venue.objects.filter(provider__in=providers).exists(),
        Programme.objects.filter(provider__in=providers).exists(),
        Group.objects.filter(version__programme__provider__in=providers).exists(),
    )
