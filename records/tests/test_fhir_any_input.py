"""Whatever stands where in a resource, reading it answers a value or problems, and raises nothing."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from records.fhir.references import points_at
from records.fhir.resources import (
    digest_of_clinical,
    digest_of_person,
    read_clinical,
    read_person,
    resource_type,
    source_id_of,
)
from records.fhir.stream import Place
from records.fhir.version import possible_versions
from records.intake.items import rejection
from records.tests.fhir_examples import (
    NOW,
    Resource,
    allergy,
    blood_pressure,
    condition,
    encounter,
    immunization,
    observation,
    patient,
    snomed,
)

GOOD = (
    patient(name=[{"use": "official", "family": "Ortiz", "given": ["Lena"], "period": {"end": "2020-01-01"}}]),
    encounter(reasonCode=[snomed("1", "x")], participant=[{"individual": {"display": "Dr. Ruiz"}}]),
    observation(note=[{"text": "x"}], interpretation=[snomed("1", "x")], encounter={"reference": "Encounter/1"}),
    blood_pressure(meta={"security": [{"system": "urn:s", "code": "R"}]}),
    immunization(protocolApplied=[{"doseNumberPositiveInt": 2, "targetDisease": [snomed("1")]}], site=snomed("1")),
    condition(severity=snomed("6736007"), abatementAge={"value": 7, "unit": "a"}, note=[{"text": "x"}]),
    allergy(reaction=[{"manifestation": [snomed("1", "x")], "severity": "mild"}], contained=[patient(id="p")]),
)
odd: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**62), 2**62)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["#p", "urn:uuid:", "Patient?identifier=", "2015-02-30", "0001-01-01T00:00:00+14:00"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["coding", "text", "value"]), inner),
    max_leaves=4,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of everything inside the value."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, part in inside for found in [(*path, key), *places(part, (*path, key))]]


def replaced(resource: Resource, path: tuple[Any, ...], value: Any) -> Resource:
    """Return a copy with something else at the path."""
    changed = copy.deepcopy(resource)
    parent: Any = changed
    for key in path[:-1]:
        parent = parent[key]
    parent[path[-1]] = value
    return changed


@given(st.data())
def test_reading_never_raises(data: st.DataObject) -> None:
    resource = data.draw(st.sampled_from(GOOD))
    path = data.draw(st.sampled_from([place for place in places(resource) if place != ("resourceType",)]))
    changed = replaced(resource, path, data.draw(odd))
    assert possible_versions(changed) <= {"R4", "R5", "STU3", "DSTU2"}
    name = source_id_of(changed, "")
    assert 0 < len(name) <= 100
    assert all(isinstance(key, str) for key in points_at("", changed))
    if resource_type(changed) == "Patient":
        person = read_person(changed, name, NOW)
        problems = person if isinstance(person, list) else None
        digest = b"" if isinstance(person, list) else digest_of_person(person)
    else:
        value = read_clinical(changed, name, NOW)
        problems = value if isinstance(value, list) else None
        digest = b"" if isinstance(value, list) else digest_of_clinical(value)
    if problems is None:
        assert len(digest) == 32
    else:
        assert rejection(Place("f", 1), "", problems).as_json()["reason"]
