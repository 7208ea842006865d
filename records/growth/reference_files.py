"""The published tables behind growth: CDC's and Tanner's, which ship with White Cross, and WHO's, which do not.

`reference/README.md` cites each source; docs/adr/0009-growth-reference.md tells why they come by different roads. Each
file is checked against its SHA-256 before use.
"""

import csv
import gzip
import hashlib
import io
import logging
from importlib.util import find_spec
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from records.growth.codes import Measure

logger = logging.getLogger(__name__)

SHIPPED = Path(__file__).parent / "reference"
WHO_PACKAGE = "growthcleanpy"
# WHO's daily tables in growthcleanpy 0.1.0. Other bytes are not used: a constant that changed unseen harms children.
WHO_FILES = {
    Measure.HEIGHT: ("lenanthro.txt.gz", "10c3eaebda9a784da56f63bb7dbc211becb81d23258007b1df337d3be3611c90"),
    Measure.WEIGHT: ("weianthro.txt.gz", "7cb1a2fcbd8d0d06e7e7b64bc9344961f1f508011f8f5e5ab2dc432400a0f830"),
    Measure.BMI: ("bmianthro.txt.gz", "c3a0f4c42b9bd5d568cdf98daa1da77b871ba7f3a3fa942ea2d1f059a45de39c"),
}

Columns: TypeAlias = dict[str, NDArray[np.float64]]
"""A table by the names of its columns; every cell is a number."""


class DamagedReference(Exception):
    """A table that ships with White Cross is not the one of its checksum; no growth may be calculated with it."""


def shipped(name: str) -> Columns:
    """Read `cdc2000.csv` (months, L, M, S) or `tanner_height_velocity.csv` (months, cm a year); `sex` is 1 or 2.

    Raises DamagedReference where the file's SHA-256 is not that of SHA256SUMS.
    """
    content = (SHIPPED / name).read_bytes()
    sums = (SHIPPED / "SHA256SUMS").read_text().splitlines()
    if f"{hashlib.sha256(content).hexdigest()}  {name}" not in sums:
        raise DamagedReference(
            f"{name} differs from its checksum. Restore records/growth/reference/ as it was released."
        )
    return columns(content, ",")


def who_folder() -> Path | None:
    """Return the folder of WHO's tables in the installed growthcleanpy, which is not imported; None without it."""
    spec = find_spec(WHO_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations))) / "reference"


def who2006(measure: Measure) -> Columns | None:
    """Read WHO's L, M and S of a measure by `sex` (1, 2) and `age` in days; None where they are not to be had.

    Without the package, or with another release of it, children under 24 months get Reason.NO_REFERENCE.
    """
    folder = who_folder()
    name, sha256 = WHO_FILES[measure]
    if folder is None or not (folder / name).exists():
        logger.warning("WHO's growth tables are not installed: no z-scores under 24 months.")
        return None
    content = (folder / name).read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        logger.warning("WHO's growth table %s is not the one that was verified: it is not used.", name)
        return None
    return columns(gzip.decompress(content), "\t", only=("sex", "age", "l", "m", "s"))


def columns(content: bytes, delimiter: str, only: tuple[str, ...] = ()) -> Columns:
    """Turn text with a line of headings into columns of numbers, all of them or `only` those named."""
    rows = list(csv.DictReader(io.StringIO(content.decode()), delimiter=delimiter))
    return {name: np.array([float(row[name]) for row in rows]) for name in only or rows[0]}
