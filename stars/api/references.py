"""Rows that are named by the sender's own id or by our key; those of others do not exist."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from catalogue.models import Group, Programme, Session
from enrolments.enums import ParticipationState
from enrolments.models import Participation
from stars.api.authentication import Caller
from stars.api.fields import is_own_id
from stars.api.models import ExternalId
from stars.common.errors import Conflict, Invalid

M = TypeVar("M", bound=Model)

PROGRAMME, GROUP, SESSION, PERSON = "programme", "group", "session", "participation"
# Whose learning does not belong to the group any more: nothing is told of them.
LEFT = (ParticipationState.RELEASED, ParticipationState.MOVED)
UNKNOWN = {
    PROGRAMME: _("There is no such programme of yours."),
    GROUP: _("There is no such group of yours."),
    SESSION: _("There is no such session in a group of yours."),
    PERSON: _("There is no such person in a group of yours."),
}


def programmes(caller: Caller) -> QuerySet[Programme]:
    """The caller's own programmes."""
    return Programme.objects.filter(provider=caller.provider).select_related("current")


def groups(caller: Caller) -> QuerySet[Group]:
    """The caller's own groups, with version and programme."""
    return Group.objects.filter(version__programme__provider=caller.provider).select_related(
        "version__programme"
    )


def sessions(caller: Caller) -> QuerySet[Session]:
    """Sessions of the caller's own groups."""
    return Session.objects.filter(group__version__programme__provider=caller.provider)


def people(caller: Caller) -> QuerySet[Participation]:
    """Who is or was in the caller's own groups."""
    return (
        Participation.objects.filter(group__version__programme__provider=caller.provider)
        .exclude(state__in=LEFT)
        .select_related("group")
    )


def key_of(caller: Caller, kind: str, name: str) -> UUID | None:
    """Our key of what the sender calls `name`: their id of it, else the key itself."""
    if not is_own_id(name):
        return None
    known = ExternalId.objects.filter(
        organisation=caller.key.organisation_id, kind=kind, external_id=name
    ).values_list("object_id", flat=True)
    found: UUID | None = known.first()
    return found or _as_key(name)


def find(caller: Caller, rows: QuerySet[M], kind: str, name: str, *, field: str | None = None) -> M:
    """The row of `rows` that the sender calls `name`. Raises `Invalid` naming the field."""
    key = key_of(caller, kind, name)
    row = rows.filter(pk=key).first() if key is not None else None
    if row is None:
        raise Invalid(UNKNOWN[kind], code="unknown", field=field or kind)
    return row


def adopt(
    caller: Caller, rows: QuerySet[M], kind: str, known: ExternalId | None, values: dict[str, Any]
) -> M | None:
    """The row that is meant: the one known by this id, or ours that `stars_id` names; else None.

    Raises `Invalid` where `stars_id` is not the caller's, `Conflict` where it has another id.
    """
    named: UUID | None = values.get("stars_id")
    if known is not None:
        if named is not None and named != known.object_id:
            raise Conflict(
                _("This id already stands for another row."), code="id_taken", field="id"
            )
        return rows.filter(pk=known.object_id).first()
    if named is None:
        return None
    row = rows.filter(pk=named).first()
    if row is None:
        raise Invalid(UNKNOWN[kind], code="unknown", field="stars_id")
    if ExternalId.objects.filter(
        organisation=caller.key.organisation_id, kind=kind, object_id=named
    ).exists():
        raise Conflict(_("This row already has another id."), code="has_id", field="stars_id")
    return row


def names(caller: Caller, kind: str, keys: list[UUID]) -> dict[UUID, str]:
    """The sender's ids of rows of ours: one query."""
    found = ExternalId.objects.filter(
        organisation=caller.key.organisation_id, kind=kind, object_id__in=keys
    )
    return dict(found.values_list("object_id", "external_id"))


def _as_key(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None
