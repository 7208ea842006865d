"""The audit trail: partitioned by month, append-only, sealed. Made by hand: Django has no words for partitions."""

from django.db import migrations

TRAIL = """
CREATE SEQUENCE access_auditevent_id_seq AS bigint;

CREATE TABLE access_auditevent (
    id bigint NOT NULL DEFAULT nextval('access_auditevent_id_seq'),
    transaction bigint NOT NULL DEFAULT (pg_current_xact_id()::text)::bigint,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor_id bigint,
    student_id uuid,
    action varchar(40) NOT NULL,
    door varchar(10) NOT NULL,
    outcome varchar(12) NOT NULL DEFAULT 'granted',
    reason varchar(200) NOT NULL DEFAULT '',
    request_id varchar(64) NOT NULL DEFAULT '',
    -- In the order in which rows are sealed.
    CONSTRAINT access_auditevent_pkey PRIMARY KEY (transaction, id, at)
) PARTITION BY RANGE (at);
ALTER SEQUENCE access_auditevent_id_seq OWNED BY access_auditevent.id;

-- Serves "who looked" at one student, newest first.
CREATE INDEX access_auditevent_student ON access_auditevent (student_id, at DESC);
-- Serves "what did this person look at" and the nurse's list of students opened last.
CREATE INDEX access_auditevent_actor ON access_auditevent (actor_id, at DESC);

-- The number counts the seals without a gap: a missing number is a removed seal.
CREATE TABLE access_auditseal (
    number bigint PRIMARY KEY,
    sealed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    key_id varchar(40) NOT NULL,
    first_transaction bigint NOT NULL,
    end_transaction bigint NOT NULL,
    rows integer NOT NULL,
    row_digests bytea NOT NULL,
    digest bytea NOT NULL,
    CONSTRAINT audit_seal_covers_a_range CHECK (end_transaction > first_transaction)
);

CREATE FUNCTION access_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit trail is append-only: % on % is refused.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER audit_trail_is_append_only BEFORE UPDATE OR DELETE ON access_auditevent
    FOR EACH ROW EXECUTE FUNCTION access_refuse_change();
CREATE TRIGGER audit_trail_is_never_emptied BEFORE TRUNCATE ON access_auditevent
    FOR EACH STATEMENT EXECUTE FUNCTION access_refuse_change();
CREATE TRIGGER audit_seals_are_append_only BEFORE UPDATE OR DELETE ON access_auditseal
    FOR EACH ROW EXECUTE FUNCTION access_refuse_change();
CREATE TRIGGER audit_seals_are_never_emptied BEFORE TRUNCATE ON access_auditseal
    FOR EACH STATEMENT EXECUTE FUNCTION access_refuse_change();

-- Rows of a month without a partition are kept here rather than refused: no audit, no data.
CREATE TABLE access_auditevent_other PARTITION OF access_auditevent DEFAULT;
CREATE TRIGGER audit_trail_is_never_emptied BEFORE TRUNCATE ON access_auditevent_other
    FOR EACH STATEMENT EXECUTE FUNCTION access_refuse_change();

-- Makes the partitions of this month and the next ones. Runs as the owner, so that the service needs no DDL right.
CREATE FUNCTION access_make_audit_partitions(months integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    first date;
    name text;
    made integer := 0;
BEGIN
    FOR ahead IN 0..least(months, 60) LOOP
        first := date_trunc('month', now() AT TIME ZONE 'UTC')::date + make_interval(months => ahead);
        name := 'access_auditevent_' || to_char(first, 'YYYY_MM');
        CONTINUE WHEN to_regclass(name) IS NOT NULL;
        BEGIN
            EXECUTE format(
                'CREATE TABLE %I PARTITION OF access_auditevent FOR VALUES FROM (%L) TO (%L)',
                name, first::timestamp AT TIME ZONE 'UTC', (first + interval '1 month')::timestamp AT TIME ZONE 'UTC'
            );
            EXECUTE format(
                'CREATE TRIGGER audit_trail_is_never_emptied BEFORE TRUNCATE ON %I
                 FOR EACH STATEMENT EXECUTE FUNCTION access_refuse_change()', name
            );
            made := made + 1;
        EXCEPTION
            -- Rows of that month were kept in the default partition: they stay there, and later months are not stopped.
            WHEN check_violation THEN RAISE WARNING 'no partition % : its month has rows already', name;
            -- Another process was faster.
            WHEN duplicate_table THEN NULL;
        END;
    END LOOP;
    RETURN made;
END $$;

SELECT access_make_audit_partitions(3);
"""

GONE = """
DROP FUNCTION access_make_audit_partitions(integer);
DROP TABLE access_auditevent;
DROP TABLE access_auditseal;
DROP FUNCTION access_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial")]

    operations = [migrations.RunSQL(TRAIL, GONE)]
