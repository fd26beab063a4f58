"""Who a user is to the portal; upper apps build their predicates from these."""

from __future__ import annotations

from typing import Any

import rules

from accounts.enums import AGENCY_ROLES, Role
from accounts.models import Organisation, Person, SavedFilter
from accounts.selectors import active_roles


@rules.predicate
def is_agency(user: Any) -> bool:
    """Works for the agency, in whatever role."""
    return any(role in AGENCY_ROLES for _, role in active_roles(user))


@rules.predicate
def is_administrator(user: Any) -> bool:
    """Platform administrator of the agency."""
    return any(role == Role.ADMINISTRATOR for _, role in active_roles(user))


@rules.predicate
def is_finance_officer(user: Any) -> bool:
    """Finance officer of the agency."""
    return any(role == Role.FINANCE_OFFICER for _, role in active_roles(user))


@rules.predicate
def is_auditor(user: Any) -> bool:
    """Auditor: sees everything of the agency, changes nothing."""
    return any(role == Role.AUDITOR for _, role in active_roles(user))


@rules.predicate
def is_member_of(user: Any, organisation: Organisation | None) -> bool:
    """Has a role today in this very organisation."""
    return organisation is not None and any(key == organisation.pk for key, _ in active_roles(user))


@rules.predicate
def is_provider_admin_of(user: Any, organisation: Organisation | None) -> bool:
    """Administers this very provider."""
    wanted = (organisation.pk, Role.PROVIDER_ADMIN) if organisation else None
    return wanted in active_roles(user)


@rules.predicate
def is_resident(user: Any) -> bool:
    """A natural person who came with Latvija.lv; staff have a user of their own for work."""
    return user.pk is not None and Person.objects.filter(user=user.pk, deceased=False).exists()


@rules.predicate
def is_own_person(user: Any, person: Person | None) -> bool:
    """The person is the user."""
    return person is not None and person.user_id is not None and person.user_id == user.pk


@rules.predicate
def is_own_filter(user: Any, kept: SavedFilter | None) -> bool:
    """The filter is the user's own, or will be."""
    return kept is not None and user.pk is not None and kept.user_id == user.pk


rules.add_perm("accounts.own_filter", is_own_filter)
rules.add_perm("accounts.manage_members", is_administrator | is_provider_admin_of)
rules.add_perm("accounts.create_staff", is_administrator)
rules.add_perm("accounts.reset_second_factor", is_administrator)
rules.add_perm("accounts.record_employer", is_administrator | is_finance_officer)
rules.add_perm("accounts.record_provider", is_administrator)
rules.add_perm("accounts.act_for_oneself", is_own_person)
rules.add_perm("accounts.erase", is_own_person | is_administrator)

# What the agency's workplace (stars.common.admin) asks. Everybody there sees the offer and the
# money; people and logs only those whose work it is (NFR-4); an auditor changes nothing.
rules.add_perm("agency.enter", is_agency)
rules.add_perm("agency.view_records", is_agency)
rules.add_perm("agency.view_people", is_administrator | is_auditor)
rules.add_perm("agency.view_logs", is_administrator | is_auditor)
rules.add_perm("agency.administer", is_administrator)
