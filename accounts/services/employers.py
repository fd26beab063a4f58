"""Employers as the agency knows them: a name and a registration number, no accounts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.enums import OrganisationKind
from accounts.models import Organisation
from stars.audit import services as audit
from stars.common.errors import Conflict, Invalid
from stars.common.permissions import require
from stars.common.transactions import service

DIGITS = 11


@service
def record_employer(
    *, name: str, registration_number: str, actor: Any, at: datetime, invented: bool = False
) -> Organisation:
    """An employer by its registration number (11 digits); the one that exists is returned.

    Raises `Invalid` (with field) for a missing name or a number that is none, `Conflict` where
    another organisation has this name or the number belongs to no employer.
    """
    require(actor, "accounts.record_employer", None)
    name = " ".join(name.split())
    number = "".join(registration_number.split())
    if not name:
        raise Invalid(_("Write the employer's name."), code="name", field="name")
    if len(number) != DIGITS or not (number.isascii() and number.isdecimal()):
        raise Invalid(
            _("A registration number has 11 digits."), code="number", field="registration_number"
        )
    known = Organisation.objects.filter(registration_number=number).first()
    if known is not None and known.kind == OrganisationKind.EMPLOYER:
        return known
    if known is not None or Organisation.objects.filter(name=name).exists():
        raise Conflict(
            _("Another organisation has this name or number."), code="taken", field="name"
        )
    made = Organisation.objects.create(
        kind=OrganisationKind.EMPLOYER, name=name, registration_number=number, invented=invented
    )
    audit.record(
        actor=actor,
        action="employer_recorded",
        object_type="accounts.organisation",
        object_id=made.pk,
        at=at,
    )
    return made
