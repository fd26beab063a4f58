from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """What is in the evenings is no longer at weekends too: whoever can come only in the evening
    was shown groups that meet on Saturdays. Bits 32 and 64 of `weekdays` are Saturday and Sunday.
    Providers say how one asks them."""

    dependencies = [("catalogue", "0011_search_groups")]

    operations = [
        migrations.AddField(
            model_name="provider",
            name="email",
            field=models.EmailField(blank=True, default="", max_length=254),
        ),
        migrations.AddField(
            model_name="provider",
            name="phone",
            field=models.CharField(blank=True, default="", max_length=20),
        ),
        migrations.RunSQL(
            "UPDATE catalogue_group SET after_work = false WHERE after_work AND weekdays & 96 > 0",
            migrations.RunSQL.noop,
        ),
    ]
