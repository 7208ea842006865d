"""`import_fhir PATH…`: take in children's records from FHIR R4 files."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from access.events import Actor, Door
from records.actions.import_fhir import import_fhir
from records.management.importing import progress_shown, tell, user_named
from students.models import District, School


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
        with progress_shown() as watcher:
            report = import_fhir(paths, school=where, by=by, dry_run=options["dry_run"], watcher=watcher)
        title = f"FHIR import into {where.name}" + (" (dry run: nothing was kept)" if options["dry_run"] else "")
        tell(report, self.stdout, title, "Resource", as_json=options["json"])


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
