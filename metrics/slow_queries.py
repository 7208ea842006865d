"""The slow-query log: which statement, how long, in which request; never with a value.

The text is the statement before its values are bound, as code of ours or Django wrote it. Should somebody once write a
value into the text itself, it is taken out here: literals and numbers become `?`.
"""

import re
from collections.abc import Callable
from time import perf_counter
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.sql import Composable

from access.request_id import current_request_id
from metrics import meters

log = structlog.get_logger("whitecross.database")

LONGEST_TEXT = 1_000
# Read from left to right, as PostgreSQL does. What is unclear may hide a literal: backslashes, dollar quotes, no end.
PIECE = re.compile(
    r"""(?P<name>"(?:[^"]|"")*")|(?P<comment>--[^\n]*|/\*.*?\*/)|(?P<literal>'(?:[^'\\]|'')*')"""
    r"""|(?P<unclear>['"]|/\*|\$\w*\$)""",
    re.DOTALL,
)
NUMBER = re.compile(r"(?<![\w$%.\"])\d+(?:\.\d+)?(?![\w\"])")
SAME_AGAIN = re.compile(r"(%s(?:::\w+)?)(?:,\s*\1)+")
NOT_TEXT = "(not a text)"


class StatementWatch:
    """An execute wrapper of Django: counts failures, logs what took longer than SLOW_QUERY_MS."""

    def __call__(
        self, execute: Callable[..., Any], sql: object, params: object, many: bool, context: dict[str, Any]
    ) -> Any:
        """Run the statement."""
        started = perf_counter()
        try:
            return execute(sql, params, many, context)
        except DatabaseError as error:
            meters.database_errors.labels(type(error).__name__).inc()
            raise
        finally:
            milliseconds = (perf_counter() - started) * 1000
            if milliseconds > settings.SLOW_QUERY_MS:
                meters.slow_queries.inc()
                log.warning(
                    "slow statement",
                    statement=without_values(sql),
                    ms=round(milliseconds, 1),
                    request_id=current_request_id(),
                )


statement_watch = StatementWatch()


def watch_statements(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Receive connection_created: put the watch under whatever else wraps statements."""
    if statement_watch not in connection.execute_wrappers:
        # First, because connection.execute_wrapper() takes the last one away when its block ends.
        connection.execute_wrappers.insert(0, statement_watch)


def without_values(sql: object) -> str:
    """Return the text of a statement without a literal or number in it, at most LONGEST_TEXT characters."""
    if isinstance(sql, Composable):
        sql = sql.as_string()
    if not isinstance(sql, str):
        return NOT_TEXT
    clear, at = [], 0
    for piece in PIECE.finditer(sql):
        clear.append(sql[at : piece.start()])
        at = piece.end()
        if piece["unclear"]:
            clear.append("…")
            at = len(sql)
            break
        clear.append(piece["name"] or (" " if piece["comment"] else "?"))
    text = " ".join("".join((*clear, sql[at:])).split())
    text = SAME_AGAIN.sub(r"\1, …", NUMBER.sub("?", text))
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"
