"""`import_fhir PATH…`: take in children's records from FHIR R4 files."""

from __future__ import annotations

import shutil
import sys
from argparse import ArgumentParser
from io import StringIO
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
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

from access.events import Actor, Door
from access.models import User
from records.actions.import_fhir import import_fhir
from records.intake.report import Outcome, Report
from students.models import District, School

SHOWN: Final = 25
DIFFERENT: Final = 1000


class ProgressBar:
    """Shows on a terminal how far the import is, and how fast."""

    def __init__(self, progress: Progress) -> None:
        """Draw on `progress`."""
        self._progress = progress
        self._task: TaskID | None = None

    def begin(self, phase: str, total: int) -> None:
        """Begin a new line for the phase."""
        self._task = self._progress.add_task(phase, total=total)

    def step(self) -> None:
        """Move the line of the phase on."""
        if self._task is not None:
            self._progress.advance(self._task)


class RateColumn(ProgressColumn):
    """Steps a second."""

    def render(self, task: Task) -> Text:
        """Return the rate in words, nothing while there is none."""
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f}/s" if speed else "")


class Command(BaseCommand):
    """Import FHIR R4 bundles and bulk exports."""

    help = (
        "Import FHIR R4 files (.json, .ndjson, each also .gz; folders recursively): Patient, Encounter, Observation, "
        "Immunization, Condition, AllergyIntolerance. Importing the same input twice changes nothing the second time. "
        "Exit status: 0 all taken, 3 some rejected, 1 nothing taken."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="files or folders")
        parser.add_argument(
            "--school", metavar="CODE", help="where new students enrol; else the district's intake school"
        )
        parser.add_argument("--as", dest="username", metavar="USER", help="who imports, for the audit trail")
        parser.add_argument("--dry-run", action="store_true", help="do everything and keep nothing")
        parser.add_argument(
            "--json", action="store_true", help="print the result as one line of JSON, all rejections included"
        )

    def handle(self, *, paths: list[Path], school: str | None, username: str | None, **options: Any) -> None:
        """Import, report, and exit with the status that says how it went."""
        by = Actor(user_named(username).pk if username else None, Door.COMMAND)
        where = school_for(school)
        # Progress goes to the terminal's error stream, so that the output can be piped.
        console = Console(stderr=True)
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            RateColumn(),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
            report = import_fhir(paths, school=where, by=by, dry_run=options["dry_run"], watcher=ProgressBar(progress))
        try:
            if options["json"]:
                for piece in report.json_pieces():
                    self.stdout.write(piece, ending="")
            else:
                self.print_report(report, where, dry_run=options["dry_run"])
            status = report.exit_status
        finally:
            report.close()
        if status:
            sys.exit(status)

    def print_report(self, report: Report, where: School, *, dry_run: bool) -> None:
        """Print what became of the entries, as a table, and the first rejections."""
        words = StringIO()
        console = Console(file=words, width=shutil.get_terminal_size((120, 40)).columns, highlight=False)
        title = f"FHIR import into {where.name}" + (" (dry run: nothing was kept)" if dry_run else "")
        table = Table("Resource", *(outcome.value.capitalize() for outcome in Outcome), "Read")
        for column in table.columns[1:]:
            column.justify = "right"
        for kind, counts in sorted(report.by_type.items()):
            table.add_row(kind, *(f"{counts[outcome]:,}" for outcome in Outcome), f"{counts.total():,}")
        table.add_section()
        table.add_row("All", *(f"{report.total(outcome):,}" for outcome in Outcome), f"{report.read:,}")
        console.print(title, table, sep="\n")
        for note in report.notes:
            console.print(f"Note: {note}", markup=False, soft_wrap=True)
        self.print_rejections(console, report)
        self.stdout.write(words.getvalue())

    def print_rejections(self, console: Console, report: Report) -> None:
        """Print each reason once, the most frequent first, with how often and where it was met first."""
        reasons = report.reasons(DIFFERENT)
        for reason in reasons[:SHOWN]:
            console.print(f"{reason.count:,} × {reason.words} (first: {reason.where})", markup=False, soft_wrap=True)
        if reasons:
            console.print("Every single rejection, with file, entry, field and reason: --json.")


def user_named(username: str) -> User:
    """Return the login; raise CommandError where there is none."""
    user = User.objects.filter(username=username).first()
    if user is None:
        raise CommandError(f"There is no login {username!r} to import as. Nothing was imported.")
    return user


def school_for(code: str | None) -> School:
    """Return the school where new students enrol; raise CommandError with the codes there are."""
    codes = ", ".join(School.objects.values_list("code", flat=True)[:30]) or "none yet"
    if code:
        school = School.objects.filter(code=code).select_related("district").first()
        if school is None:
            raise CommandError(f"There is no school {code!r}. Known codes: {codes}. Nothing was imported.")
        return school
    intake = [district.intake_school for district in District.objects.select_related("intake_school__district")]
    if len(intake) == 1 and intake[0]:
        return intake[0]
    raise CommandError(
        f"Where do new students enrol? Name the school: --school CODE (known codes: {codes}), or set the district's "
        "intake school in the administration. Nothing was imported."
    )
