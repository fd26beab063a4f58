"""Erasing a person: facts go, and a hash keeps a period's money from being given twice."""

import uuid

import django.contrib.postgres.functions
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION accounts_forget(person uuid) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $f$
DECLARE
    changed integer;
BEGIN
    -- Of somebody who has a name, nothing can be taken away.
    DELETE FROM accounts_personfact WHERE person_id = person AND EXISTS (
        SELECT 1 FROM accounts_person
        WHERE id = person AND given_name = '' AND family_name = '');
    GET DIAGNOSTICS changed = ROW_COUNT;
    RETURN changed;
END $f$;

REVOKE ALL ON FUNCTION accounts_forget(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION accounts_forget(uuid) TO stars_app;
"""

BACKWARD = "DROP FUNCTION accounts_forget(uuid);"


class Migration(migrations.Migration):
    """See above."""

    dependencies = [("accounts", "0004_workspace")]
    operations = [
        migrations.CreateModel(
            name="ErasedCode",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(),
                        default=uuid.uuid4,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("lookup", models.CharField(max_length=64)),
                (
                    "again_from",
                    models.DateField(help_text="first day on which a new account may be opened"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("lookup",), name="erased_code_once")
                ],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
