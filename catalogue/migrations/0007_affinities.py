"""The plural of a name; nothing changes in the database."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0006_programme_life"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="programmeaffinity",
            options={"verbose_name_plural": "programme affinities"},
        ),
    ]
