"""First pages of a student's lists that somebody read lately.

The key of a page says nothing about its address, so whoever makes a first page leaves a note of it, sealed, as
long-lived as the page: after a write records.api.list_refresh makes it again.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from access.gate import Pass
from access.keys import NotSealed, key_ring
from records.api.kinds import ALLERGIES, CONDITIONS, RECORDS, VACCINATIONS, VITALS
from records.cached import CONFIDANT, FIVE_MINUTES, OTHER, phi_cache

KINDS = tuple(kind.name for kind in (RECORDS, ALLERGIES, CONDITIONS, VACCINATIONS, VITALS))


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A first page that was read: of which list, as seen by whom, at which address."""

    kind: str
    confidential: bool
    address: str


def note(look: Pass, kind: str, address: str) -> None:
    """Remember that a page was made and kept, if it is the first of its list; pages further back are not made again."""
    if "?" not in address:
        key = key_of_note(look.school_id, look.student_id, kind, confidential=look.confidential)
        phi_cache().set(key, key_ring().seal(address.encode(), about=key.encode()), FIVE_MINUTES)


def key_of_note(school_id: UUID, student_id: UUID, kind: str, *, confidential: bool) -> str:
    """Return the opaque key of a note."""
    return f"read:{school_id.hex}:{student_id.hex}:{kind}:{CONFIDANT if confidential else OTHER}"


def notes(school_id: UUID, student_id: UUID) -> dict[str, tuple[str, bool]]:
    """Return the keys of all notes that there can be of a student, each with its kind and whether confidential."""
    return {
        key_of_note(school_id, student_id, kind, confidential=confidential): (kind, confidential)
        for kind in KINDS
        for confidential in (True, False)
    }


def read_lately(school_id: UUID, student_id: UUID) -> list[ReadPage]:
    """Return the first pages of a student that are still cached; one trip to Redis."""
    asked = notes(school_id, student_id)
    found = []
    for key, sealed in phi_cache().get_many(list(asked)).items():
        try:
            address = key_ring().unseal(sealed, about=key.encode()).decode()
        except NotSealed:
            continue  # by a key that was taken out of PHI_KEYS: the page itself does not open either
        found.append(ReadPage(*asked[key], address))
    return found
