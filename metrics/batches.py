"""How the large batches do, which tell the database how far they are."""

from typing import Any

from metrics.probing import Connection

# The latest run that began; counts and times, nothing about a child.
GROWTH = """
    SELECT outcome, whole, started_at, heard_at, ended_at, students, students_to_do, measurements, written, removed,
           trouble
    FROM records_growthrun ORDER BY started_at DESC, id DESC LIMIT 1
"""
NAMES = (
    "outcome", "whole", "started_at", "heard_at", "ended_at", "students", "students_to_do", "measurements", "written",
    "removed", "trouble",
)  # fmt: skip


def growth(connection: Connection) -> dict[str, Any] | None:
    """Return how far the latest run of `recalculate_growth` is, or how it ended; None before the first."""
    found = connection.execute(GROWTH).fetchone()
    return dict(zip(NAMES, found, strict=True)) if found else None
