"""Tables of expected growth results, for tests: what CDC's and WHO's own programs answered."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from records.growth.reference_files import who_folder

SHARED = Path(settings.BASE_DIR).parent / "shared" / "data"
WITHOUT_SHARED = "the expected growth results in ../shared/data are not in this checkout"

Numbers: TypeAlias = NDArray[np.float64]
Row: TypeAlias = dict[str, str]


def rows_of(path: Path) -> list[Row]:
    """Return the rows of a CSV file, packed or not."""
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return list(csv.DictReader(text.decode().splitlines()))


def numbers(rows: Sequence[Row], column: str) -> Numbers:
    """Return one column; NaN where the cell is empty."""
    return np.array([float(row[column]) if row[column] not in ("", "NA") else np.nan for row in rows])


def installed_sas_output() -> list[Row]:
    """Return CDC's SAS output that the package of WHO's tables carries: 17,191 rows, for every checkout."""
    folder = who_folder()
    assert folder is not None
    return rows_of(folder / "test_syngrowth_sas_output_compare.csv.gz")


def furthest(found: Numbers, expected: Numbers) -> float:
    """Return the largest difference; infinite where one of the two has an answer and the other has none."""
    if (np.isnan(found) != np.isnan(expected)).any():
        return float("inf")
    return float(np.nanmax(np.abs(found - expected)))


def expected_status(percentile: Numbers, bmi: Numbers, percent_of_p95: Numbers) -> list[str]:
    """Return the weight status of children by the rule as CDC and the AAP word it, one child after another."""
    return [_status(*child) for child in zip(percentile.tolist(), bmi.tolist(), percent_of_p95.tolist(), strict=True)]


def _status(percentile: float, bmi: float, percent_of_p95: float) -> str:
    if np.isnan(percentile):
        return "none"
    if percentile < 95:
        return "underweight" if percentile < 5 else "healthy_weight" if percentile < 85 else "overweight"
    if percent_of_p95 >= 140 or bmi >= 40:
        return "obesity_class_3"
    return "obesity_class_2" if percent_of_p95 >= 120 or bmi >= 35 else "obesity"
