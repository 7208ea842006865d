"""`clear_cache`: throw away what is cached of health data, of one school or of all."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from redis.exceptions import RedisError

from records.cached import forget, of_school
from records.search import CACHE as SEARCHES
from students.models import School


class Command(BaseCommand):
    """Throw away cached answers."""

    help = (
        "Throw away what is cached of health data. Nobody needs this to see what was written: do it when a school "
        "leaves, or after changing rows by SQL typed by hand, which the cache cannot notice."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--school", metavar="CODE", help="only what is about this school's students, and searches")

    def handle(self, *args: Any, school: str | None, **options: Any) -> None:
        """Throw it away and say how much it was."""
        patterns = ["*"]
        if school:
            found = School.objects.filter(code=school).first()
            if found is None:
                raise CommandError(f"There is no school {school!r}. Nothing was thrown away.")
            patterns = [of_school(found.pk), f"{SEARCHES}:*"]
        try:
            gone = sum(forget(pattern) for pattern in patterns)
        except RedisError as error:
            raise CommandError("Redis does not answer. What it holds ends by itself within minutes.") from error
        self.stdout.write(f"Threw away {gone:,} cached answers.")
