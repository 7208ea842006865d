"""Files of FHIR data: found in folders, opened whatever their compression, named in messages."""

from __future__ import annotations

import codecs
import gzip
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, cast

LINES: Final = (".ndjson", ".jsonl")
ENDINGS: Final = (".json", *LINES)
GZIP_MAGIC: Final = b"\x1f\x8b"
WIDE_MARKS: Final = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read, and how messages call it: relative to the folder that was asked for."""

    path: Path
    name: str

    @property
    def holds_lines(self) -> bool:
        """Tell whether each line is a resource (NDJSON, as bulk exports write it)."""
        return _ending(self.path.name) in LINES


@dataclass(frozen=True, slots=True)
class Found:
    """What the paths of an import hold: files to read, paths that lead nowhere, other files left alone."""

    sources: tuple[Source, ...]
    missing: tuple[str, ...]
    others: int


def find_files(paths: Iterable[Path]) -> Found:
    """Find .json, .ndjson and .jsonl files, each also .gz, in the order of the paths and by name inside folders."""
    sources: dict[Path, Source] = {}
    missing: list[str] = []
    others = 0
    for path in paths:
        if path.is_dir():
            for file in _walk(path):
                if _ending(file.name) in ENDINGS:
                    sources.setdefault(file.resolve(), Source(file, str(file.relative_to(path.parent))))
                else:
                    others += 1
        elif path.exists():
            sources.setdefault(path.resolve(), Source(path, path.name))
        else:
            missing.append(str(path))
    return Found(tuple(sources.values()), tuple(missing), others)


def _walk(folder: Path) -> Iterator[Path]:
    for root, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            yield Path(root) / name


def _ending(name: str) -> str:
    """Return the ending that says the format, without .gz."""
    return Path(name.lower().removesuffix(".gz")).suffix


class Unreadable(Exception):
    """The file cannot be read at all, or not further; the message says why."""


@contextmanager
def opened(source: Source) -> Iterator[BinaryIO]:
    """Open a file for reading after its UTF-8 mark; gzip is told by its content, not its name.

    Raises Unreadable for an empty file and for UTF-16 and UTF-32, OSError for what the operating system refuses.
    """
    with source.path.open("rb") as raw:
        compressed = raw.read(len(GZIP_MAGIC)) == GZIP_MAGIC
        raw.seek(0)
        if compressed:
            with gzip.GzipFile(fileobj=raw, mode="rb") as plain:
                yield _after_mark(cast(BinaryIO, plain))
        else:
            yield _after_mark(raw)


def _after_mark(stream: BinaryIO) -> BinaryIO:
    start = stream.read(4)
    if not start:
        raise Unreadable("the file is empty")
    if start.startswith(WIDE_MARKS) or b"\x00" in start:
        raise Unreadable("the file is UTF-16 or UTF-32; FHIR is UTF-8: save it as UTF-8")
    stream.seek(len(codecs.BOM_UTF8) if start.startswith(codecs.BOM_UTF8) else 0)
    return stream
