"""Which key wrote which row, and how a row was left (PRO-6, PRO-10)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_invitation'),
        ('api', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ApiWrite',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=20)),
                ('object_id', models.UUIDField()),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name='externalid',
            name='left_as',
            field=models.CharField(blank=True, default='', max_length=64),
        ),
        migrations.AddIndex(
            model_name='externalid',
            index=models.Index(fields=['object_id'], name='external_id_of_object'),
        ),
        migrations.AddConstraint(
            model_name='apikey',
            constraint=models.UniqueConstraint(condition=models.Q(('revoked_at__isnull', True)), fields=('organisation', 'name'), name='api_key_name_once'),
        ),
        migrations.AddField(
            model_name='apiwrite',
            name='key',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='writes', to='api.apikey'),
        ),
        migrations.AddIndex(
            model_name='apiwrite',
            index=models.Index(fields=['key', '-id'], name='write_of_key'),
        ),
        migrations.AddIndex(
            model_name='apiwrite',
            index=models.Index(fields=['object_id'], name='write_of_object'),
        ),
    ]
