"""`recalculate_growth`: the stored growth of all students, or of those who changed."""

from __future__ import annotations

import signal
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from records.models import GrowthRun
from records.recalculation.run import MEASUREMENTS, AnotherRuns, recalculate
from students.models import School

STOPPED_STATUS: Final = 4


class Command(BaseCommand):
    """Compute stored growth anew."""

    help = (
        "Compute z-scores, percentiles and weight status of every standing height and weight, for statistics and the "
        "follow-up list: of the students whose data changed since the last time, or with --all of everybody. Reading "
        "and writing go on meanwhile. Running it again changes nothing. A run that was killed or stopped goes on "
        "where it was. Ctrl-C and SIGTERM stop it after the chunk at hand. Exit status: 0 done, 4 stopped, 1 failed."
    )

    # The checks of pages and logins would take longer than a school's growth.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--all", action="store_true", help="everybody, not only those whose data changed")
        parser.add_argument("--school", metavar="CODE", help="only the students of this school")
        parser.add_argument("--restart", action="store_true", help="begin at the first student, whatever was done")
        parser.add_argument(
            "--chunk", type=int, default=MEASUREMENTS, metavar="N",
            help=f"how many measurements at a time, about ({MEASUREMENTS:,})",
        )  # fmt: skip

    def handle(self, *args: Any, school: str | None, restart: bool, chunk: int, **options: Any) -> None:
        """Run, show how far it is, and say what was done."""
        where = School.objects.filter(code=school).first() if school else None
        if school and where is None:
            raise CommandError(f"There is no school {school!r}. Nothing was computed.")
        if chunk < 1:
            raise CommandError("A chunk has at least one measurement. Nothing was computed.")
        console = Console(stderr=True)
        columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
        with stoppable() as stopping, Progress(*columns, console=console, disable=not console.is_terminal) as progress:
            task = progress.add_task("Students", total=None)

            def watch(run: GrowthRun) -> bool:
                progress.update(task, total=run.students_to_do, completed=run.students)
                return not stopping

            try:
                run = recalculate(
                    whole=options["all"], school_id=where.pk if where else None, restart=restart, watch=watch,
                    measurements=chunk,
                )  # fmt: skip
            except AnotherRuns:
                raise CommandError(
                    "Another recalculate_growth is under way. Nothing was done here; when it has ended, the growth "
                    "of everybody who changed until now is computed."
                ) from None
        self.stdout.write(in_words(run))
        if run.outcome == GrowthRun.Outcome.STOPPED:
            sys.exit(STOPPED_STATUS)


def in_words(run: GrowthRun) -> str:
    """Say what a run did."""
    done = (
        f"Looked at {run.measurements:,} measurements of {run.students:,} students: "
        f"wrote {run.written:,} assessments, removed {run.removed:,}."
    )
    if run.outcome == GrowthRun.Outcome.STOPPED:
        return f"Stopped before the end. {done} What was computed stands; the same command goes on from here."
    return done


@contextmanager
def stoppable() -> Iterator[list[int]]:
    """Collect SIGINT and SIGTERM instead of dying of the first: the list is empty until one comes."""
    came: list[int] = []

    def take(number: int, frame: FrameType | None) -> None:
        came.append(number)
        signal.signal(number, before[signal.Signals(number)])

    before = {number: signal.signal(number, take) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
