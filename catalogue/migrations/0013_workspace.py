"""Venues, teachers, agreements, suspensions and registrations of providers (PRO-1, PRO-2, ENR-8)."""

import django.contrib.postgres.functions
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0012_evenings'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Room',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=60)),
                ('seats', models.PositiveSmallIntegerField(null=True)),
                ('active', models.BooleanField(default=True)),
            ],
            options={
                'ordering': ['name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Agreement',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('number', models.CharField(max_length=40)),
                ('signed_on', models.DateField()),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(blank=True, help_text='last day, inclusive', null=True)),
                ('terms', models.TextField(blank=True, default='')),
                ('ended_on', models.DateField(blank=True, help_text='ended before its time', null=True)),
                ('end_reason', models.CharField(blank=True, default='', max_length=300)),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='agreements', to='catalogue.provider')),
            ],
            options={
                'ordering': ['-valid_from', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='AgreementEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('number', models.CharField(max_length=40)),
                ('signed_on', models.DateField()),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(blank=True, help_text='last day, inclusive', null=True)),
                ('terms', models.TextField(blank=True, default='')),
                ('ended_on', models.DateField(blank=True, help_text='ended before its time', null=True)),
                ('end_reason', models.CharField(blank=True, default='', max_length=300)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='catalogue.agreement')),
                ('provider', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='catalogue.provider')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ProviderRegistration',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('submitted', 'Sent to the agency'), ('returned', 'Returned to be mended'), ('approved', 'Approved'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn')], default='draft', max_length=10)),
                ('name', models.CharField(blank=True, default='', max_length=200)),
                ('registration_number', models.CharField(blank=True, default='', max_length=20)),
                ('city', models.CharField(blank=True, default='', max_length=80)),
                ('email', models.EmailField(blank=True, default='', max_length=254)),
                ('phone', models.CharField(blank=True, default='', max_length=20)),
                ('about_lv', models.TextField(blank=True, default='')),
                ('about_en', models.TextField(blank=True, default='')),
                ('accreditation', models.CharField(blank=True, default='', max_length=300)),
                ('accredited_until', models.DateField(blank=True, help_text='last day, inclusive', null=True)),
                ('runs', models.JSONField(blank=True, default=list)),
                ('no_exclusion', models.BooleanField(default=False)),
                ('findings', models.JSONField(blank=True, default=list)),
                ('submitted_at', models.DateTimeField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decision_note', models.TextField(blank=True, default='')),
                ('applicant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('provider', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='registration', to='catalogue.provider')),
            ],
        ),
        migrations.AddField(
            model_name='group',
            name='room',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalogue.room'),
        ),
        migrations.AddField(
            model_name='session',
            name='room',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sessions', to='catalogue.room'),
        ),
        migrations.CreateModel(
            name='Suspension',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('running', models.CharField(choices=[('finish', 'They learn to the end'), ('move', 'People move to another group'), ('stop', 'They stop; place and money are freed')], max_length=10)),
                ('reason', models.TextField()),
                ('decided_at', models.DateTimeField()),
                ('lifted_at', models.DateTimeField(null=True)),
                ('lift_reason', models.TextField(blank=True, default='')),
                ('decided_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('lifted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('programme', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='suspensions', to='catalogue.programme')),
                ('provider', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='suspensions', to='catalogue.provider')),
            ],
            options={
                'ordering': ['-decided_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Teacher',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('name', models.CharField(max_length=120)),
                ('about_lv', models.CharField(blank=True, default='', max_length=300)),
                ('about_en', models.CharField(blank=True, default='', max_length=300)),
                ('active', models.BooleanField(default=True)),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='teachers', to='catalogue.provider')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['name', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='group',
            name='lead',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalogue.teacher'),
        ),
        migrations.AddField(
            model_name='session',
            name='teacher',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sessions', to='catalogue.teacher'),
        ),
        migrations.CreateModel(
            name='Venue',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('name', models.CharField(max_length=120)),
                ('street', models.CharField(max_length=200)),
                ('city', models.CharField(max_length=80)),
                ('step_free', models.BooleanField(null=True)),
                ('active', models.BooleanField(default=True)),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='venues', to='catalogue.provider')),
            ],
            options={
                'ordering': ['name', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='room',
            name='venue',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rooms', to='catalogue.venue'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.UniqueConstraint(fields=('number',), name='agreement_number_once'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='agreement_dates_ordered'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(('ended_on__isnull', True), models.Q(('end_reason', ''), _negated=True), _connector='OR'), name='agreement_end_has_reason'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='agreement',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "catalogue_agreementevent" ("created_at", "end_reason", "ended_on", "id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "provider_id", "signed_on", "terms", "updated_at", "valid_from", "valid_to") VALUES (NEW."created_at", NEW."end_reason", NEW."ended_on", NEW."id", NEW."number", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."provider_id", NEW."signed_on", NEW."terms", NEW."updated_at", NEW."valid_from", NEW."valid_to"); RETURN NULL;', hash='8152768467dfd8704f3fc6d12ddf92d3297818d9', operation='INSERT', pgid='pgtrigger_insert_insert_a8ffc', table='catalogue_agreement', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='agreement',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "catalogue_agreementevent" ("created_at", "end_reason", "ended_on", "id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "provider_id", "signed_on", "terms", "updated_at", "valid_from", "valid_to") VALUES (NEW."created_at", NEW."end_reason", NEW."ended_on", NEW."id", NEW."number", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."provider_id", NEW."signed_on", NEW."terms", NEW."updated_at", NEW."valid_from", NEW."valid_to"); RETURN NULL;', hash='9fc62da3425dec166b2679703c0889fe7e6afb27', operation='UPDATE', pgid='pgtrigger_update_update_5af19', table='catalogue_agreement', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='agreementevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='b5526fc36a1aa526788e60b7a6d84e1989ce0842', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_2ff56', table='catalogue_agreementevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='providerregistration',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['draft', 'submitted', 'returned'])), fields=('applicant',), name='registration_one_open'),
        ),
        migrations.AddConstraint(
            model_name='providerregistration',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'withdrawn']), ('submitted_at__isnull', False), _connector='OR'), name='registration_sent_has_time'),
        ),
        migrations.AddConstraint(
            model_name='providerregistration',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', False), ('provider__isnull', False), ('state', 'approved')), models.Q(models.Q(('state', 'approved'), _negated=True), ('provider__isnull', True)), _connector='OR'), name='registration_approved_has_provider'),
        ),
        migrations.AddConstraint(
            model_name='providerregistration',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), models.Q(('decided_by', models.F('applicant')), _negated=True), _connector='OR'), name='registration_four_eyes'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='providerregistration',
            trigger=pgtrigger.compiler.Trigger(name='provider_registration_states', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{draft:submitted,draft:withdrawn,returned:submitted,returned:withdrawn,submitted:approved,submitted:refused,submitted:returned,submitted:withdrawn}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='8360b02c3f96184af6da92c9e7dea4785c2db9ab', operation='UPDATE', pgid='pgtrigger_provider_registration_states_3a1f1', table='catalogue_providerregistration', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='suspension',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('programme__isnull', False), ('provider__isnull', True)), models.Q(('programme__isnull', True), ('provider__isnull', False)), _connector='OR'), name='suspension_of_one'),
        ),
        migrations.AddConstraint(
            model_name='suspension',
            constraint=models.UniqueConstraint(condition=models.Q(('lifted_at__isnull', True)), fields=('provider',), name='suspension_provider'),
        ),
        migrations.AddConstraint(
            model_name='suspension',
            constraint=models.UniqueConstraint(condition=models.Q(('lifted_at__isnull', True)), fields=('programme',), name='suspension_programme'),
        ),
        migrations.AddConstraint(
            model_name='suspension',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('lifted_at__isnull', True), ('lifted_by__isnull', True)), models.Q(('lifted_at__isnull', False), ('lifted_by__isnull', False), models.Q(('lift_reason', ''), _negated=True)), _connector='OR'), name='suspension_lifted_whole'),
        ),
        migrations.AddConstraint(
            model_name='teacher',
            constraint=models.UniqueConstraint(fields=('provider', 'name'), name='teacher_name_once'),
        ),
        migrations.AddConstraint(
            model_name='venue',
            constraint=models.UniqueConstraint(fields=('provider', 'name'), name='venue_name_once'),
        ),
        migrations.AddConstraint(
            model_name='room',
            constraint=models.UniqueConstraint(fields=('venue', 'name'), name='room_name_once'),
        ),
    ]
