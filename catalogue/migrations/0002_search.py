"""Searching without marks of letters, with an index (CAT-3 begins here)."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import migrations

import catalogue.functions

# unaccent() itself is only STABLE, because its dictionary could change; ours does not.
FUNCTIONS = """
CREATE FUNCTION plain_text(t text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $f$
SELECT lower(public.unaccent('public.unaccent'::regdictionary, t) COLLATE pg_c_utf8)
$f$;
CREATE FUNCTION catalogue_text(title_lv text, title_en text, summary_lv text, summary_en text)
RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $f$
SELECT public.plain_text(concat_ws(' ', title_lv, title_en, summary_lv, summary_en))
$f$;
"""
DROP = """
DROP FUNCTION catalogue_text(text, text, text, text);
DROP FUNCTION plain_text(text);
"""


class Migration(migrations.Migration):

    dependencies = [("catalogue", "0001_initial"), ("common", "0001_extensions")]

    operations = [
        migrations.RunSQL(FUNCTIONS, DROP),
        migrations.AddIndex(
            model_name="programmeversion",
            index=GinIndex(
                OpClass(
                    catalogue.functions.CatalogueText(
                        "title_lv", "title_en", "summary_lv", "summary_en"
                    ),
                    name="gin_trgm_ops",
                ),
                name="version_text",
            ),
        ),
    ]
