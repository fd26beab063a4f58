"""Papers of settlement: statements and payment files, and who may open them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from accounts.permissions import is_agency, is_finance_officer
from catalogue.permissions import acts_for
from funding.enums import FileState
from funding.models import PaymentFile, Statement
from stars.files import owners
from stars.files.enums import FileType

STATEMENT, PAYMENT_FILE = "statement", "payment_file"
# What a file must have reached before anybody takes it to the bank.
LEAVES = (FileState.APPROVED, FileState.SENT)


def _may_read_statement(actor: Any, key: UUID) -> bool:
    """The provider itself and the agency."""
    statement = Statement.objects.select_related("provider").filter(pk=key).first()
    return statement is not None and (acts_for(actor, statement.provider) or is_agency(actor))


def _may_read_payment_file(actor: Any, key: UUID) -> bool:
    """Finance officers, once two people have agreed."""
    ready = PaymentFile.objects.filter(pk=key, state__in=LEAVES).exists()
    return ready and bool(is_finance_officer(actor))


def _nobody(actor: Any, key: UUID) -> bool:
    """Only the system writes these."""
    return False


def _nobodys_data(actor: Any, key: UUID) -> UUID | None:
    """People stand in a statement by a number; in a payment file as holders of accounts."""
    return None


def register() -> None:
    """Make the kinds known; called once when the app is ready."""
    owners.register(
        owners.OwnerKind(
            STATEMENT,
            may_read=_may_read_statement,
            may_write=_nobody,
            looked_at=_nobodys_data,
            purpose="settlement",
            types=(FileType.PDF,),
        )
    )
    owners.register(
        owners.OwnerKind(
            PAYMENT_FILE,
            may_read=_may_read_payment_file,
            may_write=_nobody,
            looked_at=_nobodys_data,
            purpose="payment",
            types=(FileType.XML,),
        )
    )
