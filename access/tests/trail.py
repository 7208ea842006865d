"""Looking at the audit trail from outside the service: as the owner of its tables, over a connection of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

from access.models import AuditEvent
from devtools.pytest_services import DATABASE, OWNER_URL
from devtools.template import in_database

Connection = psycopg.Connection[tuple[Any, ...]]


@contextmanager
def owner() -> Iterator[Connection]:
    """Give a connection of the role that owns the tables; what it changed is committed at the end."""
    with psycopg.connect(in_database(OWNER_URL, DATABASE)) as connection:
        yield connection


@contextmanager
def trigger_free_owner() -> Iterator[Connection]:
    """Give the owner with every trigger on the trail switched off: what only the database's own masters can do."""
    with owner() as connection:
        found = connection.execute(
            "SELECT relname FROM pg_class WHERE relname LIKE 'access\\_audit%' AND relkind IN ('r', 'p')"
        ).fetchall()
        for switch in ("DISABLE", "ENABLE"):
            for (table,) in found:
                connection.execute(sql.SQL(f"ALTER TABLE {{}} {switch} TRIGGER USER").format(sql.Identifier(table)))
            if switch == "DISABLE":
                yield connection


def tamper(statement: str, *values: object) -> int:
    """Do one statement to the trail as a master of the database could; return how many rows it touched."""
    with trigger_free_owner() as connection:
        return connection.execute(sql.SQL(statement), values).rowcount


def outcomes(student_id: UUID) -> list[tuple[str, str]]:
    """Return action and outcome of every row about the student, oldest first."""
    return list(AuditEvent.objects.about(student_id).reverse().values_list("action", "outcome"))
