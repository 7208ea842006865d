"""A first look through a file, before anything of it is kept: its version, its kind, how much there is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from records.fhir.files import Source
from records.fhir.resources import KEPT, resource_type
from records.fhir.stream import Entry, Rejection, SourceReader, refused_bundle
from records.fhir.version import VersionTally, unsupported


@dataclass(frozen=True, slots=True)
class Surveyed:
    """What a file holds. With `refused` none of it is taken, and the sentence says why."""

    source: Source
    entries: int
    patients: int
    kept: int
    is_bundle: bool
    refused: str

    @property
    def persons_taken(self) -> int:
        """How many entries `persons` yields."""
        return 0 if self.refused else self.patients

    def persons(self) -> Iterator[Entry]:
        """Yield the Patients; stops reading after the last."""
        left = self.persons_taken
        if not left:
            return
        for found in SourceReader(self.source):
            if isinstance(found, Entry) and resource_type(found.resource) == "Patient":
                yield found
                left -= 1
                if not left:
                    return

    def rest(self) -> Iterator[Entry | Rejection]:
        """Yield everything that `persons` does not."""
        for found in SourceReader(self.source):
            if isinstance(found, Rejection) or self.refused or resource_type(found.resource) != "Patient":
                yield found

    def note(self) -> str:
        """Return a remark for the person who imports, or ''."""
        if not self.entries:
            return f"{self.source.name}: holds no entries."
        if self.is_bundle and not self.refused and not self.patients:
            return f"{self.source.name}: there is no Patient in this bundle." + (
                "" if self.kept else " Nothing in it belongs into a student's record."
            )
        return ""


def look_over(source: Source) -> Surveyed:
    """Read a file once from end to end and keep nothing of it."""
    reader = SourceReader(source)
    tally = VersionTally()
    entries = patients = kept = 0
    for found in reader:
        entries += 1
        if isinstance(found, Entry):
            tally.see(found.resource)
            kind = resource_type(found.resource)
            patients += kind == "Patient"
            kept += kind in KEPT
    refused = unsupported(tally.version) or refused_bundle(reader.bundle_type)
    return Surveyed(source, entries, patients, kept, reader.is_bundle, refused)
