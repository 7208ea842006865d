#!/usr/bin/env python3
"""Make, or verify, the growth constants under records/growth/reference/.

    tools/make_growth_reference.py               compare the files with their source and with SHA256SUMS
    tools/make_growth_reference.py --write       write them and SHA256SUMS again
    tools/make_growth_reference.py --wheel FILE  take the source from a wheel instead of the installed package

The source is two tables inside growthcleanpy 0.1.0, which the locked requirements install; they are read, the package
is never imported. Every number is copied as it is written there, none is calculated. Needs Python alone. Exit status 0
when all is as it should be, 1 otherwise.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import io
import itertools
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

REFERENCE = Path(__file__).resolve().parent.parent / "records" / "growth" / "reference"
SUMS = REFERENCE / "SHA256SUMS"
PACKAGE = "growthcleanpy"
# Names and sums of the source: another release must be looked at by a person before its numbers are taken.
CDC_SOURCE = ("CDCref_d.csv.gz", "f504a577a1847e724a2357b8287e656b194fc595f6264801d9df2095061580be")
TANNER_SOURCE = ("tanner_ht_vel.csv.gz", "5dffea76c668085a8dae8ae1047fad7dbbeb917f0830c4b45e92a5910f1234e6")
# The measure here, and its letters in CDC's column names: _LHT1 is L of height at the younger end of the interval.
MEASURES = {"height": "HT", "weight": "WT", "bmi": "BMI"}
YOUNGEST = 23.5  # months: the interval in which 24 months lie begins here
VELOCITIES = {"p5": "ht_vel_5p", "p50": "ht_vel_50p", "p95": "ht_vel_95p"}


class WrongSource(Exception):
    """A table is not what this script expects; the message tells what to do."""


def source(name: str, sha256: str, wheel: Path | None) -> list[dict[str, str]]:
    """The rows of one table of growthcleanpy, after its checksum."""
    if wheel:
        with zipfile.ZipFile(wheel) as archive:
            packed = archive.read(f"{PACKAGE}/reference/{name}")
    else:
        spec = find_spec(PACKAGE)
        if spec is None or not spec.submodule_search_locations:
            raise WrongSource(f"{PACKAGE} is not installed. Run this with .venv/bin/python, or name a --wheel.")
        packed = (Path(next(iter(spec.submodule_search_locations))) / "reference" / name).read_bytes()
    found = hashlib.sha256(packed).hexdigest()
    if found != sha256:
        raise WrongSource(f"{name} has SHA-256 {found}, not {sha256}: another release. Read its numbers first.")
    return list(csv.DictReader(io.StringIO(gzip.decompress(packed).decode(), newline=None)))


def cdc2000(rows: list[dict[str, str]]) -> str:
    """CDC's L, M and S of height, weight and body mass index at every node from 23.5 to 240 months."""
    out = [["sex", "age_months", *(f"{measure}_{letter}" for measure in MEASURES for letter in "lms")]]
    for sex in "12":
        intervals = [row for row in rows if row["denom"] == "age" and row["SEX"] == sex]
        intervals = [row for row in intervals if float(row["_AGEMOS1"]) >= YOUNGEST]
        for row, after in itertools.pairwise(intervals):
            if row["_AGEMOS2"] != after["_AGEMOS1"]:
                raise WrongSource(f"CDC's intervals of sex {sex} have a gap after {row['_AGEMOS2']} months.")
        nodes = [(row, "1") for row in intervals] + [(intervals[-1], "2")]
        for row, end in nodes:
            numbers = [row[f"_{letter}{name}{end}"] for name in MEASURES.values() for letter in "LMS"]
            out.append([sex, row[f"_AGEMOS{end}"], *numbers])
    return as_csv(out)


def height_velocity(rows: list[dict[str, str]]) -> str:
    """Tanner's height velocities in cm a year by sex and the middle of the year in months."""
    out = [["sex", "age_months", *VELOCITIES]]
    # The source counts sexes 0 and 1, and was stored in single precision: 5.6999998 was published as 5.7.
    for row in rows:
        numbers = [f"{float(row[column]):.1f}" for column in VELOCITIES.values()]
        out.append([str(int(row["sex"]) + 1), row["tanner_months"], *numbers])
    return as_csv(out)


def as_csv(rows: list[list[str]]) -> str:
    """Rows as text with plain line ends."""
    return "".join(",".join(row) + "\n" for row in rows)


def made(wheel: Path | None) -> dict[str, str]:
    """Every file's name and text, SHA256SUMS among them."""
    files = {
        "cdc2000.csv": cdc2000(source(*CDC_SOURCE, wheel)),
        "tanner_height_velocity.csv": height_velocity(source(*TANNER_SOURCE, wheel)),
    }
    sums = "".join(f"{hashlib.sha256(text.encode()).hexdigest()}  {name}\n" for name, text in files.items())
    return files | {SUMS.name: sums}


def main() -> int:
    """Verify or write, and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--wheel", type=Path)
    options = parser.parse_args()
    try:
        files = made(options.wheel)
    except WrongSource as trouble:
        print(trouble, file=sys.stderr)
        return 1
    if options.write:
        for name, text in files.items():
            (REFERENCE / name).write_text(text)
            print(f"wrote {name}, {len(text):,} bytes")
        return 0
    kept = {path.name: path.read_text() for path in (REFERENCE / name for name in files) if path.exists()}
    wrong = [name for name, text in files.items() if kept.get(name) != text]
    for name in wrong:
        print(f"{name} is not what its source gives. Look why; then run with --write.", file=sys.stderr)
    print(f"{len(files) - len(wrong)} of {len(files)} files are as their source gives them.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
