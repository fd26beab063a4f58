"""Who a user is to the portal; upper apps build their predicates from these."""

from __future__ import annotations

from typing import Any

import rules

from accounts.enums import AGENCY_ROLES, Role
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
