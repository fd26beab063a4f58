"""How a person can be reached."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.models import Person
from stars.audit import services as audit
from stars.common.permissions import require
from stars.common.transactions import service


@service
def set_contacts(*, person_id: UUID, email: str, phone: str, actor: Any, at: datetime) -> Person:
    """The person's own e-mail address and telephone number; either may be empty."""
    person = Person.objects.select_for_update().get(pk=person_id)
    require(actor, "accounts.act_for_oneself", person)
    if (person.email, person.phone) != (email, phone):
        person.email, person.phone = email, phone
        person.save(update_fields=["email", "phone", "updated_at"])
        audit.record(
            actor=actor,
            action="contacts_changed",
            object_type="accounts.person",
            object_id=person.pk,
            at=at,
        )
    return person
