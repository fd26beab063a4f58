"""Every way round the ledger is refused to the application's role (architecture, Money)."""

from __future__ import annotations

import pgtrigger
import pytest
from django.db import ProgrammingError, connection, transaction

from tests.funding import build

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
    "ALTER TABLE funding_ledgeraccount DISABLE TRIGGER ledger_born_empty",
    "ALTER TABLE funding_posting DISABLE TRIGGER posting_in_open_period",
    "CREATE OR REPLACE FUNCTION funding_apply_transfers() RETURNS trigger LANGUAGE plpgsql"
    " AS $f$ BEGIN RETURN NULL; END $f$",
    "CREATE TRIGGER own BEFORE INSERT ON funding_transfer EXECUTE FUNCTION funding_refuse()",
    "UPDATE funding_ledgeraccount SET kind = 'appropriation'",
    "UPDATE funding_posting SET effective_at = now()",
    "INSERT INTO funding_ledgeraccount (kind, source_id, owner_key, balance, lock_column)"
    " SELECT kind, source_id, owner_key, 1000, false FROM funding_ledgeraccount"
    " ON CONFLICT (kind, owner_key, source_id) DO UPDATE SET balance = 1000",
    "DELETE FROM funding_periodclose",
    "SET ROLE stars_owner",
]


@pytest.mark.django_db
@pytest.mark.parametrize("statement", STATEMENTS)
def test_case_25_refused_to_the_application(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("stars_app",)
        with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
            with transaction.atomic():
                cursor.execute(statement)


@pytest.mark.django_db
def test_case_25_switching_off_the_triggers_of_states_opens_no_way_round() -> None:
    with connection.cursor() as cursor, pgtrigger.ignore():
        for statement in STATEMENTS[:9]:
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                cursor.execute(statement)


@pytest.mark.django_db
def test_case_25_an_account_opened_with_a_balance_by_sql_is_empty() -> None:
    source = build.world().source
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO funding_ledgeraccount (kind, source_id, owner_key, balance, lock_column)"
            " VALUES ('lot', %s, 'x', 500, false) RETURNING balance",
            [source.pk],
        )
        assert cursor.fetchone() == (0,)
