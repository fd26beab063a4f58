"""The plural of a name; nothing changes in the database."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("learning_accounts", "0003_wishes"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="alertmatch",
            options={"verbose_name_plural": "alert matches"},
        ),
    ]
