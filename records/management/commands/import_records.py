"""`import_records FILE`: take in the health records of another system from a table, one line a record."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from access.events import Actor, Door
from records.actions.import_records import import_records
from records.intake.csv_columns import KNOWN, REQUIRED
from records.management.importing import progress_shown, tell, user_named
from students.models import District, School


class Command(BaseCommand):
    """Import a CSV file of health records."""

    help = (
        f"Import a CSV file (UTF-8, with a first line of names), one record a line. Columns: {', '.join(KNOWN)}; "
        f"needed: {', '.join(REQUIRED)}. Students are found by school and student number. Importing the same file "
        "twice changes nothing the second time; a line that changed corrects its record. "
        "Exit status: 0 all taken, 3 some rejected, 1 nothing taken."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("file", type=Path, metavar="FILE", help="the file")
        parser.add_argument("--school", metavar="CODE", help="the school of lines that name none")
        parser.add_argument("--district", metavar="CODE", help="whose students; needed where there are several")
        parser.add_argument(
            "--source", metavar="NAME", default="csv", help="the system that the ids are of, a short word (csv)"
        )
        parser.add_argument("--as", dest="username", metavar="USER", help="who imports, for the audit trail")
        parser.add_argument("--dry-run", action="store_true", help="do everything and keep nothing")
        parser.add_argument(
            "--json", action="store_true", help="print the result as one line of JSON, all rejections included"
        )

    def handle(self, *, file: Path, school: str | None, username: str | None, **options: Any) -> None:
        """Import, report, and exit with the status that says how it went."""
        by = Actor(user_named(username).pk if username else None, Door.COMMAND)
        where = school_named(school) if school else None
        district = where.district if where else district_named(options["district"])
        try:
            with progress_shown() as watcher:
                report = import_records(
                    file, by=by, district=district, school=where, source=options["source"],
                    dry_run=options["dry_run"], watcher=watcher,
                )  # fmt: skip
        except ValidationError as error:
            raise CommandError(f"{' '.join(error.messages)} Nothing was imported.") from error
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror or error}.") from error
        title = f"Records imported into {district.name}" + (" (dry run: nothing kept)" if options["dry_run"] else "")
        tell(report, self.stdout, title, "Type", as_json=options["json"])


def school_named(code: str) -> School:
    """Return the school; raise CommandError with the codes there are."""
    school = School.objects.filter(code=code).select_related("district").first()
    if school is None:
        known = ", ".join(School.objects.values_list("code", flat=True)[:30]) or "none yet"
        raise CommandError(f"There is no school {code!r}. Known codes: {known}. Nothing was imported.")
    return school


def district_named(code: str | None) -> District:
    """Return the district, the only one where none is named; raise CommandError with the codes there are."""
    districts = District.objects.filter(code=code) if code else District.objects.all()
    found = list(districts[:2])
    if len(found) != 1:
        known = ", ".join(District.objects.values_list("code", flat=True)[:30]) or "none yet"
        asked = f"There is no district {code!r}." if code else "Whose students are they? Name the district: --district."
        raise CommandError(f"{asked} Known codes: {known}. Nothing was imported.")
    return found[0]
