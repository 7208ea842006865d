"""Entries for the records that are there already; in small transactions, while others read and write."""

from uuid import UUID

from django.db import migrations

ROWS = 2_000
BEGINNING = UUID(int=0)


def fill(apps, schema_editor):
    """Go through all records, as reindex_search does."""
    after = BEGINNING
    with schema_editor.connection.cursor() as cursor:
        while after is not None:
            cursor.execute("SELECT last FROM records_index_range(%s, %s)", [after, ROWS])
            (after,) = cursor.fetchone()
        cursor.execute("ANALYZE records_searchentry")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("records", "0002_search_entries")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
