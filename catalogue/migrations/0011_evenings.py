from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    """What is in the evenings is no longer at weekends too: whoever can come only in the evening was
    shown groups that meet on Saturdays. Bits 32 and 64 of `weekdays` are Saturday and Sunday."""

    dependencies = [("catalogue", "0010_version_in_short")]

    operations = [
        migrations.RunSQL(
            "UPDATE catalogue_group SET after_work = false"
            " WHERE after_work AND weekdays & 96 > 0",
            migrations.RunSQL.noop,
        )
    ]
