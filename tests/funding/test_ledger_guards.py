"""Every way round the ledger is refused to the application's role (architecture, Money)."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, connection, transaction

STATEMENTS = [
    "UPDATE funding_transfer SET amount = 1",
    "DELETE FROM funding_transfer",
    "TRUNCATE funding_transfer",
    "UPDATE funding_posting SET reference = ''",
    "DELETE FROM funding_posting",
    "TRUNCATE funding_posting CASCADE",
    "UPDATE funding_ledgeraccount SET balance = 1000",
    "DELETE FROM funding_ledgeraccount",
    "TRUNCATE funding_ledgeraccount CASCADE",
    "ALTER TABLE funding_transfer DISABLE TRIGGER ALL",
    "SET session_replication_role = replica",
    "DELETE FROM funding_fundinglog",
    "UPDATE funding_decision SET outcome = 'yes'",
    "UPDATE funding_bankaccount SET iban = ''",
    "SELECT funding_apply_transfers()",
    "DROP TRIGGER ledger_balances ON funding_transfer",
]


@pytest.mark.django_db
@pytest.mark.parametrize("statement", STATEMENTS)
def test_refused_to_the_application(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("stars_app",)
        with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
            with transaction.atomic():
                cursor.execute(statement)
