"""Papers of people who learn, and who may open them (stars.files)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import rules

from enrolments.enums import ExcuseState
from enrolments.models import Excuse
from stars.files import owners

# A paper that says why somebody was away.
EXCUSE = "excuse"


def _excuse(excuse_id: UUID) -> Excuse | None:
    return (
        Excuse.objects.select_related(
            "participation__account__person", "participation__group__version__programme__provider"
        )
        .filter(pk=excuse_id)
        .first()
    )


def may_read(actor: Any, excuse_id: UUID) -> bool:
    """The person, and at the provider whoever is to decide, or has decided (ENR-6)."""
    return bool(rules.has_perm("enrolments.read_excuse_papers", actor, _excuse(excuse_id)))


def may_write(actor: Any, excuse_id: UUID) -> bool:
    """The person, until it is answered."""
    excuse = _excuse(excuse_id)
    return (
        excuse is not None
        and excuse.state == ExcuseState.SUBMITTED
        and excuse.participation.account.person.user_id == actor.pk
    )


def looked_at(actor: Any, excuse_id: UUID) -> UUID | None:
    """The person whose paper it is; None for one's own."""
    excuse = _excuse(excuse_id)
    person = excuse.participation.account.person if excuse else None
    return person.pk if person and person.user_id != actor.pk else None


def register() -> None:
    """Make the kind known; called once when the app is ready."""
    owners.register(owners.OwnerKind(EXCUSE, may_read, may_write, looked_at, "decide_excuse"))
