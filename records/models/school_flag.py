"""A switch that can be on for some schools and off for others (django-waffle)."""

from __future__ import annotations

from hashlib import blake2b
from uuid import UUID

from django.db import models
from waffle.models import AbstractUserFlag

STEPS = 1 << 32


class SchoolFlag(AbstractUserFlag):
    """A feature flag by school: `everyone`, or the `percent` of schools, and never the schools of `off_at`.

    Sticky: a school's place among the hundred is a hash of its id and the flag's name, so that a school that is in at
    10 percent is in at 50. Waffle's other fields (users, groups, staff, …) mean nothing here.
    """

    off_at = models.ManyToManyField(
        "students.School",
        blank=True,
        related_name="+",
        verbose_name="off at",
        help_text="Schools where it stays off, whatever else is set here.",
    )


def place_of(school_id: UUID, flag: str) -> float:
    """Return where a school stands for a flag, from 0 to just below 100; always the same."""
    digest = blake2b(school_id.bytes, digest_size=4, key=flag.encode()[:64]).digest()
    return int.from_bytes(digest, "big") * 100 / STEPS
