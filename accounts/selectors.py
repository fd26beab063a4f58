"""Reading who somebody is."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q

from accounts.models import Membership
from stars.common.dates import today


def active_roles(user: Any) -> list[tuple[UUID, str]]:
    """(organisation id, role) of every membership that holds today; one query per user object.

    Kept on the user object, which lives as long as one request.
    """
    if user is None or not getattr(user, "is_authenticated", False) or not user.is_active:
        return []
    if not hasattr(user, "_active_roles"):
        day = today()
        user._active_roles = list(
            Membership.objects.filter(
                Q(valid_to__isnull=True) | Q(valid_to__gt=day), user=user, valid_from__lte=day
            ).values_list("organisation_id", "role")
        )
    return list(user._active_roles)
