"""Every meter of ours: what is counted and timed. Labels come from short fixed lists and hold nothing about a child.

With PROMETHEUS_MULTIPROC_DIR set, each process keeps its values in a file there, and a reader adds them up.
"""

from prometheus_client import Counter, Gauge, Histogram

# Upper bounds in seconds. Dense where the targets are: 20 ms cached, 150 ms uncached, p50 200, p95 500, p99 1000.
REQUEST_BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5, 5.0, 10.0)
CACHE_BUCKETS = (0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0)
TASK_BUCKETS = (0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0)

requests = Counter(
    "wc_requests", "Requests answered, by view, method and class of status.", ["view", "method", "status"]
)
request_seconds = Histogram(
    "wc_request_seconds", "Time until the answer was ready, by view.", ["view", "method"], buckets=REQUEST_BUCKETS
)

cache_requests = Counter(
    "wc_cache_requests",
    "Questions to a cache: hit, miss, or bypass where it was away or left alone.",
    ["name", "result"],
)
cache_seconds = Histogram(
    "wc_cache_seconds", "Time until a cache had answered hit or miss.", ["name"], buckets=CACHE_BUCKETS
)

audit_rows = Counter("wc_audit_rows", "Rows written to the audit trail.", ["door", "outcome"])

tasks = Counter("wc_tasks", "Runs of background tasks, by how they ended.", ["task", "outcome"])
task_seconds = Histogram("wc_task_seconds", "Time a background task took.", ["task"], buckets=TASK_BUCKETS)

slow_queries = Counter("wc_slow_queries", "SQL statements that took longer than SLOW_QUERY_MS.")
database_errors = Counter("wc_database_errors", "SQL statements that failed, by Django's kind of error.", ["kind"])
for kind in ("OperationalError", "InternalError", "ProgrammingError", "IntegrityError", "DataError"):
    database_errors.labels(kind)  # begins at zero, so that the first failure is a rise that a rule can see

reads_asked_again = Counter("wc_reads_asked_again", "Reads asked again after a trouble of the database.", ["trouble"])
for trouble in ("connection lost", "transactions collided"):
    reads_asked_again.labels(trouble)

pool_connections = Gauge(
    "wc_pool_connections",
    "Connections of the processes' pools: open, in use, and the most they may open.",
    ["state"],
    multiprocess_mode="livesum",
)
pool_waiting = Gauge("wc_pool_waiting", "Requests that wait for a connection.", multiprocess_mode="livesum")
pool_waits = Counter("wc_pool_waits", "Times that a request had to wait for a connection.")
pool_wait_seconds = Counter("wc_pool_wait_seconds", "Time that requests waited for a connection.")
pool_timeouts = Counter("wc_pool_timeouts", "Requests that waited in vain for a connection.")
