"""Where the growth of many students is stored, how far the runs are, and the nurse's follow-up list.

Triggers by hand: a record entered in error, or deleted, has no assessment from that moment on, whoever wrote it and
however, and what was to be followed up because of it is closed.
"""

import django.db.models.deletion
import django.utils.timezone
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models

WATCHING = """
CREATE FUNCTION records_growth_taken_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM records_growthassessment WHERE record_id = NEW.id;
    UPDATE records_followup
    SET status = 'closed', closed_at = now(), closing_reason = 'The measurement was entered in error.'
    WHERE record_id = NEW.id AND status = 'open';
    RETURN NULL;
END $$;

CREATE FUNCTION records_growth_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM records_growthassessment a USING before b WHERE a.record_id = b.id;
    RETURN NULL;
END $$;

CREATE TRIGGER growth_taken_back AFTER UPDATE OF status ON records_healthrecord FOR EACH ROW
    WHEN (NEW.status = 'entered_in_error' AND OLD.status <> 'entered_in_error')
    EXECUTE FUNCTION records_growth_taken_back();
CREATE TRIGGER growth_gone AFTER DELETE ON records_healthrecord
    REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION records_growth_gone();
"""

UNWATCHED = """
DROP TRIGGER growth_gone ON records_healthrecord;
DROP TRIGGER growth_taken_back ON records_healthrecord;
DROP FUNCTION records_growth_gone(), records_growth_taken_back();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0005_school_flags'),
        ('students', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='GrowthProgress',
            fields=[
                ('student', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='+', serialize=False, to='students.student')),
                ('health_version', models.PositiveBigIntegerField()),
                ('rules', models.SmallIntegerField()),
            ],
            options={
                'verbose_name_plural': 'growth progress',
            },
        ),
        migrations.CreateModel(
            name='FollowUp',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('obesity_class', 'New obesity class'), ('falling_lines', 'Fell two percentile lines'), ('no_growth', 'No growth')], max_length=20)),
                ('reason', models.CharField(help_text='What was found, in words.', max_length=200)),
                ('since', models.DateField(help_text='The day of the measurement.')),
                ('due', models.DateField()),
                ('status', models.CharField(choices=[('open', 'Open'), ('done', 'Done'), ('dismissed', 'Dismissed'), ('closed', 'Closed by itself')], default='open', max_length=10)),
                ('closed_at', models.DateTimeField(null=True)),
                ('closing_reason', models.CharField(blank=True, max_length=200)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('closed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('record', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='records.healthrecord')),
                ('student', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='students.student')),
            ],
            options={
                'verbose_name': 'follow-up',
                'indexes': [models.Index(condition=models.Q(('status', 'open')), fields=['student'], name='follow_up_open')],
                'constraints': [models.UniqueConstraint(fields=('record', 'kind'), name='follow_up_once_a_measurement'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'dismissed'), _negated=True), models.Q(('closing_reason', ''), _negated=True), _connector='OR'), name='follow_up_dismissed_has_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='GrowthAssessment',
            fields=[
                ('record', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='+', serialize=False, to='records.healthrecord')),
                ('date', models.DateField()),
                ('age_days', models.IntegerField()),
                ('height_z', models.FloatField(null=True)),
                ('height_percentile', models.FloatField(null=True)),
                ('height_modified_z', models.FloatField(null=True)),
                ('weight_z', models.FloatField(null=True)),
                ('weight_percentile', models.FloatField(null=True)),
                ('weight_modified_z', models.FloatField(null=True)),
                ('bmi', models.FloatField(null=True)),
                ('bmi_z', models.FloatField(null=True)),
                ('bmi_percentile', models.FloatField(null=True)),
                ('bmi_modified_z', models.FloatField(null=True)),
                ('bmi_percent_of_p95', models.FloatField(null=True)),
                ('weight_status', models.SmallIntegerField(choices=[(0, 'none'), (1, 'underweight'), (2, 'healthy_weight'), (3, 'overweight'), (4, 'obesity'), (5, 'obesity_class_2'), (6, 'obesity_class_3')])),
                ('reference', models.SmallIntegerField(choices=[(0, ''), (1, 'WHO2006'), (2, 'CDC2000')])),
                ('height_reason', models.SmallIntegerField(choices=[(0, 'answered'), (1, 'not_measured'), (2, 'not_a_measurement'), (3, 'age_unknown'), (4, 'before_birth'), (5, 'sex_unknown'), (6, 'adult'), (7, 'no_reference'), (8, 'beyond_reference'), (9, 'interval_too_short'), (10, 'method_changed')])),
                ('weight_reason', models.SmallIntegerField(choices=[(0, 'answered'), (1, 'not_measured'), (2, 'not_a_measurement'), (3, 'age_unknown'), (4, 'before_birth'), (5, 'sex_unknown'), (6, 'adult'), (7, 'no_reference'), (8, 'beyond_reference'), (9, 'interval_too_short'), (10, 'method_changed')])),
                ('bmi_reason', models.SmallIntegerField(choices=[(0, 'answered'), (1, 'not_measured'), (2, 'not_a_measurement'), (3, 'age_unknown'), (4, 'before_birth'), (5, 'sex_unknown'), (6, 'adult'), (7, 'no_reference'), (8, 'beyond_reference'), (9, 'interval_too_short'), (10, 'method_changed')])),
                ('height_implausible', models.SmallIntegerField()),
                ('weight_implausible', models.SmallIntegerField()),
                ('bmi_implausible', models.SmallIntegerField()),
                ('computed_at', models.DateTimeField()),
                ('student', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='students.student')),
            ],
            options={
                'indexes': [models.Index(models.F('student'), models.OrderBy(models.F('date'), descending=True), name='growth_assessment_student')],
            },
        ),
        migrations.CreateModel(
            name='GrowthRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('whole', models.BooleanField(help_text='All students, not only those who changed.')),
                ('rules', models.SmallIntegerField()),
                ('started_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('heard_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('ended_at', models.DateTimeField(null=True)),
                ('outcome', models.CharField(choices=[('running', 'Running'), ('done', 'Done'), ('stopped', 'Stopped before the end'), ('failed', 'Failed')], default='running', max_length=10)),
                ('stop_asked', models.BooleanField(default=False)),
                ('reached', models.UUIDField(null=True)),
                ('students_to_do', models.PositiveIntegerField(default=0)),
                ('students', models.PositiveIntegerField(default=0)),
                ('measurements', models.PositiveIntegerField(default=0)),
                ('written', models.PositiveIntegerField(default=0)),
                ('removed', models.PositiveIntegerField(default=0)),
                ('trouble', models.CharField(blank=True, max_length=200)),
                ('school', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='students.school')),
                ('started_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['-started_at'], name='growth_run_latest')],
            },
        ),
        migrations.RunSQL(WATCHING, UNWATCHED),
    ]
