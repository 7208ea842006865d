"""The district that benchmarks read: 20,000 made-up students with some 700,000 records, made once and kept."""

from __future__ import annotations

import os
import sys

import psycopg
from django.core.management import call_command

from devtools.trouble import Trouble
from students.models import District, Student

CODE, STUDENTS = "generated", 20_000
# What autovacuum would have done by tomorrow: sizes known, pages known to be visible.
SETTLE = ("VACUUM (ANALYZE) records_healthrecord", "VACUUM (ANALYZE) records_searchentry", "ANALYZE")


def ensure_district(students: int | None = None) -> None:
    """Make the district unless it is there, and settle the tables as their owner; a minute the first time.

    Raises Trouble if the one that is there is smaller: what is measured on it would be flattered.
    """
    wanted = STUDENTS if students is None else students
    if District.objects.filter(code=CODE).exists():
        there = Student.objects.filter(school__district__code=CODE).count()
        if there < wanted:
            raise Trouble(
                f"The made-up district here has {there:,} students, not {wanted:,}. Remove the folder bench/ of the "
                "state (.local/, or WHITECROSS_STATE) and start again: it holds nothing else."
            )
        return
    print(f"Making a district of {wanted:,} students …", file=sys.stderr)
    call_command("seed_district", students=wanted, stdout=sys.stderr)
    with psycopg.connect(os.environ["WHITECROSS_OWNER_DATABASE_URL"], autocommit=True) as owner:
        for statement in SETTLE:
            owner.execute(statement)
