"""Nothing may count in a month whose books are closed."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION funding_closed_period() RETURNS trigger LANGUAGE plpgsql AS $f$
DECLARE
    closed timestamptz := (SELECT max(until) FROM funding_periodclose);
BEGIN
    IF EXISTS (SELECT 1 FROM fresh WHERE effective_at < closed) THEN
        RAISE EXCEPTION 'closed_period: the books are closed until %', closed
            USING ERRCODE = 'check_violation', CONSTRAINT = 'posting_in_open_period';
    END IF;
    RETURN NULL;
END $f$;

-- For each statement, not for each row: a round writes thousands of postings in one.
CREATE TRIGGER posting_in_open_period AFTER INSERT ON funding_posting
REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION funding_closed_period();
"""

BACKWARD = """
DROP TRIGGER posting_in_open_period ON funding_posting;
DROP FUNCTION funding_closed_period();
"""


class Migration(migrations.Migration):
    """See above."""

    dependencies = [("funding", "0007_schemes_of_support")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
