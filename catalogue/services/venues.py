"""Where a provider teaches and who teaches there (PRO-1); rows are put away, never deleted."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _

from catalogue.models import Provider, Room, Teacher, Venue
from stars.audit.services import record
from stars.common.errors import Invalid
from stars.common.permissions import require
from stars.common.transactions import service

MOST_SEATS = 2000


@service
def save_venue(
    *,
    provider_id: UUID,
    name: str,
    street: str,
    city: str,
    step_free: bool | None,
    active: bool = True,
    venue_id: UUID | None = None,
    actor: Any,
    at: datetime,
) -> Venue:
    """A house of a provider, a new one without `venue_id`. `step_free` None: nobody said.

    Raises `Invalid` (with field) for what is missing and a name that another venue has.
    """
    provider = Provider.objects.get(pk=provider_id)
    require(actor, "catalogue.manage_places", provider)
    venue = Venue(provider=provider)
    if venue_id is not None:
        venue = Venue.objects.select_for_update(no_key=True).get(pk=venue_id, provider=provider)
    values = {
        "name": _line("name", name, 120),
        "street": _line("street", street, 200),
        "city": _line("city", city, 80),
        "step_free": step_free,
        "active": active,
    }
    _write(venue, values, actor, at)
    return venue


@service
def save_room(
    *,
    venue_id: UUID,
    name: str,
    seats: int | None = None,
    active: bool = True,
    room_id: UUID | None = None,
    actor: Any,
    at: datetime,
) -> Room:
    """A room of a venue, a new one without `room_id`; `seats` None: nobody said.

    Raises `Invalid` (with field) for a missing name, one that another room of the house has, and
    a number of seats that cannot be.
    """
    venue = Venue.objects.select_related("provider").get(pk=venue_id)
    require(actor, "catalogue.manage_places", venue)
    if seats is not None and not 1 <= seats <= MOST_SEATS:
        raise Invalid(_("Write a number of seats from 1 to 2000."), code="seats", field="seats")
    room = Room(venue=venue)
    if room_id is not None:
        room = Room.objects.select_for_update(no_key=True).get(pk=room_id, venue=venue)
    values = {"name": _line("name", name, 60), "seats": seats, "active": active}
    _write(room, values, actor, at)
    return room


@service
def save_teacher(
    *,
    provider_id: UUID,
    name: str,
    about_lv: str = "",
    about_en: str = "",
    active: bool = True,
    user_id: UUID | None = None,
    teacher_id: UUID | None = None,
    actor: Any,
    at: datetime,
) -> Teacher:
    """Somebody who teaches, a new one without `teacher_id`; `user_id` where they sign in here.

    Raises `Invalid` (with field) for a missing name, one that another teacher has, and a user who
    does not work for the provider.
    """
    provider = Provider.objects.get(pk=provider_id)
    require(actor, "catalogue.manage_places", provider)
    if user_id is not None and not provider.organisation.memberships.filter(user=user_id).exists():
        raise Invalid(_("This user does not work for you."), code="user", field="user")
    teacher = Teacher(provider=provider)
    if teacher_id is not None:
        teacher = Teacher.objects.select_for_update(no_key=True).get(
            pk=teacher_id, provider=provider
        )
    values = {
        "name": _line("name", name, 120),
        "about_lv": _line("about_lv", about_lv, 300, needed=False),
        "about_en": _line("about_en", about_en, 300, needed=False),
        "user_id": user_id,
        "active": active,
    }
    _write(teacher, values, actor, at)
    return teacher


def _line(field: str, value: str, longest: int, *, needed: bool = True) -> str:
    value = " ".join(value.split())
    if needed and not value:
        raise Invalid(_("Fill this in."), code="missing", field=field)
    if len(value) > longest or "\x00" in value:
        raise Invalid(_("This text is too long."), code="too_long", field=field)
    return value


def _write(row: models.Model, values: dict[str, Any], actor: Any, at: datetime) -> None:
    """Save the row and say what changed; the name of another row of the same kind is refused."""
    new = row._state.adding
    changes = {
        name: (None if new else getattr(row, name), value)
        for name, value in values.items()
        if new or getattr(row, name) != value
    }
    if not changes:
        return
    for name, value in values.items():
        setattr(row, name, value)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Invalid(_("You have another with this name."), code="name", field="name") from error
    kind = row._meta.model_name
    record(
        actor=actor,
        action=f"{kind}_{'added' if new else 'changed'}",
        object_type=f"catalogue.{kind}",
        object_id=row.pk,
        changes={
            name: (str(before), str(after)) if name == "user_id" else (before, after)
            for name, (before, after) in changes.items()
        },
        at=at,
    )
