"""Queue, excuses, codes of sessions, closed months, moves, disputes and certificates."""

import django.contrib.postgres.functions
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0013_workspace'),
        ('enrolments', '0002_initial'),
        ('funding', '0012_workspace'),
        ('learning_accounts', '0004_alert_matches'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AttendanceChange',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('before', models.CharField(blank=True, choices=[('present', 'Here'), ('absent', 'Not here')], default='', max_length=10)),
                ('after', models.CharField(choices=[('present', 'Here'), ('absent', 'Not here')], max_length=10)),
                ('reason', models.CharField(max_length=300)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Certificate',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=24)),
                ('content', models.JSONField(default=dict)),
                ('issued_at', models.DateTimeField()),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('withdraw_reason', models.CharField(blank=True, default='', max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name='CertificateTemplate',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('name', models.CharField(max_length=80)),
                ('heading_lv', models.CharField(max_length=120)),
                ('heading_en', models.CharField(max_length=120)),
                ('text_lv', models.CharField(blank=True, default='', max_length=600)),
                ('text_en', models.CharField(blank=True, default='', max_length=600)),
                ('signatory', models.CharField(max_length=120)),
                ('position_lv', models.CharField(blank=True, default='', max_length=120)),
                ('position_en', models.CharField(blank=True, default='', max_length=120)),
                ('logo_alt', models.CharField(blank=True, default='', max_length=200)),
                ('active', models.BooleanField(default=True)),
            ],
        ),
        migrations.CreateModel(
            name='Dispute',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('state', models.CharField(choices=[('open', 'The agency looks into it'), ('upheld', 'It was somebody else'), ('dismissed', 'It was the person')], default='open', max_length=10)),
                ('note', models.CharField(blank=True, default='', max_length=500)),
                ('opened_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('decision_note', models.CharField(blank=True, default='', max_length=500)),
            ],
        ),
        migrations.CreateModel(
            name='Excuse',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('state', models.CharField(choices=[('submitted', 'Waiting for an answer'), ('accepted', 'Accepted'), ('refused', 'Not accepted'), ('withdrawn', 'Withdrawn')], default='submitted', max_length=10)),
                ('reason', models.CharField(choices=[('health', 'Health'), ('child', 'A child or somebody close is ill'), ('work', 'Work'), ('other', 'Something else')], max_length=10)),
                ('first_day', models.DateField()),
                ('last_day', models.DateField(help_text='inclusive')),
                ('note', models.CharField(blank=True, default='', max_length=500)),
                ('submitted_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('decision_note', models.CharField(blank=True, default='', max_length=500)),
            ],
        ),
        migrations.CreateModel(
            name='GroupMove',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('state', models.CharField(choices=[('proposed', 'Waiting for your answer'), ('accepted', 'Moved'), ('declined', 'Declined'), ('lapsed', 'Lapsed'), ('withdrawn', 'Withdrawn')], default='proposed', max_length=10)),
                ('reason', models.CharField(max_length=300)),
                ('proposed_at', models.DateTimeField()),
                ('answer_by', models.DateField(help_text="last day for the person's answer, inclusive")),
                ('answered_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='MonthClosing',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('month', models.DateField(help_text='first day of the month')),
                ('closed_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='OwnMark',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='SessionCode',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('code_hash', models.CharField(max_length=64)),
                ('opens_at', models.DateTimeField()),
                ('closes_at', models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name='application',
            name='offered_until',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='application',
            name='queued_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='participation',
            name='grade',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='participation',
            name='platform_name',
            field=models.CharField(blank=True, default='', max_length=120),
        ),
        migrations.AddIndex(
            model_name='application',
            index=models.Index(condition=models.Q(('state', 'waitlisted')), fields=['group', 'queued_at'], name='application_queue'),
        ),
        migrations.AddIndex(
            model_name='application',
            index=models.Index(condition=models.Q(('state', 'offered')), fields=['offered_until'], name='application_offered'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'waitlisted'), _negated=True), ('queued_at__isnull', False), _connector='OR'), name='application_queued_has_time'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'offered'), _negated=True), ('offered_until__isnull', False), _connector='OR'), name='application_offered_has_end'),
        ),
        migrations.AddConstraint(
            model_name='participation',
            constraint=models.CheckConstraint(condition=models.Q(('grade__isnull', True), models.Q(('grade__range', (1, 10)), ('state', 'completed')), _connector='OR'), name='participation_grade_of_completed'),
        ),
        migrations.AddField(
            model_name='attendancechange',
            name='attendance',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='enrolments.attendance'),
        ),
        migrations.AddField(
            model_name='attendancechange',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='certificate',
            name='issued_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='certificate',
            name='participation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='certificates', to='enrolments.participation'),
        ),
        migrations.AddField(
            model_name='certificate',
            name='withdrawn_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='certificatetemplate',
            name='provider',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='certificate_templates', to='catalogue.provider'),
        ),
        migrations.AddField(
            model_name='certificate',
            name='template',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='enrolments.certificatetemplate'),
        ),
        migrations.AddField(
            model_name='dispute',
            name='application',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='disputes', to='enrolments.application'),
        ),
        migrations.AddField(
            model_name='dispute',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='excuse',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='excuse',
            name='participation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='excuses', to='enrolments.participation'),
        ),
        migrations.AddField(
            model_name='groupmove',
            name='moved_to',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='moved_from', to='enrolments.participation'),
        ),
        migrations.AddField(
            model_name='groupmove',
            name='participation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='enrolments.participation'),
        ),
        migrations.AddField(
            model_name='groupmove',
            name='proposed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='groupmove',
            name='to_group',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves_here', to='catalogue.group'),
        ),
        migrations.AddField(
            model_name='monthclosing',
            name='closed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='monthclosing',
            name='group',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='closed_months', to='catalogue.group'),
        ),
        migrations.AddField(
            model_name='ownmark',
            name='participation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='own_marks', to='enrolments.participation'),
        ),
        migrations.AddField(
            model_name='ownmark',
            name='session',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='own_marks', to='catalogue.session'),
        ),
        migrations.AddField(
            model_name='sessioncode',
            name='issued_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='sessioncode',
            name='session',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='codes', to='catalogue.session'),
        ),
        migrations.AddConstraint(
            model_name='attendancechange',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='attendance_change_has_reason'),
        ),
        migrations.AddConstraint(
            model_name='certificatetemplate',
            constraint=models.UniqueConstraint(fields=('provider', 'name'), name='template_name_once'),
        ),
        migrations.AddConstraint(
            model_name='certificate',
            constraint=models.UniqueConstraint(fields=('code',), name='certificate_code_once'),
        ),
        migrations.AddConstraint(
            model_name='certificate',
            constraint=models.UniqueConstraint(condition=models.Q(('withdrawn_at__isnull', True)), fields=('participation',), name='certificate_one_valid'),
        ),
        migrations.AddConstraint(
            model_name='certificate',
            constraint=models.CheckConstraint(condition=models.Q(('withdrawn_at__isnull', True), models.Q(('withdraw_reason', ''), _negated=True), _connector='OR'), name='certificate_withdrawn_has_reason'),
        ),
        migrations.AddConstraint(
            model_name='dispute',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('application',), name='dispute_one_open'),
        ),
        migrations.AddConstraint(
            model_name='dispute',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='dispute_decided_has_time'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='dispute',
            trigger=pgtrigger.compiler.Trigger(name='dispute_states', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{open:dismissed,open:upheld}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='6b7b9ea96a4fec16bdfd35b5ad26e1354e648815', operation='UPDATE', pgid='pgtrigger_dispute_states_72bce', table='enrolments_dispute', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='excuse',
            constraint=models.CheckConstraint(condition=models.Q(('first_day__lte', models.F('last_day'))), name='excuse_days_ordered'),
        ),
        migrations.AddConstraint(
            model_name='excuse',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['accepted', 'refused']), _negated=True), ('decided_at__isnull', False), _connector='OR'), name='excuse_decided_has_time'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='excuse',
            trigger=pgtrigger.compiler.Trigger(name='excuse_states', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{submitted:accepted,submitted:refused,submitted:withdrawn}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='f8357c1b8ac8d536fd61c367c30c586d346c9b7f', operation='UPDATE', pgid='pgtrigger_excuse_states_1a804', table='enrolments_excuse', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='groupmove',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('participation',), name='move_one_open'),
        ),
        migrations.AddConstraint(
            model_name='groupmove',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('moved_to__isnull', False), ('state', 'accepted')), models.Q(models.Q(('state', 'accepted'), _negated=True), ('moved_to__isnull', True)), _connector='OR'), name='move_accepted_has_place'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='groupmove',
            trigger=pgtrigger.compiler.Trigger(name='group_move_states', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{proposed:accepted,proposed:declined,proposed:lapsed,proposed:withdrawn}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='a4887c97c4d90e2bdcf069f57270d891921c1358', operation='UPDATE', pgid='pgtrigger_group_move_states_46429', table='enrolments_groupmove', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='monthclosing',
            constraint=models.UniqueConstraint(fields=('group', 'month'), name='month_closed_once'),
        ),
        migrations.AddConstraint(
            model_name='monthclosing',
            constraint=models.CheckConstraint(condition=models.Q(('month__day', 1)), name='closed_month_by_first_day'),
        ),
        migrations.AddConstraint(
            model_name='ownmark',
            constraint=models.UniqueConstraint(fields=('participation', 'session'), name='own_mark_once'),
        ),
        migrations.AddConstraint(
            model_name='sessioncode',
            constraint=models.CheckConstraint(condition=models.Q(('opens_at__lt', models.F('closes_at'))), name='session_code_times_ordered'),
        ),
    ]
