"""One question for every service: may this actor do this to this object?"""

from __future__ import annotations

from typing import Any

import rules
from django.utils.translation import gettext_lazy as _

from stars.common.errors import NotAllowed


class System:
    """The actor of tasks and commands: allowed everything, recorded as nobody."""

    pk = None
    id = None
    is_authenticated = True
    is_active = True


SYSTEM = System()


def actor_or_none(actor: Any) -> Any:
    """The user for a log row's `by`; the system is NULL there."""
    return None if isinstance(actor, System) else actor


def require(actor: Any, permission: str, obj: Any = None) -> None:
    """Raise `NotAllowed` unless `actor` has `permission` on `obj`.

    Every permission is a predicate over the object in the app's `permissions.py`.
    """
    if isinstance(actor, System):
        return
    if not rules.perm_exists(permission):
        raise LookupError(f"No such permission: {permission}")
    if not (actor.is_active and rules.has_perm(permission, actor, obj)):
        raise NotAllowed(_("You may not do this."))
