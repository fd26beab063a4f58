"""Extensions and functions of the database; the owner may create them, they are trusted."""

from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension, UnaccentExtension
from django.db import migrations

LV_KEY = """
CREATE FUNCTION lv_key(t text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $f$
SELECT translate(lower(t COLLATE pg_c_utf8), 'aābcčdeēfgģhiīyjkķlļmnņoōpqrŗsštuūvwxzž',
                 'AABCDEFFGHIJKKKLMNOPQRSTTUVWXYZ[\\]^_`a') COLLATE "C"
$f$;
"""


class Migration(migrations.Migration):
    """Latvian alphabetical order without ICU: see docs/adr/0003 and reading notes on the stack."""

    initial = True
    operations = [
        TrigramExtension(),
        UnaccentExtension(),
        BtreeGistExtension(),
        migrations.RunSQL(LV_KEY, "DROP FUNCTION lv_key(text)"),
    ]
