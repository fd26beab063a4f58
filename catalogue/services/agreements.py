"""Agreements of the agency with providers; nothing is deleted, only ended (PRO-1)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from catalogue.models import Agreement, Provider
from stars.audit.services import record
from stars.common.errors import Conflict, Invalid
from stars.common.permissions import require
from stars.common.transactions import service

LETTERS = 10_000


@service
def add_agreement(
    *,
    provider_id: UUID,
    number: str,
    signed_on: date,
    valid_from: date,
    valid_to: date | None,
    terms: str,
    actor: Any,
    at: datetime,
) -> Agreement:
    """An agreement with a provider; `valid_to` is the last day (Riga), None without an end.

    Raises `Invalid` (with field) for a missing or known number, days in the wrong order and terms
    that are too long.
    """
    provider = Provider.objects.get(pk=provider_id)
    require(actor, "catalogue.manage_agreements", provider)
    number = " ".join(number.split())
    if not 1 <= len(number) <= 40:
        raise Invalid(_("Write a number of at most 40 letters."), code="number", field="number")
    if valid_to is not None and valid_to < valid_from:
        raise Invalid(_("The last day is before the first."), code="dates", field="valid_to")
    if len(terms) > LETTERS:
        raise Invalid(_("This text is too long."), code="too_long", field="terms")
    try:
        with transaction.atomic():
            made = Agreement.objects.create(
                provider=provider,
                number=number,
                signed_on=signed_on,
                valid_from=valid_from,
                valid_to=valid_to,
                terms=terms.strip(),
            )
    except IntegrityError as error:
        raise Invalid(
            _("Another agreement has this number."), code="number", field="number"
        ) from error
    _log(made, "agreement_added", actor, at)
    return made


@service
def end_agreement(
    *, agreement_id: UUID, ended_on: date, reason: str, actor: Any, at: datetime
) -> Agreement:
    """End an agreement before its time: `ended_on` is the first day without it.

    Raises `Invalid` for a missing reason and a day outside the agreement, `Conflict` where it has
    been ended.
    """
    agreement = (
        Agreement.objects.select_for_update(no_key=True, of=("self",))
        .select_related("provider")
        .get(pk=agreement_id)
    )
    require(actor, "catalogue.manage_agreements", agreement.provider)
    if agreement.ended_on is not None:
        raise Conflict(_("This agreement has been ended already."), code="ended")
    reason = " ".join(reason.split())
    if not 1 <= len(reason) <= 300:
        raise Invalid(_("Write why, in at most 300 letters."), code="reason", field="reason")
    after = agreement.valid_to is not None and ended_on > agreement.valid_to
    if ended_on < agreement.valid_from or after:
        raise Invalid(_("Choose a day of the agreement."), code="dates", field="ended_on")
    agreement.ended_on, agreement.end_reason = ended_on, reason
    agreement.save(update_fields=["ended_on", "end_reason", "updated_at"])
    _log(agreement, "agreement_ended", actor, at)
    return agreement


def _log(agreement: Agreement, action: str, actor: Any, at: datetime) -> None:
    record(
        actor=actor,
        action=action,
        object_type="catalogue.agreement",
        object_id=agreement.pk,
        at=at,
    )
