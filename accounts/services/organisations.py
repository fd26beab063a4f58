"""Organisations that the agency lets in as providers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.enums import OrganisationKind
from accounts.models import Organisation
from stars.audit import services as audit
from stars.common.errors import Conflict
from stars.common.permissions import require
from stars.common.transactions import service


@service
def record_provider(
    *, name: str, registration_number: str, actor: Any, at: datetime, invented: bool = False
) -> Organisation:
    """An organisation that becomes a provider (PRO-1); `registration_number` has 11 digits.

    Raises `Conflict` where another organisation has this name or number.
    """
    require(actor, "accounts.record_provider", None)
    taken = Conflict(_("Another organisation has this name or number."), code="taken", field="name")
    if Organisation.objects.filter(registration_number=registration_number).exists():
        raise taken
    try:
        with transaction.atomic():
            made = Organisation.objects.create(
                kind=OrganisationKind.PROVIDER,
                name=name,
                registration_number=registration_number,
                invented=invented,
            )
    except IntegrityError as error:
        raise taken from error
    audit.record(
        actor=actor,
        action="provider_recorded",
        object_type="accounts.organisation",
        object_id=made.pk,
        at=at,
    )
    return made
