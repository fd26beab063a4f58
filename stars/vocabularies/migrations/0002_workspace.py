"""Some types of programme have a grade (ENR-7)."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('vocabularies', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='programmetype',
            name='has_grade',
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
