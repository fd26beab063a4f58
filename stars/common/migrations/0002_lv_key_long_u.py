"""Every letter has its place in Latvian order.

The first version gave `u` and `ū` two places, so all letters after them moved by one and `ž` was
left out of the key: "žetons" stood among the words with e. No index was built on it.
"""

from django.db import migrations

LV_KEY = r"""
CREATE OR REPLACE FUNCTION lv_key(t text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $f$
SELECT translate(lower(t COLLATE pg_c_utf8), 'aābcčdeēfgģhiīyjkķlļmnņoōpqrŗsštuūvwxzž',
                 'AABCDEFFGHIJKKKLMNOPQRSTTUVWXYZ[\\]^_`a') COLLATE "C"
$f$;
"""


class Migration(migrations.Migration):
    """See above."""

    dependencies = [("common", "0001_extensions")]
    operations = [migrations.RunSQL(LV_KEY, migrations.RunSQL.noop)]
