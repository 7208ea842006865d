"""The district that benchmarks read: 20,000 made-up students with some 700,000 records, made once and kept."""

from __future__ import annotations

import os
import sys

import psycopg
from django.core.management import call_command

from students.models import District

CODE, STUDENTS = "generated", 20_000
# What autovacuum would have done by tomorrow: sizes known, pages known to be visible.
SETTLE = ("VACUUM (ANALYZE) records_healthrecord", "VACUUM (ANALYZE) records_searchentry", "ANALYZE")


def ensure_district(students: int = STUDENTS) -> None:
    """Make the district unless it is there, and settle the tables as their owner; a minute the first time."""
    if District.objects.filter(code=CODE).exists():
        return
    print(f"Making a district of {students:,} students …", file=sys.stderr)
    call_command("seed_district", students=students, stdout=sys.stderr)
    with psycopg.connect(os.environ["WHITECROSS_OWNER_DATABASE_URL"], autocommit=True) as owner:
        for statement in SETTLE:
            owner.execute(statement)
