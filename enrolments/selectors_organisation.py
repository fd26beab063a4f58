"""A provider's places, teachers, staff and agreements, the same queries for few and for many."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, Prefetch, Q, QuerySet

from accounts.models import Invitation, Membership
from accounts.selectors import members
from catalogue.models import Agreement, Provider, Room, Teacher, Venue
from stars.common.ordering import LvKey


def venues_of(provider: Provider, words: str = "") -> QuerySet[Venue]:
    """Places with their rooms, those in use first: two queries."""
    found = provider.venues.prefetch_related(Prefetch("rooms", Room.objects.order_by("name", "pk")))
    if words:
        found = found.filter(
            Q(name__icontains=words) | Q(street__icontains=words) | Q(city__icontains=words)
        )
    return found.order_by("-active", LvKey("name"), "pk")


def teachers_of(provider: Provider, words: str = "") -> QuerySet[Teacher]:
    """Teachers with the number of groups they lead in `groups`, those in use first: one query."""
    found = provider.teachers.annotate(sessions_ahead=Count("sessions"))
    if words:
        found = found.filter(name__icontains=words)
    return found.order_by("-active", LvKey("name"), "pk")


def staff_of(
    provider: Provider, day: date, *, words: str = "", role: str = ""
) -> QuerySet[Membership]:
    """Who works for the provider on the day, filtered by address and role: one query."""
    found = members(provider.organisation, day)
    if words:
        found = found.filter(user__email__icontains=words)
    return found.filter(role=role) if role else found


def invitations_of(provider: Provider) -> QuerySet[Invitation]:
    """Invitations that nobody has taken yet, newest first: one query."""
    return Invitation.objects.filter(
        organisation=provider.organisation_id, accepted_at__isnull=True, withdrawn_at__isnull=True
    )


def agreements_of(provider: Provider) -> QuerySet[Agreement]:
    """Agreements, the newest first: one query."""
    return provider.agreements.all()


def holds(agreement: Agreement, day: date) -> bool:
    """Whether an agreement holds on the day (Riga)."""
    last = agreement.valid_to
    ended = agreement.ended_on is not None and agreement.ended_on <= day
    return agreement.valid_from <= day and (last is None or day <= last) and not ended
