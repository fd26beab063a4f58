"""Reading who somebody is."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.enums import PROVIDER_ROLES, FactKind
from accounts.models import Membership, Organisation, Person, PersonFact, SavedFilter
from stars.common.dates import today


def memberships(user: Any, on: date) -> QuerySet[Membership]:
    """The user's memberships that hold on the day `on`, with their organisations, by name."""
    held = Q(valid_to__isnull=True) | Q(valid_to__gt=on)
    return (
        Membership.objects.filter(held, user=user, valid_from__lte=on)
        .select_related("organisation")
        .order_by("organisation__name", "role")
    )


def members(organisation: Organisation, on: date) -> QuerySet[Membership]:
    """Who acts for the organisation on the day `on`."""
    held = Q(valid_to__isnull=True) | Q(valid_to__gt=on)
    return (
        Membership.objects.filter(held, organisation=organisation, valid_from__lte=on)
        .select_related("user")
        .order_by("user__email", "role")
    )


def holders(roles: Iterable[str], on: date) -> QuerySet[Membership]:
    """Everybody who has one of `roles` on the day `on` and may sign in, each once: one query."""
    held = Q(valid_to__isnull=True) | Q(valid_to__gt=on)
    return (
        Membership.objects.filter(
            held, role__in=list(roles), valid_from__lte=on, user__is_active=True
        )
        .order_by("user_id")
        .distinct("user_id")
        .select_related("user")
    )


def provider_staff(organisation_id: UUID, on: date) -> QuerySet[Membership]:
    """Everybody who works for a provider on the day `on` and may sign in, each once: one query."""
    return holders(PROVIDER_ROLES, on).filter(organisation=organisation_id)


def active_roles(user: Any) -> list[tuple[UUID, str]]:
    """(organisation id, role) of every membership that holds today; one query per user object.

    Kept on the user object, which lives as long as one request.
    """
    if user is None or not getattr(user, "is_authenticated", False) or not user.is_active:
        return []
    if not hasattr(user, "_active_roles"):
        user._active_roles = list(
            memberships(user, today()).order_by().values_list("organisation_id", "role")
        )
    return list(user._active_roles)


def narrowed(user: Any, organisation_id: UUID, role: str) -> Any:
    """The user with this one role today, or with none, whatever else they may do; one query.

    For programs that act in somebody's name in one organisation (API keys): the user object that
    comes back is asked by every predicate as any other.
    """
    held = memberships(user, today()).filter(
        organisation=organisation_id, role__in=PROVIDER_ROLES, user__is_active=True
    )
    acting = copy(user)
    acting._active_roles = [(organisation_id, role)] if held.exists() else []
    return acting


def organisations(user: Any, roles: Iterable[str]) -> set[UUID]:
    """Organisations for which the user holds one of `roles` today."""
    wanted = set(roles)
    return {organisation_id for organisation_id, role in active_roles(user) if role in wanted}


def is_staff_member(user: Any) -> bool:
    """Has a role today, or may enter the admin: such users need a second factor."""
    if user is None or not user.is_authenticated or not user.is_active:
        return False
    return bool(user.is_staff or active_roles(user))


def facts(person: Person) -> dict[FactKind, PersonFact]:
    """The newest fact of each kind about the person; one query."""
    newest = person.facts.order_by("kind", "-observed_at", "-id").distinct("kind")
    return {FactKind(fact.kind): fact for fact in newest}


def person_of(user: Any) -> Person | None:
    """The natural person who signs in as this user; None for staff."""
    return Person.objects.filter(user_id=user.pk).first()


def saved_filters(user: Any, page: str) -> list[SavedFilter]:
    """What the user keeps of one list (its url name), by name; one query."""
    return list(SavedFilter.objects.filter(user=user.pk, page=page))
