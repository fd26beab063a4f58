"""Erasing personal words from rows that are otherwise never changed.

The application's role may not change an account number or a decision. This function, which belongs
to the owner, lets it do one thing: take the words out. Keys, amounts, days and outcomes stay.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION funding_forget(
    banks uuid[], decisions uuid[], commitments uuid[], moved uuid[]
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $f$
DECLARE
    changed integer;
    total integer := 0;
BEGIN
    UPDATE funding_bankaccount SET iban = '', holder = ''
    WHERE id = ANY(banks) AND (iban <> '' OR holder <> '');
    GET DIAGNOSTICS changed = ROW_COUNT; total := total + changed;
    UPDATE funding_decision SET lines = '[]' WHERE id = ANY(decisions) AND lines <> '[]';
    GET DIAGNOSTICS changed = ROW_COUNT; total := total + changed;
    UPDATE funding_stagepayment SET evidence = '{}'
    WHERE commitment_id = ANY(commitments) AND evidence <> '{}';
    GET DIAGNOSTICS changed = ROW_COUNT; total := total + changed;
    UPDATE funding_correction SET reason = '', evidence = '{}'
    WHERE commitment_id = ANY(commitments) AND (reason <> '' OR evidence <> '{}');
    GET DIAGNOSTICS changed = ROW_COUNT; total := total + changed;
    UPDATE funding_fundinglog SET note = '' WHERE object_id = ANY(moved) AND note <> '';
    GET DIAGNOSTICS changed = ROW_COUNT; total := total + changed;
    RETURN total;
END $f$;

REVOKE ALL ON FUNCTION funding_forget(uuid[], uuid[], uuid[], uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION funding_forget(uuid[], uuid[], uuid[], uuid[]) TO stars_app;
"""

BACKWARD = "DROP FUNCTION funding_forget(uuid[], uuid[], uuid[], uuid[]);"


class Migration(migrations.Migration):
    """See above."""

    dependencies = [("funding", "0010_aid_corrections")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
