"""`seed_district`: a made-up district, the same for the same arguments."""

from __future__ import annotations

import datetime
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from access.models import User
from records.demo.chance import school_year_of
from records.demo.district import make_district
from records.demo.schools import Plan, plan_schools, usual_schools
from records.demo.staff import USERNAMES
from students.models import District, School

DEMO_CODE, DEMO_NAME = "demo", "Riverbend School District"
GENERATED_CODE, GENERATED_NAME = "generated", "Generated School District"
DEMO_SCHOOLS = 2
FIRST_DAY = datetime.date(2016, 1, 1)


class Command(BaseCommand):
    """Make a district of made-up students with families and health histories."""

    help = (
        "Make a district of made-up students with families and health histories. The same arguments give the same "
        "rows, ids included. Everything or nothing is made."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add size, seed, reference day and the demo switch."""
        parser.add_argument("--students", type=int, required=True, metavar="N", help="how many students")
        parser.add_argument(
            "--schools",
            type=int,
            metavar="N",
            help="how many schools (one for each 500 students, at least 2)",
        )
        parser.add_argument("--seed", type=int, default=1, metavar="N", help="another seed gives other children (1)")
        parser.add_argument(
            "--today",
            type=datetime.date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="the day as of which histories end and ages fit grades (today)",
        )
        parser.add_argument(
            "--demo",
            action="store_true",
            help="the demo district with its public logins; only where WHITECROSS_DEMO is true",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the district, or say why not; nothing is half made."""
        plan = self.plan(options)
        self.refuse_what_is_there(plan, with_staff=options["demo"])
        console = Console(stderr=True)
        with Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
            TimeRemainingColumn(), console=console, disable=not console.is_terminal,
        ) as progress:  # fmt: skip
            task = progress.add_task("Students", total=plan.students)
            counts = make_district(
                plan,
                DEMO_NAME if options["demo"] else GENERATED_NAME,
                with_staff=options["demo"],
                advance=lambda students: progress.advance(task, students),
                finishing=lambda: progress.update(task, description="Writing in order of time"),
            )
        made = ", ".join(f"{number:,} {kind}" for kind, number in asdict(counts).items())
        self.stdout.write(f"Made the district {plan.district_code}: {made}.")
        if options["demo"]:
            self.stdout.write(f"Logins, each with the password whitecross: {', '.join(USERNAMES)}.")

    def plan(self, options: dict[str, Any]) -> Plan:
        """Return what is to be made; raise CommandError for what cannot be."""
        demo, students, today = options["demo"], options["students"], options["today"] or timezone.localdate()
        if demo and not settings.DEMO:
            raise CommandError(
                "--demo makes logins whose password is public, so it works only where WHITECROSS_DEMO is true, as "
                "under ./dev run. Nothing was changed. Without --demo a district without logins is made."
            )
        schools = usual_schools(students) if options["schools"] is None else options["schools"]
        if students < 1 or schools < 1:
            raise CommandError("--students and --schools must be at least 1. Nothing was changed.")
        if demo and schools < DEMO_SCHOOLS:
            raise CommandError(
                "The demo district has at least 2 schools, because its logins work there. Nothing was changed."
            )
        if not FIRST_DAY <= today <= timezone.localdate():
            raise CommandError(
                f"--today must lie between {FIRST_DAY} and today, {timezone.localdate()}. Nothing was changed."
            )
        code = DEMO_CODE if demo else GENERATED_CODE
        return Plan(
            district_code=code,
            seed=options["seed"],
            students=students,
            today=today,
            school_year=school_year_of(today),
            schools=plan_schools(
                schools, district_code=code, codes_begin_with="" if demo else f"{code}-", seed=options["seed"]
            ),
        )

    def refuse_what_is_there(self, plan: Plan, *, with_staff: bool) -> None:
        """Raise CommandError if the district, one of its schools or one of its logins is there already."""
        there = [
            *District.objects.filter(code=plan.district_code).values_list("code", flat=True),
            *School.objects.filter(code__in=[school.code for school in plan.schools]).values_list("code", flat=True),
            *(User.objects.filter(username__in=USERNAMES).values_list("username", flat=True) if with_staff else ()),
        ]
        if there:
            raise CommandError(
                f"The district {plan.district_code} cannot be made: {', '.join(there)} is there already. "
                "Nothing was changed. Use an empty database."
            )
