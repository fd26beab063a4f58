"""What providers hear of their money, and everybody of a new account number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import Membership
from accounts.selectors import provider_staff
from accounts.services.telling import tell_person
from funding.models import BankAccount, Payment, Statement
from funding.rules.iban import tail
from stars.common import formats
from stars.common.dates import riga_date
from stars.notifications import kinds
from stars.notifications.services import notify


def statements_in_words(batch: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any] | None]:
    """Numbers and sums of the statements in `batch`: one query."""
    language = formats.language()
    rows = Statement.objects.filter(pk__in=[params["statement_id"] for params in batch])
    known = {str(row.pk): row for row in rows}
    return [
        {
            "statement_id": row.pk,
            "number": row.number,
            "sum": formats.money(row.total, language, cents=True),
        }
        if (row := known.get(str(params["statement_id"])))
        else None
        for params in batch
    ]


def accounts_in_words(batch: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any] | None]:
    """The last four characters of the numbers in `batch`: one query."""
    rows = BankAccount.objects.in_bulk([params["bank_account_id"] for params in batch])
    known = {str(key): row for key, row in rows.items()}
    return [
        {"tail": tail(row.iban)} if (row := known.get(str(params["bank_account_id"]))) else None
        for params in batch
    ]


def register() -> None:
    """Make the kinds known; called once when the app is ready."""
    kinds.register(
        "statement_approved",
        subject=_("A new statement"),
        title=_("Statement %(number)s: %(sum)s"),
        text=_("It lists what you are paid for. If something is not right, write to the agency."),
        action=_("Open the statement"),
        url_name="enrolments:provider_statement",
        url_kwargs=("statement_id",),
        resolver=statements_in_words,
    )
    kinds.register(
        "statement_came_back",
        subject=_("A payment came back"),
        title=_("The payment of statement %(number)s came back: %(sum)s"),
        text=_("The bank could not pay it. Check your account number. We will pay again."),
        action=_("Open the statement"),
        url_name="enrolments:provider_statement",
        url_kwargs=("statement_id",),
        resolver=statements_in_words,
    )
    kinds.register(
        "bank_account_changed",
        subject=_("A new account number"),
        title=_("You are paid to the account ending in %(tail)s from now on"),
        text=_("If nobody of you has changed it, write to the agency at once."),
        action=_("See where you are paid"),
        url_name="enrolments:provider_statements",
        resolver=accounts_in_words,
    )
    kinds.register(
        "own_account_changed",
        subject=_("A new account number"),
        title=_("You are paid to the account ending in %(tail)s from now on"),
        text=_("If you have not changed it, write to the agency at once."),
        action=_("See your learning account"),
        url_name="web:account",
        resolver=accounts_in_words,
    )


def _administrators(organisation_id: UUID, at: datetime) -> QuerySet[Membership]:
    return provider_staff(organisation_id, riga_date(at)).filter(role=Role.PROVIDER_ADMIN)


def tell_approved(statement: Statement, at: datetime) -> None:
    """The provider's administrators, in the workspace and by e-mail."""
    for membership in _administrators(statement.provider.organisation_id, at):
        notify(
            kind="statement_approved",
            user_id=membership.user_id,
            language=membership.user.language,
            address=membership.user.email or "",
            params={"statement_id": statement.pk, "amount": Decimal(statement.total)},
            dedupe_key=f"statement_approved:{statement.pk}:{membership.user_id}",
            at=at,
        )


def tell_came_back(statement: Statement, payment: Payment, at: datetime) -> None:
    """The same people; once for each payment that the bank sent back."""
    for membership in _administrators(statement.provider.organisation_id, at):
        notify(
            kind="statement_came_back",
            user_id=membership.user_id,
            language=membership.user.language,
            address=membership.user.email or "",
            params={"statement_id": statement.pk, "amount": payment.amount},
            dedupe_key=f"statement_came_back:{payment.pk}:{membership.user_id}",
            at=at,
        )


def tell_changed(account: BankAccount, at: datetime) -> None:
    """All administrators of the provider, or the person, whoever changed it."""
    params = {"bank_account_id": account.pk}
    if account.account is not None:
        tell_person(
            person=account.account.person,
            kind="own_account_changed",
            params=params,
            key=f"own_account_changed:{account.pk}",
            at=at,
        )
        return
    assert account.organisation_id is not None
    for membership in _administrators(account.organisation_id, at):
        notify(
            kind="bank_account_changed",
            user_id=membership.user_id,
            language=membership.user.language,
            address=membership.user.email or "",
            params=params,
            dedupe_key=f"bank_account_changed:{account.pk}:{membership.user_id}",
            at=at,
        )
