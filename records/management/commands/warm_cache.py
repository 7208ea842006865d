"""`warm_cache`: make the health summaries of all students before the first nurse asks."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from redis.exceptions import RedisError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from records.rollout import cached_at
from records.warming import warm
from students.models import School, Student


class Command(BaseCommand):
    """Make the summaries of all enrolled students, or of one school's."""

    help = (
        "Make the health summaries of all enrolled students as nurses and counselors see them, so that the first look "
        "after a release or a restart of Redis is as quick as the others. They are kept for five minutes."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--school", metavar="CODE", help="only the students of this school")

    def handle(self, *args: Any, school: str | None, **options: Any) -> None:
        """Make them, school by school."""
        schools = list(School.objects.filter(code=school) if school else School.objects.all())
        if not schools:
            raise CommandError(f"There is no school {school!r}. Nothing was made." if school else "There is no school.")
        on = [one for one in schools if cached_at([one.pk])]
        students = Student.objects.enrolled()
        console = Console(stderr=True)
        columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
        made = 0
        with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
            task = progress.add_task("Summaries", total=students.filter(school__in=on).count())
            try:
                for one in on:
                    for step in warm(one, students.filter(school=one)):
                        made += step
                        progress.advance(task, step)
            except RedisError as error:
                raise CommandError(
                    f"Redis does not answer. {made:,} summaries were made; nothing depends on them. Try again later."
                ) from error
        off = len(schools) - len(on)
        self.stdout.write(
            f"Made {made:,} summaries at {len(on):,} schools."
            + (f" The flag keeps the cache off at {off:,} others." if off else "")
        )
