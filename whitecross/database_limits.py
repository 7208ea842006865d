"""How long the database may take: to connect, for a statement, for a lock, for a transaction. 0 is no limit.

PostgreSQL keeps these limits itself, so they hold whatever our process does. docs/operating.md names the variables.
"""

import os
from typing import Any, Self

import psycopg

from whitecross.env import env

CONNECT_SECONDS = env.int("DATABASE_CONNECT_SECONDS", 5)
POOL_WAIT_SECONDS = env.float("DATABASE_POOL_WAIT_SECONDS", 5.0)
# After a failed attempt the pool waits twice as long as before, up to this; its own 5 minutes would keep a service
# without a database for as long again as the database was away.
RECONNECT_SECONDS = 5.0
LIMITS_MS = {
    "statement_timeout": env.int("DATABASE_STATEMENT_TIMEOUT_MS", 60_000),
    "lock_timeout": env.int("DATABASE_LOCK_TIMEOUT_MS", 10_000),
    "idle_in_transaction_session_timeout": env.int("DATABASE_IDLE_TRANSACTION_TIMEOUT_MS", 60_000),
}
TRANSACTION_TIMEOUT_MS = env.int("DATABASE_TRANSACTION_TIMEOUT_MS", 900_000)
KNOWS_TRANSACTION_TIMEOUT = 170_000  # PostgreSQL 17, as libpq numbers it
# A server that is gone without a word, as behind a pulled cable, is noticed in half a minute, not in two hours.
SILENCE: dict[str, int] = {
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}


class LimitedConnection(psycopg.Connection[Any]):
    """A connection with a limit for transactions too, where the server knows one."""

    @classmethod
    def connect(cls, *args: Any, **kwargs: Any) -> Self:
        """Connect; an older server would refuse the option at the door, so it is set when the server is known."""
        connection = super().connect(*args, **kwargs)
        if connection.info.server_version >= KNOWS_TRANSACTION_TIMEOUT:
            connection.execute(f"SET transaction_timeout = {TRANSACTION_TIMEOUT_MS:d}")
        return connection


def limited(pool_min: int, pool_max: int) -> dict[str, Any]:
    """Return Django's OPTIONS for a pool of connections with these limits."""
    return {
        "pool": {
            "min_size": pool_min,
            "max_size": pool_max,
            "timeout": POOL_WAIT_SECONDS,
            "reconnect_timeout": RECONNECT_SECONDS,
            "connection_class": LimitedConnection,
        },
        "connect_timeout": CONNECT_SECONDS,
        # Who holds a connection, for the administrator of the database; PGAPPNAME says it otherwise.
        "fallback_application_name": f"whitecross {os.getpid()}",
        "options": " ".join(f"-c {name}={value}" for name, value in LIMITS_MS.items()),
        **SILENCE,
    }
