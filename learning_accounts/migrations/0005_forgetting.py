"""Notes of an account's moves may be taken out when its person is erased; the moves stay."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION learning_accounts_forget(account uuid) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $f$
DECLARE
    changed integer;
BEGIN
    UPDATE learning_accounts_accountlog SET note = '' WHERE object_id = account AND note <> '';
    GET DIAGNOSTICS changed = ROW_COUNT;
    RETURN changed;
END $f$;

REVOKE ALL ON FUNCTION learning_accounts_forget(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION learning_accounts_forget(uuid) TO stars_app;
"""

BACKWARD = "DROP FUNCTION learning_accounts_forget(uuid);"


class Migration(migrations.Migration):
    """See above."""

    dependencies = [("learning_accounts", "0004_alert_matches")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
