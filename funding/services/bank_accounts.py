"""Where money is sent. A new number is a new row, so that what was paid keeps its own."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from accounts.models import Organisation
from funding.messages_settlement import tell_changed
from funding.models import BankAccount
from funding.rules.iban import clean_holder, clean_iban
from learning_accounts.models import LearningAccount
from stars.common.permissions import actor_or_none, require
from stars.common.transactions import service


def current(
    *, organisation_id: UUID | None = None, account_id: UUID | None = None
) -> BankAccount | None:
    """The account number that holds now, of an organisation or of a learning account; or None."""
    rows = BankAccount.objects.filter(**_owner(organisation_id, account_id))
    return rows.order_by("-recorded_at", "-pk").first()


@service
def record(
    *,
    organisation_id: UUID | None = None,
    account_id: UUID | None = None,
    iban: str,
    holder: str,
    actor: Any,
    at: datetime,
) -> BankAccount:
    """Write down where an organisation or a person (exactly one of them) is paid from now on.

    Only the organisation's administrator or the person: nobody who pays may say where to. The
    number that holds already is returned as it is. Raises `Invalid` (field "iban" or "holder").
    """
    owner = _owner(organisation_id, account_id)
    number, name = clean_iban(iban), clean_holder(holder)
    # Two new numbers at once: the one that was written last holds.
    rows: Any = Organisation if organisation_id else LearningAccount
    whose = rows.objects.select_for_update(no_key=True).get(pk=organisation_id or account_id)
    require(actor, "funding.record_bank_account", whose)
    held = current(organisation_id=organisation_id, account_id=account_id)
    if held is not None and (held.iban, held.holder) == (number, name):
        return held
    made = BankAccount.objects.create(
        **owner,
        iban=number,
        holder=name,
        recorded_by=actor_or_none(actor),
        # The last one written holds, also where a clock went back meanwhile.
        recorded_at=at if held is None else max(at, held.recorded_at + timedelta(microseconds=1)),
    )
    if organisation_id or held is not None:
        tell_changed(made, at)
    return made


def _owner(organisation_id: UUID | None, account_id: UUID | None) -> dict[str, UUID | None]:
    if (organisation_id is None) == (account_id is None):
        raise ValueError("A bank account belongs to an organisation or to a learning account.")
    return {"organisation_id": organisation_id, "account_id": account_id}
