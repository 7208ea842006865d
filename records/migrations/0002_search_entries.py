"""The search index as a table of its own, kept right by the database whoever writes and however.

Functions and triggers by hand: Django has no words for them. Statement by statement, not row by row: an import of
fifty thousand records runs each trigger once.

Locks. Whoever writes a record locks its student before the entry, several students in the order of their ids. A
student who changes school is locked by that change, then the entries follow. So a record that is written while its
student moves is found at the new school: the second of the two waits for the first. Nobody waits in a circle as long
as writers lock the records that they change, then the students, each in the order of their ids, and only then write.
"""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

INDEXING = """
-- The words of a record. What happened weighs most, then the notes, then who wrote it. What stands between < and > is
-- text here, not markup. More than a hundred thousand letters of a text are not searched: a tsvector has a limit, and
-- reaching it would refuse the record.
CREATE FUNCTION records_search_words(description text, result text, notes text, provider text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    setweight(to_tsvector('english', translate(description || ' ' || result, '<>', '  ')), 'A')
    || setweight(to_tsvector('english', translate(left(notes, 100000), '<>', '  ')), 'B')
    || setweight(to_tsvector('english', translate(provider, '<>', '  ')), 'D');

CREATE FUNCTION records_index_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM students_student WHERE id IN (SELECT student_id FROM written) ORDER BY id FOR NO KEY UPDATE;
    INSERT INTO records_searchentry (record_id, school_id, date, type, confidential, words)
    SELECT w.id, s.school_id, w.date, w.type, w.confidential,
           records_search_words(w.description, w.result, w.notes, w.provider)
    FROM written w JOIN students_student s ON s.id = w.student_id
    WHERE w.status <> 'entered_in_error';
    RETURN NULL;
END $$;

CREATE FUNCTION records_index_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched uuid[];
    placed uuid[];  -- of these the school has to be looked up: another student, or found again
BEGIN
    SELECT array_agg(w.id),
           array_agg(w.id) FILTER (WHERE w.student_id <> b.student_id OR b.status = 'entered_in_error')
    INTO touched, placed
    FROM written w JOIN before b USING (id)
    WHERE (w.student_id, w.status, w.date, w.type, w.confidential, w.description, w.result, w.notes, w.provider)
        IS DISTINCT FROM
        (b.student_id, b.status, b.date, b.type, b.confidential, b.description, b.result, b.notes, b.provider);
    IF touched IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM FROM students_student WHERE id IN (SELECT student_id FROM written WHERE id = ANY (touched))
        ORDER BY id FOR NO KEY UPDATE;
    DELETE FROM records_searchentry e USING written w
    WHERE e.record_id = w.id AND w.id = ANY (touched) AND w.status = 'entered_in_error';
    UPDATE records_searchentry e SET date = w.date, type = w.type, confidential = w.confidential,
        words = records_search_words(w.description, w.result, w.notes, w.provider)
    FROM written w
    WHERE e.record_id = w.id AND w.id = ANY (touched);
    IF placed IS NULL THEN
        RETURN NULL;
    END IF;
    INSERT INTO records_searchentry AS e (record_id, school_id, date, type, confidential, words)
    SELECT w.id, s.school_id, w.date, w.type, w.confidential,
           records_search_words(w.description, w.result, w.notes, w.provider)
    FROM written w JOIN students_student s ON s.id = w.student_id
    WHERE w.id = ANY (placed) AND w.status <> 'entered_in_error'
    ON CONFLICT (record_id) DO UPDATE SET school_id = excluded.school_id;
    RETURN NULL;
END $$;

CREATE FUNCTION records_index_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM records_searchentry e USING before b WHERE e.record_id = b.id;
    RETURN NULL;
END $$;

CREATE FUNCTION records_index_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE records_searchentry e SET school_id = NEW.school_id
    FROM records_healthrecord r WHERE r.student_id = NEW.id AND e.record_id = r.id;
    RETURN NULL;
END $$;

CREATE TRIGGER search_index_new AFTER INSERT ON records_healthrecord
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION records_index_new();
CREATE TRIGGER search_index_changed AFTER UPDATE ON records_healthrecord
    REFERENCING OLD TABLE AS before NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION records_index_changed();
CREATE TRIGGER search_index_gone AFTER DELETE ON records_healthrecord
    REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION records_index_gone();
CREATE TRIGGER search_index_moved AFTER UPDATE OF school_id ON students_student
    FOR EACH ROW WHEN (OLD.school_id IS DISTINCT FROM NEW.school_id) EXECUTE FUNCTION records_index_moved();

-- Makes the entries of the next records right, by id, and takes away what should not be there. Returns the last id, how
-- many records were looked at and how many entries were written or removed. The last id is null at the end. Goes on
-- while others read and write: it holds back only writers of these records, until its transaction ends.
CREATE FUNCTION records_index_range(after uuid, at_most integer, OUT last uuid, OUT seen integer, OUT mended integer)
LANGUAGE plpgsql AS $$
DECLARE
    ids uuid[];
    gone integer;
BEGIN
    SELECT array_agg(id) INTO ids FROM (
        SELECT id FROM records_healthrecord WHERE id > after ORDER BY id LIMIT at_most FOR SHARE
    ) AS locked;
    PERFORM FROM students_student
        WHERE id IN (SELECT student_id FROM records_healthrecord WHERE id = ANY (ids)) ORDER BY id FOR SHARE;
    seen := coalesce(cardinality(ids), 0);
    last := ids[seen];
    DELETE FROM records_searchentry e
    WHERE e.record_id > after AND (last IS NULL OR e.record_id <= last)
      AND NOT EXISTS (SELECT FROM records_healthrecord r WHERE r.id = e.record_id AND r.status <> 'entered_in_error');
    GET DIAGNOSTICS gone = ROW_COUNT;
    INSERT INTO records_searchentry AS e (record_id, school_id, date, type, confidential, words)
    SELECT r.id, s.school_id, r.date, r.type, r.confidential,
           records_search_words(r.description, r.result, r.notes, r.provider)
    FROM records_healthrecord r JOIN students_student s ON s.id = r.student_id
    WHERE r.id = ANY (ids) AND r.status <> 'entered_in_error'
    ON CONFLICT (record_id) DO UPDATE SET school_id = excluded.school_id, date = excluded.date, type = excluded.type,
        confidential = excluded.confidential, words = excluded.words
    WHERE (e.school_id, e.date, e.type, e.confidential, e.words)
        IS DISTINCT FROM (excluded.school_id, excluded.date, excluded.type, excluded.confidential, excluded.words);
    GET DIAGNOSTICS mended = ROW_COUNT;
    mended := mended + gone;
END $$;
"""

GONE = """
DROP TRIGGER search_index_moved ON students_student;
DROP TRIGGER search_index_gone ON records_healthrecord;
DROP TRIGGER search_index_changed ON records_healthrecord;
DROP TRIGGER search_index_new ON records_healthrecord;
DROP FUNCTION records_index_range(uuid, integer), records_index_moved(), records_index_gone(), records_index_changed(),
    records_index_new(), records_search_words(text, text, text, text);
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial"), ("students", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                (
                    "record",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="records.healthrecord",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="students.school",
                    ),
                ),
                ("date", models.DateField()),
                ("type", models.CharField(max_length=30)),
                ("confidential", models.BooleanField()),
                ("words", django.contrib.postgres.search.SearchVectorField()),
            ],
            options={
                "verbose_name_plural": "search entries",
                "indexes": [
                    models.Index(
                        models.F("school"),
                        models.OrderBy(models.F("date"), descending=True),
                        models.OrderBy(models.F("record"), descending=True),
                        name="search_entry_school_date",
                    ),
                    models.Index(
                        models.OrderBy(models.F("date"), descending=True),
                        models.OrderBy(models.F("record"), descending=True),
                        name="search_entry_date",
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["school", "words"], gin_pending_list_limit=256, name="search_entry_words"
                    ),
                ],
            },
        ),
        migrations.RunSQL(INDEXING, GONE),
    ]
