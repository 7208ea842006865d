"""A source entry is found by the index of its constraint, which begins with the student: one index less to write."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0006_growth_results"), ("students", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="sourceentry",
            name="student",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="source_entries",
                to="students.student",
            ),
        ),
    ]
