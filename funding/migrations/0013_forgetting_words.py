"""What somebody wrote and account holders' names may go before the numbers of papers do.

A person who asks is forgotten at once; what a source has paid for keeps numbers and papers until
its audits are over. So the function that takes words out gets these apart.
"""

from importlib import import_module

from django.db import migrations

FORWARD = """
DROP FUNCTION funding_forget(uuid[], uuid[], uuid[], uuid[]);

CREATE FUNCTION funding_forget(
    banks uuid[], holders uuid[], decisions uuid[], commitments uuid[], reasons uuid[],
    moved uuid[]
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $f$
DECLARE
    changed integer;
    total integer := 0;
BEGIN
    UPDATE funding_bankaccount SET iban = '', holder = ''
    WHERE id = ANY(banks) AND (iban <> '' OR holder <> '');
    GET DIAGNOSTICS changed = ROW_COUNT; total := total + changed;
    UPDATE funding_bankaccount SET holder = '' WHERE id = ANY(holders) AND holder <> '';
    GET DIAGNOSTICS changed = ROW_COUNT; total := total + changed;
    UPDATE funding_decision SET lines = '[]' WHERE id = ANY(decisions) AND lines <> '[]';
    GET DIAGNOSTICS changed = ROW_COUNT; total := total + changed;
    UPDATE funding_stagepayment SET evidence = '{}'
    WHERE commitment_id = ANY(commitments) AND evidence <> '{}';
    GET DIAGNOSTICS changed = ROW_COUNT; total := total + changed;
    UPDATE funding_correction SET evidence = '{}'
    WHERE commitment_id = ANY(commitments) AND evidence <> '{}';
    GET DIAGNOSTICS changed = ROW_COUNT; total := total + changed;
    UPDATE funding_correction SET reason = '' WHERE commitment_id = ANY(reasons) AND reason <> '';
    GET DIAGNOSTICS changed = ROW_COUNT; total := total + changed;
    UPDATE funding_fundinglog SET note = '' WHERE object_id = ANY(moved) AND note <> '';
    GET DIAGNOSTICS changed = ROW_COUNT; total := total + changed;
    RETURN total;
END $f$;

REVOKE ALL ON FUNCTION funding_forget(uuid[], uuid[], uuid[], uuid[], uuid[], uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION funding_forget(uuid[], uuid[], uuid[], uuid[], uuid[], uuid[])
TO stars_app;
"""

BACKWARD = (
    "DROP FUNCTION funding_forget(uuid[], uuid[], uuid[], uuid[], uuid[], uuid[]);\n"
    + import_module("funding.migrations.0011_forgetting").FORWARD
)


class Migration(migrations.Migration):
    """See above."""

    dependencies = [("funding", "0012_workspace")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
