"""The ledger's own triggers: plain SQL, so that no code can switch them off for a moment."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION funding_zero_balance() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
    NEW.balance := 0;
    RETURN NEW;
END $f$;

-- An account is born empty whoever writes it: money comes by transfer only (I5).
CREATE TRIGGER ledger_born_empty BEFORE INSERT ON funding_ledgeraccount
FOR EACH ROW EXECUTE FUNCTION funding_zero_balance();

-- SECURITY DEFINER: the application's role may not write balances, this function may.
CREATE FUNCTION funding_apply_transfers() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $f$
BEGIN
    UPDATE funding_ledgeraccount a SET balance = a.balance + d.delta
    FROM (
        SELECT account_id, sum(delta) AS delta FROM (
            SELECT credit_id AS account_id, amount AS delta FROM fresh
            UNION ALL
            SELECT debit_id, -amount FROM fresh
        ) lines GROUP BY account_id HAVING sum(delta) <> 0
    ) d WHERE a.id = d.account_id;
    RETURN NULL;
END $f$;

CREATE TRIGGER ledger_balances AFTER INSERT ON funding_transfer
REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION funding_apply_transfers();

CREATE FUNCTION funding_refuse() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
    RAISE EXCEPTION 'The ledger is append-only: % on % is refused.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $f$;

-- A second lock on the door for roles that own the tables.
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON funding_transfer
FOR EACH STATEMENT EXECUTE FUNCTION funding_refuse();
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON funding_posting
FOR EACH STATEMENT EXECUTE FUNCTION funding_refuse();
CREATE TRIGGER ledger_append_only BEFORE DELETE OR TRUNCATE ON funding_ledgeraccount
FOR EACH STATEMENT EXECUTE FUNCTION funding_refuse();

REVOKE ALL ON FUNCTION funding_apply_transfers() FROM PUBLIC;
"""

BACKWARD = """
DROP TRIGGER ledger_append_only ON funding_ledgeraccount;
DROP TRIGGER ledger_append_only ON funding_posting;
DROP TRIGGER ledger_append_only ON funding_transfer;
DROP FUNCTION funding_refuse();
DROP TRIGGER ledger_balances ON funding_transfer;
DROP FUNCTION funding_apply_transfers();
DROP TRIGGER ledger_born_empty ON funding_ledgeraccount;
DROP FUNCTION funding_zero_balance();
"""


class Migration(migrations.Migration):
    """Balances follow transfers; nothing else changes them."""

    dependencies = [("funding", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
