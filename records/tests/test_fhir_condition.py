"""A condition stands where the source says, and is shown rather than hidden where it does not say."""

from __future__ import annotations

import pytest

from records.fhir.condition import Condition
from records.tests.fhir_examples import Resource, concept, condition, without
from records.tests.reading import problems, read_as


@pytest.mark.parametrize(
    ("clinical", "status"),
    [
        ("active", "active"),
        ("relapse", "active"),
        ("remission", "monitoring"),
        ("inactive", "inactive"),
        ("resolved", "resolved"),
    ],
)
def test_a_condition_stands_where_the_source_says(clinical: str, status: str) -> None:
    assert read_as(Condition, condition(clinicalStatus=concept("urn:c", clinical))).status == status


def test_a_condition_without_status_is_shown_as_active_unless_it_ended() -> None:
    bare = without(condition(), "clinicalStatus", "verificationStatus")
    assert read_as(Condition, bare).status == "active"
    assert read_as(Condition, {**bare, "abatementDateTime": "2020-01-01"}).status == "resolved"


def test_a_condition_keeps_words_where_the_date_is_no_day() -> None:
    found = read_as(Condition, condition(onsetDateTime="2019", note=[{"text": "mild"}]))
    assert (found.notes, found.flags) == ("Onset: 2019\nmild", ("partial_date",))
    aged = read_as(Condition, without(condition(onsetAge={"value": 4, "unit": "years"}), "onsetDateTime"))
    assert (aged.onset, aged.notes) == (None, "Onset: at age 4 years")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": {}}, "code"),
        ({"code": {"text": "x" * 301}}, "code"),
        ({"clinicalStatus": concept("urn:c", "sick")}, "clinicalStatus"),
        ({"clinicalStatus": "active"}, "clinicalStatus"),
        ({"verificationStatus": concept("urn:c", "sure")}, "verificationStatus"),
        ({"abatementDateTime": "2018-01-01"}, "abatementDateTime"),
        ({"onsetDateTime": "2030-01-01"}, "onsetDateTime"),
    ],
)
def test_a_condition_that_cannot_be_is_refused_by_its_field(changes: Resource, field: str) -> None:
    assert [name for name, _ in problems(condition(**changes))] == [field]
