"""The words have a table of their own now: what 0002 replaced goes, once no process of the release before is left."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("records", "0003_fill_search_entries")]

    operations = [
        migrations.RemoveIndex(model_name="healthrecord", name="health_record_search_gin"),
        migrations.RemoveField(model_name="healthrecord", name="search"),
    ]
