"""What the commands that import share: who imports, how far it is, and what became of it, on a terminal."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Final

from django.core.management.base import CommandError, OutputWrapper
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from access.models import User
from records.intake.report import Outcome, Report

SHOWN: Final = 25
DIFFERENT: Final = 1000


class ProgressBar:
    """Shows on a terminal how far the import is, and how fast."""

    def __init__(self, progress: Progress) -> None:
        """Draw on `progress`."""
        self._progress = progress
        self._task: TaskID | None = None

    def begin(self, phase: str, total: int | None) -> None:
        """Begin a new line for the phase."""
        self._task = self._progress.add_task(phase, total=total)

    def step(self, steps: int = 1) -> None:
        """Move the line of the phase on."""
        if self._task is not None:
            self._progress.advance(self._task, steps)


class RateColumn(ProgressColumn):
    """Steps a second."""

    def render(self, task: Task) -> Text:
        """Return the rate in words, nothing while there is none."""
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f}/s" if speed else "")


@contextmanager
def progress_shown() -> Iterator[ProgressBar]:
    """Show progress for as long as the block lasts, on the terminal's error stream: the output can be piped."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        RateColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        yield ProgressBar(progress)


def tell(report: Report, stdout: OutputWrapper, title: str, first: str, *, as_json: bool) -> None:
    """Print what became of the entries, close the report, and exit with the status that says how it went.

    `title` stands above the table, `first` names its first column.
    """
    try:
        if as_json:
            for piece in report.json_pieces():
                stdout.write(piece, ending="")
        else:
            stdout.write(in_words(report, title, first))
        status = report.exit_status
    finally:
        report.close()
    if status:
        sys.exit(status)


def in_words(report: Report, title: str, first: str) -> str:
    """Return what became of the entries, as a table, and the first rejections."""
    words = StringIO()
    console = Console(file=words, width=shutil.get_terminal_size((120, 40)).columns, highlight=False)
    table = Table(first, *(outcome.value.capitalize() for outcome in Outcome), "Read")
    for column in table.columns[1:]:
        column.justify = "right"
    for kind, counts in sorted(report.by_type.items()):
        table.add_row(kind, *(f"{counts[outcome]:,}" for outcome in Outcome), f"{counts.total():,}")
    table.add_section()
    table.add_row("All", *(f"{report.total(outcome):,}" for outcome in Outcome), f"{report.read:,}")
    console.print(title, table, sep="\n")
    for note in report.notes:
        console.print(f"Note: {note}", markup=False, soft_wrap=True)
    # Each reason once, the most frequent first, with how often and where it was met first.
    reasons = report.reasons(DIFFERENT)
    for reason in reasons[:SHOWN]:
        console.print(f"{reason.count:,} × {reason.words} (first: {reason.where})", markup=False, soft_wrap=True)
    if reasons:
        console.print("Every single rejection, with its place, field and reason: --json.")
    return words.getvalue()


def user_named(username: str) -> User:
    """Return the login; raise CommandError where there is none."""
    user = User.objects.filter(username=username).first()
    if user is None:
        raise CommandError(f"There is no login {username!r} to import as. Nothing was imported.")
    return user
