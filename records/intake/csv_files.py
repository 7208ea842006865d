"""A file of health records as chunks of checked lines, read one chunk ahead of whoever writes them."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from records.fhir.element import Problem
from records.fhir.stream import Place, Rejection
from records.intake.csv_columns import BadHeader, Columns
from records.intake.csv_lines import TYPES, Line, LineReader
from records.intake.items import rejection

# Lines in one transaction: the children in it cannot be written about by others for about a third of a second.
LINES: Final = 5_000
TWICE: Final = "stands twice in this import with different content; the first one is kept"


@dataclass(slots=True)
class Chunk:
    """Lines that are written in one transaction, as the database takes them, and what was found out already."""

    lines: list[Line] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    unchanged: Counter[str] = field(default_factory=Counter)
    """By type: lines that say what an earlier one of the chunk says."""
    read: int = 0
    staged: bytes = b""

    @property
    def by_type(self) -> Counter[str]:
        """How many lines there are to be written of each type."""
        return Counter(line.type for line in self.lines)


def columns_of(path: Path) -> Columns:
    """Return the columns of a file. Raises BadHeader, OSError."""
    with opened(path) as stream:
        try:
            return Columns.of(next(csv.reader(stream, strict=True), []))
        except csv.Error as error:
            raise BadHeader(f"the first line is no CSV: {error}") from error


def opened(path: Path) -> io.TextIOWrapper:
    """Open a file of text. Bytes that are not UTF-8 come through, so that only their line is refused."""
    with path.open("rb") as raw:
        start = raw.read(4)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise BadHeader("the file is UTF-16; save it as UTF-8 (in Excel: CSV UTF-8)")
    return path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")


def chunks(path: Path, reader: LineReader, size: int = LINES) -> Iterator[Chunk]:
    """Yield the lines of a file in chunks, ready to be written."""
    with opened(path) as stream:
        table = csv.reader(stream, strict=True)
        next(table, None)
        chunk, before = Chunk(), table.line_num
        seen: dict[tuple[str, str], str] = {}
        while True:
            try:
                cells = next(table)
            except StopIteration:
                break
            except csv.Error as error:
                cells, broken = [], str(error)
                problems: Line | list[Problem] = [Problem("", f"is no CSV: {broken}")]
            else:
                if not cells:
                    before = table.line_num
                    continue
                problems = reader.read(before + 1, cells)
            number, before = before + 1, table.line_num
            chunk.read += 1
            if isinstance(problems, Line):
                take(chunk, seen, problems, path.name)
            else:
                chunk.rejected.append(refused(path.name, number, problems, kind_of(reader.columns, cells)))
            if chunk.read == size:
                yield ready(chunk)
                chunk, seen = Chunk(), {}
        if chunk.read:
            yield ready(chunk)


def take(chunk: Chunk, seen: dict[tuple[str, str], str], line: Line, file: str) -> None:
    """Add a line to the chunk, unless one with its id is there."""
    name = (line.student_id, line.source_id)
    digest = seen.setdefault(name, line.digest)
    if digest is line.digest:
        chunk.lines.append(line)
    elif digest == line.digest:
        chunk.unchanged[line.type] += 1
    else:
        chunk.rejected.append(refused(file, line.line, [Problem("id", TWICE)], line.type))


def ready(chunk: Chunk) -> Chunk:
    """Return the chunk with its lines as the database takes them."""
    chunk.staged = staged(chunk.lines)
    return chunk


def staged(lines: Sequence[Line]) -> bytes:
    """Return lines as COPY takes them, in CSV: that of the standard library and PostgreSQL's are the same one."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue().encode()


def refused(file: str, number: int, problems: list[Problem], kind: str) -> Rejection:
    """Return the rejection of a line."""
    return rejection(Place(file, number, by_line=True), kind, problems)


def kind_of(columns: Columns, cells: Sequence[str]) -> str:
    """Return the type of a line that is refused, '' where it has none."""
    kind = cells[columns.type].strip().upper() if len(cells) > columns.type else ""
    return kind if kind in TYPES else ""


class OneAhead(Iterator[Chunk]):
    """Chunks, each read while the one before is written: the database and the reading each have a processor.

    The reading begins at `begin` and not at once: both want the interpreter, and as long as the database has only
    small questions the one who asks would wait for the one who reads. Raises what the reading raises.
    """

    def __init__(self, source: Iterator[Chunk]) -> None:
        """Read nothing yet."""
        self._source = source
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="read-ahead")
        self._coming: Future[Chunk | None] | None = None

    def begin(self) -> None:
        """Begin to read the next chunk, unless that has begun."""
        if self._coming is None:
            self._coming = self._reader.submit(next, self._source, None)

    def __next__(self) -> Chunk:
        """Return the next chunk."""
        self.begin()
        coming, self._coming = self._coming, None
        chunk = coming.result() if coming else None
        if chunk is None:
            self._reader.shutdown()
            raise StopIteration
        return chunk
