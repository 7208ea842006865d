"""PostgreSQL's binary formats as NumPy arrays, so that no value becomes a Python object on its way in or out.

In, a column comes as one SQL array; out, rows go by COPY. Both put a 32-bit length before each value, all big-endian
(PostgreSQL documentation, COPY, "Binary Format"; array_send in its source). Where every value has the same width that
is a NumPy record. A number that is missing travels in as NaN, for a null has another width.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

SIGNATURE: Final = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TRAILER: Final = b"\xff\xff"
ARRAY_HEAD: Final = 20
# PostgreSQL counts days from 2000-01-01, NumPy from 1970-01-01.
EPOCH: Final = 10_957
# The type of a value as it travels.
ID, DATE, INTEGER, SMALL, NUMBER, BOOLEAN, TIME = "V16", ">i4", ">i4", ">i2", ">f8", "u1", ">i8"


def column(sent: bytes | None, kind: str) -> NDArray[Any]:
    """Return the values of an array that PostgreSQL sent in binary; none for null, as array_agg() says of no rows.

    Raises ValueError where a value is null or of another width than its type has.
    """
    if sent is None:
        return np.empty(0, dtype=kind)
    record = np.dtype([("length", ">i4"), ("value", kind)])
    if (len(sent) - ARRAY_HEAD) % record.itemsize:
        raise ValueError("PostgreSQL sent an array of values of another width.")
    values = np.frombuffer(sent, dtype=record, offset=ARRAY_HEAD)
    if (values["length"] != np.dtype(kind).itemsize).any():
        raise ValueError("PostgreSQL sent an array with a null or of values of another width.")
    return values["value"]


class Layout:
    """The columns of a row that COPY takes, in order: name and type as above."""

    def __init__(self, columns: Mapping[str, str]) -> None:
        self.columns = tuple(columns)
        parts: list[tuple[str, str]] = [("fields", ">i2")]
        for name, kind in columns.items():
            parts += [(f"{name} length", ">i4"), (name, kind)]
        self.row = np.dtype(parts)
        fields: Any = self.row.fields
        starts = {name: fields[name][1] for name in columns}
        self.places = {name: slice(at, at + self.row[name].itemsize) for name, at in starts.items()}

    def room(self, length: int) -> NDArray[Any]:
        """Return that many rows to be filled in by column, their lengths already set."""
        rows = np.zeros(length, dtype=self.row)
        rows["fields"] = len(self.columns)
        for name, place in self.places.items():
            rows[f"{name} length"] = place.stop - place.start
        return rows

    def sent(self, rows: NDArray[Any], nullable: Iterable[str]) -> list[bytes]:
        """Return what COPY takes: head, rows, end. NaN in one of the `nullable` columns is sent as null.

        A null is a length of -1 and no bytes: these bytes are left out, and such a row is shorter.
        """
        missing = {name: np.flatnonzero(np.isnan(rows[name])) for name in nullable}
        every = rows.view(np.uint8).reshape(len(rows), rows.itemsize)
        if not any(places.size for places in missing.values()):
            return [SIGNATURE, every.tobytes(), TRAILER]
        kept = np.ones(every.shape, dtype=bool)
        for name, places in missing.items():
            rows[f"{name} length"][places] = -1
            kept[places, self.places[name]] = False
        return [SIGNATURE, every[kept].tobytes(), TRAILER]
