"""What PostgreSQL says about itself: connections, replicas, slow statements, bloat, and how far the trail is sealed.

Each function asks one thing of an open connection (metrics/probing.py) and raises psycopg.Error or Unavailable.
"""

from typing import Any

from metrics.parts import Unavailable
from metrics.probing import Connection
from metrics.readings import Reading
from metrics.slow_queries import without_values

SLOWEST = 10
LARGEST = 20
PAGE_BYTES = 8192
# A row's header with its pointer, and what a page has for rows (PostgreSQL documentation, "Database Page Layout").
ROW_OVERHEAD, PAGE_ROOM = 28, 8168
HIDDEN = "<insufficient privilege>"

CONNECTIONS = """
    SELECT coalesce(state, 'hidden'), count(*), count(*) FILTER (WHERE wait_event_type = 'Lock'),
           max(extract(epoch FROM clock_timestamp() - xact_start))::float8
    FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
    GROUP BY 1
"""
DATABASE = """
    SELECT current_setting('server_version'), pg_database_size(datid), xact_commit, xact_rollback, deadlocks,
           temp_bytes, blks_hit::float8 / nullif(blks_hit + blks_read, 0),
           (SELECT age(datfrozenxid) FROM pg_database WHERE oid = datid),
           extract(epoch FROM clock_timestamp() - pg_postmaster_start_time())::float8
    FROM pg_stat_database WHERE datname = current_database()
"""
REPLICAS = """
    SELECT application_name, state, sync_state, coalesce(extract(epoch FROM replay_lag), 0)::float8,
           pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)::bigint
    FROM pg_stat_replication ORDER BY application_name
"""
# Behind without having replayed anything yet: as long as it has been running.
STANDBY_LAG = """
    SELECT CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
           ELSE extract(epoch FROM clock_timestamp() -
                        coalesce(pg_last_xact_replay_timestamp(), pg_postmaster_start_time())) END::float8
"""
STATEMENTS = """
    SELECT query, calls, mean_exec_time, max_exec_time, total_exec_time, rows
    FROM {schema}.pg_stat_statements
    WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND query <> %s
    ORDER BY mean_exec_time DESC LIMIT %s
"""
BLOAT = """
    WITH widths AS (
        SELECT schemaname, tablename, sum((1 - null_frac) * avg_width) AS bytes FROM pg_stats GROUP BY 1, 2
    )
    SELECT s.relname, pg_total_relation_size(s.relid), s.n_live_tup, s.n_dead_tup,
           greatest(s.last_vacuum, s.last_autovacuum),
           CASE WHEN c.reltuples >= 0 AND w.bytes IS NOT NULL THEN
               greatest(0, pg_relation_size(s.relid) - ceil(c.reltuples * (%(row)s + w.bytes) / %(room)s) * %(page)s)
           END::bigint
    FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid
    LEFT JOIN widths w ON w.schemaname = s.schemaname AND w.tablename = s.relname
    ORDER BY 2 DESC LIMIT %(largest)s
"""
# Raw SQL, because this app imports no model of another; it reads when and how many, never who or about whom.
SEALS = """
    WITH last AS (SELECT number, end_transaction FROM access_auditseal ORDER BY number DESC LIMIT 1)
    SELECT coalesce((SELECT number FROM last), 0),
           coalesce((
               SELECT extract(epoch FROM clock_timestamp() - at) FROM access_auditevent
               WHERE transaction >= coalesce((SELECT end_transaction FROM last), 0) ORDER BY transaction, id LIMIT 1
           ), 0)::float8
"""


def whole(connection: Connection) -> dict[str, Any]:
    """Return size in bytes, commits, rollbacks, deadlocks, share of blocks found in memory, and age."""
    names = "version size_bytes commits rollbacks deadlocks temporary_bytes memory_hit_rate oldest_transaction_age"
    row = connection.execute(DATABASE).fetchone()
    return dict(zip([*names.split(), "uptime_seconds"], row or (), strict=False))


def sessions(connection: Connection) -> dict[str, Any]:
    """Return the server's connections to this database by state, how many wait for a lock, the longest transaction."""
    rows = connection.execute(CONNECTIONS).fetchall()
    most = connection.execute("SELECT current_setting('max_connections')::integer").fetchone()
    return {
        "by_state": {state: count for state, count, _, _ in rows},
        "total": sum(count for _, count, _, _ in rows),
        "most": most and most[0],
        "waiting_for_a_lock": sum(waiting for _, _, waiting, _ in rows),
        "longest_transaction_seconds": max((longest for *_, longest in rows if longest is not None), default=0.0),
    }


def replicas(connection: Connection) -> dict[str, Any]:
    """Return the replicas and the largest lag in seconds; on a replica, its own lag."""
    recovering = connection.execute("SELECT pg_is_in_recovery()").fetchone()
    if recovering and recovering[0]:
        lag = connection.execute(STANDBY_LAG).fetchone()
        return {"role": "replica", "lag_seconds": lag and lag[0], "replicas": []}
    rows = connection.execute(REPLICAS).fetchall()
    if any(state is None for _, state, *_ in rows):
        raise Unavailable("There are replicas, but the role may not see them: GRANT pg_read_all_stats to it.")
    names = ("name", "state", "synchronous", "lag_seconds", "lag_bytes")
    found = [dict(zip(names, row, strict=True)) for row in rows]
    return {"role": "primary", "lag_seconds": max((row[3] for row in rows), default=0.0), "replicas": found}


def slowest_statements(connection: Connection) -> list[dict[str, Any]]:
    """Return the statements with the largest mean time, from pg_stat_statements, without any value."""
    schema = connection.execute(
        "SELECT quote_ident(n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace"
        " WHERE e.extname = 'pg_stat_statements'"
    ).fetchone()
    loaded = connection.execute("SELECT current_setting('pg_stat_statements.max', true)").fetchone()
    if schema is None or loaded is None or loaded[0] is None:
        raise Unavailable(
            "The extension pg_stat_statements is not there: set shared_preload_libraries = 'pg_stat_statements', "
            "restart PostgreSQL, and CREATE EXTENSION pg_stat_statements in this database as its superuser."
        )
    rows = connection.execute(STATEMENTS.format(schema=schema[0]).encode(), [HIDDEN, SLOWEST]).fetchall()
    return [
        {
            "statement": without_values(text),
            "calls": calls,
            "mean_ms": round(mean, 3),
            "max_ms": round(longest, 3),
            "total_ms": round(total, 1),
            "rows": count,
        }
        for text, calls, mean, longest, total, count in rows
    ]


def bloat(connection: Connection) -> list[dict[str, Any]]:
    """Return the largest tables: size, dead rows that wait for vacuum, and an estimate of empty space.

    The estimate compares the size with rows times their average width; it needs ANALYZE to have run, and is null else.
    """
    parameters = {"row": ROW_OVERHEAD, "room": PAGE_ROOM, "page": PAGE_BYTES, "largest": LARGEST}
    return [
        {
            "table": table,
            "size_bytes": size,
            "live_rows": live,
            "dead_rows": dead,
            "dead_share": round(dead / (live + dead), 4) if live + dead else 0.0,
            "estimated_bloat_bytes": empty,
            "vacuumed_at": vacuumed,
        }
        for table, size, live, dead, vacuumed, empty in connection.execute(BLOAT, parameters).fetchall()
    ]


def seals(connection: Connection) -> dict[str, Any]:
    """Return how many seals the audit trail has, and how old the oldest row is that none covers yet, in seconds."""
    number, lag = connection.execute(SEALS).fetchone() or (0, 0.0)
    return {"seals": number, "seal_lag_seconds": round(lag, 1)}


def pool(reading: Reading) -> dict[str, Any]:
    """Return what the processes' pools hold together, and what waiting for them cost since the processes began."""
    states = reading.sums("wc_pool_connections", ("state",))
    if not states:
        raise Unavailable("No process has opened its pool yet, or none could be read.")
    return {
        "open": int(states.get(("open",), 0)),
        "in_use": int(states.get(("in_use",), 0)),
        "most": int(states.get(("most",), 0)),
        "waiting": int(reading.total("wc_pool_waiting")),
        "waits": int(reading.total("wc_pool_waits_total")),
        "wait_seconds": round(reading.total("wc_pool_wait_seconds_total"), 3),
        "timeouts": int(reading.total("wc_pool_timeouts_total")),
    }
