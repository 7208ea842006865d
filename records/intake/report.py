"""What an import did: counts, and every rejection with its reason, in constant memory."""

from __future__ import annotations

import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import orjson

from records.fhir.stream import Rejection

# Rejections beyond this go to an unnamed temporary file: a bad export can have millions.
IN_MEMORY: Final = 64 * 1024
NOTES_KEPT: Final = 50


class Outcome(StrEnum):
    """What became of one entry; each entry has exactly one."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


@dataclass(slots=True)
class Reason:
    """A field and why it was refused, how often that was so, and where first."""

    words: str
    where: str
    count: int = 0


class Report:
    """Counts entries by type and outcome; `read` is their sum, so every entry is accounted for."""

    def __init__(self) -> None:
        """Start with nothing read."""
        self.by_type: dict[str, Counter[str]] = defaultdict(Counter)
        self.notes: list[str] = []
        self._spool = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed with the report

    def count(self, kind: str, outcome: Outcome, number: int = 1) -> None:
        """Count entries that were taken."""
        self.by_type[kind][outcome] += number

    def reject(self, rejection: Rejection) -> None:
        """Count one entry that was not taken, and keep why."""
        self.by_type[rejection.kind or "unreadable"][Outcome.REJECTED] += 1
        self._spool.seek(0, 2)
        self._spool.write(orjson.dumps(rejection.as_json()) + b"\n")

    def note(self, sentence: str) -> None:
        """Keep a remark about a file for the person who imports; only the first ones, they repeat."""
        if len(self.notes) < NOTES_KEPT:
            self.notes.append(sentence)

    def total(self, outcome: Outcome) -> int:
        """Return how many entries had that outcome."""
        return sum(counts[outcome] for counts in self.by_type.values())

    @property
    def read(self) -> int:
        """Return how many entries were read."""
        return sum(counts.total() for counts in self.by_type.values())

    @property
    def exit_status(self) -> int:
        """Return 0 where all was taken, 3 where some was rejected, 1 where nothing was taken."""
        rejected = self.total(Outcome.REJECTED)
        if self.read == rejected:
            return 1
        return 3 if rejected else 0

    def rejections(self) -> Iterator[dict[str, Any]]:
        """Yield the rejections in the order they were met."""
        self._spool.seek(0)
        for line in self._spool:
            yield orjson.loads(line)

    def reasons(self, most: int) -> list[Reason]:
        """Return the different reasons, the most frequent first; beyond `most` of them all others count as one."""
        found: dict[str, Reason] = {}
        for rejection in self.rejections():
            words = printable(f"{rejection['field']}: {rejection['reason']}")
            place = f"line {rejection['line']}" if "line" in rejection else f"entry {rejection['entry']}"
            where = rejection["file"] if place.endswith("None") else f"{rejection['file']}, {place}"
            if words not in found and len(found) >= most:
                words = "other reasons"
            found.setdefault(words, Reason(words, printable(where))).count += 1
        return sorted(found.values(), key=lambda reason: -reason.count)

    def json_pieces(self) -> Iterator[str]:
        """Yield the report as pieces of one line of JSON, a rejection at a time."""
        by_type = {
            kind: {"read": counts.total(), **{outcome.value: counts[outcome] for outcome in Outcome}}
            for kind, counts in sorted(self.by_type.items())
        }
        totals = {outcome.value: self.total(outcome) for outcome in Outcome}
        head = {"read": self.read, **totals, "by_type": by_type, "notes": self.notes}
        yield orjson.dumps(head).decode()[:-1] + ',"rejections":['
        self._spool.seek(0)
        for number, line in enumerate(self._spool):
            yield ("," if number else "") + line.decode().rstrip("\n")
        yield "]}\n"

    def close(self) -> None:
        """Let the temporary file go."""
        self._spool.close()


def printable(text: str) -> str:
    """Return the text without what a terminal would obey: a file may hold anything."""
    return "".join(character if character.isprintable() else "·" for character in text)
