"""Which version of FHIR a file is written in, told by the shape of its resources before anything of it is kept.

A resource seldom says its version, but its fields do: each mark below belongs to some versions and not to others
(https://hl7.org/fhir/R4/diff.html and the STU3 page of the same name). A file is taken for R4 unless another version
explains strictly more of its entries, so one misshapen entry in an R4 file is one rejection, not the end of the file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

DSTU2, STU3, R4, R5 = "DSTU2", "STU3", "R4", "R5"
VERSIONS: Final = (R4, STU3, DSTU2, R5)
EVERY: Final = frozenset(VERSIONS)

OLD, BEFORE_R5, SINCE_STU3, SINCE_R4 = (
    frozenset({DSTU2, STU3}),
    frozenset({DSTU2, STU3, R4}),
    frozenset({STU3, R4, R5}),
    frozenset({R4, R5}),
)

# Types that exist in some versions only.
TYPE_MARKS: Final = {
    "MedicationOrder": frozenset({DSTU2}),
    "DiagnosticOrder": frozenset({DSTU2}),
    "ProcedureRequest": OLD,
    "ReferralRequest": OLD,
    "ServiceRequest": SINCE_R4,
    "MedicationRequest": SINCE_STU3,
}

# Fields that exist in some versions only.
FIELD_MARKS: Final = {
    ("AllergyIntolerance", "substance"): frozenset({DSTU2}),
    ("AllergyIntolerance", "assertedDate"): frozenset({STU3}),
    ("Condition", "patient"): frozenset({DSTU2}),
    ("Condition", "assertedDate"): frozenset({STU3}),
    ("Condition", "context"): frozenset({STU3}),
    ("Encounter", "patient"): frozenset({DSTU2}),
    ("Encounter", "actualPeriod"): frozenset({R5}),
    ("Immunization", "wasNotGiven"): frozenset({DSTU2}),
    ("Immunization", "notGiven"): frozenset({STU3}),
    ("Immunization", "date"): OLD,
    ("Immunization", "occurrenceDateTime"): SINCE_R4,
    ("Immunization", "occurrenceString"): SINCE_R4,
    ("Observation", "context"): frozenset({STU3}),
    ("Observation", "encounter"): frozenset({DSTU2, R4, R5}),
    ("Observation", "comments"): frozenset({DSTU2}),
}

# Fields that changed their JSON type, and the versions of each type.
SHAPE_MARKS: Final[dict[tuple[str, str], dict[type, frozenset[str]]]] = {
    ("Encounter", "class"): {str: frozenset({DSTU2}), dict: frozenset({STU3, R4}), list: frozenset({R5})},
    ("Condition", "clinicalStatus"): {str: OLD, dict: SINCE_R4},
    ("Condition", "verificationStatus"): {str: OLD, dict: SINCE_R4},
    ("AllergyIntolerance", "clinicalStatus"): {str: frozenset({STU3}), dict: SINCE_R4},
    ("AllergyIntolerance", "category"): {str: frozenset({DSTU2}), list: SINCE_STU3},
    ("AllergyIntolerance", "type"): {str: BEFORE_R5, dict: frozenset({R5})},
    ("Observation", "category"): {dict: frozenset({DSTU2}), list: SINCE_STU3},
}


def possible_versions(resource: dict[str, Any]) -> frozenset[str]:
    """Return the versions that this resource can be written in; one without marks can be in each."""
    possible = EVERY
    for marked in _marks(resource):
        possible &= marked
    return possible


def _marks(resource: dict[str, Any]) -> Iterator[frozenset[str]]:
    kind = resource.get("resourceType")
    if not isinstance(kind, str):
        return
    if kind in TYPE_MARKS:
        yield TYPE_MARKS[kind]
    for key, value in resource.items():
        if (kind, key) in FIELD_MARKS:
            yield FIELD_MARKS[kind, key]
        shapes = SHAPE_MARKS.get((kind, key))
        if shapes and type(value) in shapes:
            yield shapes[type(value)]
    if kind == "Patient":
        yield from _name_marks(resource.get("name"))


def _name_marks(names: Any) -> Iterator[frozenset[str]]:
    """DSTU2 has a list of family names, later versions one string."""
    for name in names if isinstance(names, list) else ():
        family = name.get("family") if isinstance(name, dict) else None
        if isinstance(family, list):
            yield frozenset({DSTU2})
        elif isinstance(family, str):
            yield SINCE_STU3


class VersionTally:
    """Counts, over the entries of a file, how many each version explains."""

    def __init__(self) -> None:
        """Start with nothing seen."""
        self._explained: Counter[str] = Counter()

    def see(self, resource: dict[str, Any]) -> None:
        """Count one resource."""
        self._explained.update(possible_versions(resource))

    @property
    def version(self) -> str:
        """Return the version that explains most entries; R4 where it explains as many as any."""
        return max(VERSIONS, key=lambda version: self._explained[version])


def unsupported(version: str) -> str:
    """Return why a file of that version is refused, or '' for R4."""
    return "" if version == R4 else f"FHIR {version} is not supported; export as R4 (4.0.1)"
