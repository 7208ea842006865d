"""`reindex_search`: make the search index what the records say, while everybody goes on working."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from records.models import HealthRecord

ROWS = 1_000
BEGINNING = UUID(int=0)
# Where an interrupted run was; kept for a day.
REACHED, KEPT_SECONDS = "reindex_search:reached", 86_400
# Any number, as long as nothing else takes a lock by it.
LOCK = 7_300_421


class Command(BaseCommand):
    """Compare each record with its entry in the search index, and mend what differs."""

    help = (
        "Compare each health record with its entry in the search index and mend what differs. Reading and writing go "
        "on meanwhile. A run that was interrupted goes on where it was. The database keeps the index right by itself: "
        "run this after its triggers were off, or after a release that changes which words are searched."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument(
            "--restart", action="store_true", help="begin at the first record, whatever was done before"
        )

    def handle(self, *args: Any, restart: bool, **options: Any) -> None:
        """Go through all records, some at a time."""
        after = BEGINNING if restart else UUID(cache.get(REACHED) or str(BEGINNING))
        if after != BEGINNING:
            self.stdout.write("Going on where the last run was interrupted. --restart begins at the first record.")
        console = Console(stderr=True)
        columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
        with only_one(), Progress(*columns, console=console, disable=not console.is_terminal) as progress:
            task = progress.add_task("Records", total=HealthRecord.objects.filter(pk__gt=after).count())
            records = mended = 0
            for last, seen, changed in steps(after):
                records, mended = records + seen, mended + changed
                progress.advance(task, seen)
                cache.set(REACHED, str(last), KEPT_SECONDS)
        cache.delete_many([REACHED])
        self.stdout.write(f"Looked at {records:,} records, mended {mended:,} entries.")


def steps(after: UUID) -> Iterator[tuple[UUID, int, int]]:
    """Mend the entries of the next records, each step a transaction of its own: yield the last record, how many
    records were looked at and how many entries were mended."""
    last: UUID | None = after
    while last is not None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT last, seen, mended FROM records_index_range(%s, %s)", [last, ROWS])
            reached, seen, mended = cursor.fetchone() or (None, 0, 0)
        yield reached or last, seen, mended
        last = reached


@contextmanager
def only_one() -> Iterator[None]:
    """Hold the lock of this command; raise CommandError where another run has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        (ours,) = cursor.fetchone() or (False,)
    if not ours:
        raise CommandError("Another reindex_search is under way. Nothing was done here.")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
