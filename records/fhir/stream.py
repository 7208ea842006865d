"""Entries of FHIR files, one by one: bundles, single resources and NDJSON; what cannot be read is a rejection."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

import ijson
import orjson

from records.fhir.assembly import BundleAssembly, TooDeep
from records.fhir.element import json_type
from records.fhir.files import Source, Unreadable, opened

# A line of NDJSON is one resource. Longer ones are refused, so that a file without line ends cannot fill the memory.
LONGEST_LINE: Final = 16 * 1024 * 1024

# Bundles whose entries are resources as they are now. A history holds old versions beside the present one.
BUNDLE_TYPES: Final = frozenset({"transaction", "collection", "batch", "searchset", "document", "message", ""})

# What stops the reading of a file: broken JSON, broken compression, a broken disk.
BREAKS: Final = (ijson.JSONError, UnicodeDecodeError, Unreadable, EOFError, zlib.error, OSError)

THE_REST_IS_KEPT: Final = "; what stood whole before this is kept"
NOT_UTF8: Final = "holds bytes that are not UTF-8 (Latin-1?); save the file as UTF-8"
# What yajl says, and what it means to whoever sent the file.
JSON_BREAKS: Final = {
    "premature EOF": f"the file ends in the middle (was it cut off?){THE_REST_IS_KEPT}",
    "invalid bytes in UTF8": NOT_UTF8,
    "trailing garbage": f"something follows the end of the JSON{THE_REST_IS_KEPT}",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: the file, and the number of the entry or line in it, from 1; None for the whole file."""

    file: str
    number: int | None = None
    by_line: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A resource, where it stands, and its fullUrl."""

    place: Place
    url: str
    resource: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rejection:
    """Something that was not taken, and why."""

    place: Place
    field: str
    reason: str
    kind: str = ""
    """The resource's type where it is known."""

    def as_json(self) -> dict[str, Any]:
        """Return the rejection as the commands of contract print it."""
        where = "line" if self.place.by_line else "entry"
        whole = "file" if self.place.number is None else where
        return {
            "file": self.place.file,
            where: self.place.number,
            "field": self.field or whole,
            "reason": self.reason,
        }


class SourceReader:
    """Reads one file. After the last entry `bundle_type` and `is_bundle` say what it was."""

    def __init__(self, source: Source) -> None:
        """Prepare to read; nothing is opened yet."""
        self.source = source
        self.is_bundle = False
        self.bundle_type = ""
        self._number = 0
        self._within = source.holds_lines

    def __iter__(self) -> Iterator[Entry | Rejection]:
        """Yield each entry in turn; where the file breaks, one rejection, and no more."""
        try:
            with opened(self.source) as stream:
                yield from self._from_lines(stream) if self.source.holds_lines else self._from_json(stream)
        except BREAKS as error:
            # Before the first byte is read nothing has a number; inside the list it is the next entry that breaks.
            number = self._number + 1 if self._within and not isinstance(error, Unreadable) else None
            yield Rejection(Place(self.source.name, number, self.source.holds_lines), "", _why_broken(error))

    def _from_lines(self, stream: BinaryIO) -> Iterator[Entry | Rejection]:
        for self._number, line in _lines(stream):
            yield self._from_line(self._number, line)

    def _from_json(self, stream: BinaryIO) -> Iterator[Entry | Rejection]:
        assembly = BundleAssembly(stream)
        try:
            for self._number, item in enumerate(assembly.entries(), 1):
                yield self._from_item(Place(self.source.name, self._number), item)
        finally:
            self._within = assembly.inside_entries
        yield from self._at_the_end(assembly)

    def _from_line(self, number: int, line: bytes | None) -> Entry | Rejection:
        place = Place(self.source.name, number, by_line=True)
        if line is None:
            return Rejection(place, "", f"the line is longer than {LONGEST_LINE // 1024 // 1024} MB")
        try:
            resource = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            return Rejection(place, "", _why_line_broken(line, error))
        if not isinstance(resource, dict):
            return Rejection(place, "", f"must be a resource, is {json_type(resource)}")
        return Entry(place, "", resource)

    def _from_item(self, place: Place, item: Any) -> Entry | Rejection:
        if item is TooDeep:
            return Rejection(place, "", "is nested deeper than any FHIR resource")
        if not isinstance(item, dict):
            return Rejection(place, "", f"must be an object with a resource, is {json_type(item)}")
        resource, url = item.get("resource"), item.get("fullUrl")
        if isinstance(resource, dict):
            return Entry(place, url if isinstance(url, str) else "", resource)
        if resource is not None:
            return Rejection(place, "resource", f"must be an object, is {json_type(resource)}")
        request = item.get("request")
        if isinstance(request, dict) and request.get("method") == "DELETE":
            return Rejection(
                place, "request.method", "asks to delete; White Cross deletes nothing: send it as entered-in-error"
            )
        return Rejection(place, "resource", "an entry without a resource")

    def _at_the_end(self, assembly: BundleAssembly) -> Iterator[Entry | Rejection]:
        """Judge what the file as a whole is: a Bundle whose entries are out, one resource, or neither."""
        top, place = assembly.top, Place(self.source.name, 1)
        if top is TooDeep:
            yield Rejection(place, "", "is nested deeper than any FHIR resource")
        elif not isinstance(top, dict):
            yield Rejection(Place(self.source.name), "", f"must be a Bundle or a resource, is {json_type(top)}")
        elif top.get("resourceType") == "Bundle":
            kind = top.get("type")
            self.is_bundle, self.bundle_type = True, kind if isinstance(kind, str) else ""
            if "entry" in top and not assembly.streamed:
                yield Rejection(Place(self.source.name), "entry", f"must be a list, is {json_type(top['entry'])}")
        elif assembly.streamed:
            yield Rejection(Place(self.source.name), "resourceType", "a file with entries must say that it is a Bundle")
        else:
            yield Entry(place, "", top)


def refused_bundle(bundle_type: str) -> str:
    """Return why a Bundle of that type is refused, or ''."""
    if bundle_type in BUNDLE_TYPES:
        return ""
    return f"a Bundle of type {bundle_type[:40]!r} is not imported; send a transaction, batch, collection or searchset"


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """Yield the lines that are not blank with their numbers, None for one that is too long."""
    number = 0
    while line := stream.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            while line and not line.endswith(b"\n"):
                line = stream.readline(LONGEST_LINE)
            yield number, None
        elif line.strip():
            yield number, line


def _why_line_broken(line: bytes, error: orjson.JSONDecodeError) -> str:
    try:
        line.decode()
    except UnicodeDecodeError:
        return NOT_UTF8
    return f"is not valid JSON: {error.msg} (column {error.colno})"


def _why_broken(error: Exception) -> str:
    """Say why reading stops, without a word of the content: the parser's own messages quote it."""
    match error:
        case ijson.JSONError():
            return _why_json_broken(str(error).removeprefix("b'").replace("\\n", "\n").partition("\n")[0].strip())
        case UnicodeDecodeError():
            return f"holds half of a surrogate pair (\\ud800 to \\udfff), which is no character{THE_REST_IS_KEPT}"
        case EOFError() | zlib.error():
            return f"the compressed file is damaged or cut off{THE_REST_IS_KEPT}"
        case OSError():
            return f"cannot be read: {error.strerror or error}"
    return str(error)


def _why_json_broken(said: str) -> str:
    for sign, reason in JSON_BREAKS.items():
        if sign in said:
            return reason
    return f"is not valid JSON: {said}{THE_REST_IS_KEPT}"
