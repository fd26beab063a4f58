"""Notes of moves and of changed marks may be taken out when a person is erased.

The application's role may only add such rows. This function, which belongs to the owner, lets it
do one thing: take the words out. Who moved what when stays.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION enrolments_forget(moved uuid[], marks uuid[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $f$
DECLARE
    changed integer;
    total integer := 0;
BEGIN
    UPDATE enrolments_enrolmentlog SET note = '' WHERE object_id = ANY(moved) AND note <> '';
    GET DIAGNOSTICS changed = ROW_COUNT; total := total + changed;
    -- A change of a closed month has to have a reason; that there was one is all that is left.
    UPDATE enrolments_attendancechange SET reason = '-'
    WHERE attendance_id = ANY(marks) AND reason <> '-';
    GET DIAGNOSTICS changed = ROW_COUNT; total := total + changed;
    RETURN total;
END $f$;

REVOKE ALL ON FUNCTION enrolments_forget(uuid[], uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION enrolments_forget(uuid[], uuid[]) TO stars_app;
"""

BACKWARD = "DROP FUNCTION enrolments_forget(uuid[], uuid[]);"


class Migration(migrations.Migration):
    """See above."""

    dependencies = [("enrolments", "0003_workspace")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
