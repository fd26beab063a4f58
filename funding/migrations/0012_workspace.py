"""A commitment can be frozen while "this was not me" is looked into."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('funding', '0011_forgetting'),
    ]

    operations = [
        migrations.AddField(
            model_name='commitment',
            name='frozen_at',
            field=models.DateTimeField(null=True),
        ),
    ]
