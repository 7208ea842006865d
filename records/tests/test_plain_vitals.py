"""The plain way of recording vital signs takes and answers what the DRF way does, and leaves the rest to it."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from django.db import OperationalError
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access.events import Actor, Door
from access.models import AuditEvent, User
from access.tests.people import api_client
from records.actions import record_vital_signs
from records.api import vitals, vitals_view
from records.api.plain_vitals import take, told
from records.api.vitals import RecordedVitalsSerializer, VitalsBody
from records.models import HealthRecord
from records.tests.summaries import DAY
from records.vital_signs import KEYS, UNITS, Measured, read
from students.models import Student

TODAY = timezone.localdate().isoformat()
PLAIN = {"date": TODAY, "heart_rate": 88}

numbers: st.SearchStrategy[Any] = st.one_of(
    st.integers(-10, 500),
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(0, 300),
    st.sampled_from([True, None, "98.6", " 7 ", "x", [], {}, 1e-5, -0.0, 10**12]),
)
measures = st.one_of(
    numbers,
    st.fixed_dictionaries(
        {"value": numbers},
        optional={"unit": st.sampled_from(["in", "CM", "lb", "kg", "F", "°c", "ft", None]), "x": numbers},
    ),
)
bodies = st.fixed_dictionaries(
    {},
    optional={
        "date": st.sampled_from(
            [TODAY, "2026-02-30", "2026-W01-1", "20260101", "01/02/2026", None, 5, f"{TODAY}T00:00"]
        ),
        "note": st.one_of(st.text(max_size=30), st.sampled_from([" spaced ", "\x00", "x" * 2_001, None, 3])),
        **{sign: measures if len(units) > 1 else numbers for sign, units in UNITS.items()},
        "pulse": numbers,
    },
)


@settings(max_examples=500)
@given(body=st.one_of(bodies, numbers, st.lists(numbers)))
def test_what_is_taken_is_what_the_serializer_takes(body: Any) -> None:
    taken = take(orjson.dumps(body))
    if taken is not None:
        serializer = VitalsBody(data=body)
        assert serializer.is_valid(), serializer.errors
        assert serializer.taken() == taken


@given(
    signs=st.fixed_dictionaries(
        {"heart_rate": st.integers(0, 400)},
        optional={"oxygen_saturation": st.floats(1, 100), "systolic": st.floats(10, 300)},
    ),
    note=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40).map(str.strip),
)
def test_every_plain_body_is_taken(signs: dict[str, float], note: str) -> None:
    taken = take(orjson.dumps({"date": TODAY, "note": note, **signs}))
    assert taken is not None
    assert (sorted(taken["signs"]), taken["note"]) == (sorted(signs), note)


def test_units_are_taken_too() -> None:
    height, weight = {"value": 50.5, "unit": "Inches"}, {"value": 60, "unit": "lb"}
    taken = take(orjson.dumps({"date": TODAY, "weight": weight, "height": height}))
    assert taken is not None
    assert list(taken["signs"].values()) == [Measured(128.27, "50.5", "in"), Measured(27.2155422, "60", "lb")]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b'"x"', b'{"date":"2026-01-01"}', b'{"heart_rate":88}'])
def test_what_is_not_plain_is_left(body: bytes) -> None:
    assert take(body) is None


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    signs=st.dictionaries(st.sampled_from(sorted(KEYS)), st.sampled_from(["52", "70", "88.5", "97.25"]), min_size=1),
    note=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40),
    checks=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), max_size=2),
)
def test_the_answer_is_what_the_serializer_writes(
    nora: User, ana: Student, signs: dict[str, str], note: str, checks: list[str]
) -> None:
    units = {sign: "kg" if sign == "weight" else UNITS[sign][0] for sign in signs}
    values = {sign: read(sign, text, default_unit=units[sign]) for sign, text in signs.items()}
    made = record_vital_signs(by=Actor(nora.pk, Door.API), student_id=ana.pk, date=DAY, signs=values, note=note)
    for record in (made, HealthRecord.objects.get(pk=made.pk)):
        told_by_drf = RecordedVitalsSerializer(record, context={"checks": checks}).data
        assert told(record, checks) == orjson.dumps(told_by_drf)


def test_in_a_zone_without_an_offset_it_is_the_same(nora: User, ana: Student) -> None:
    by, signs = Actor(nora.pk, Door.API), {"heart_rate": read("heart_rate", "88")}
    made = record_vital_signs(by=by, student_id=ana.pk, date=DAY, signs=signs)
    with timezone.override("UTC"):
        assert told(made, []) == orjson.dumps(RecordedVitalsSerializer(made, context={"checks": []}).data)


def post(user: User, student: Student, body: Any, **headers: Any) -> Any:
    address = f"/api/v1/students/{student.pk}/vitals/"
    return api_client(user).generic("POST", address, orjson.dumps(body).decode(), "application/json", **headers)


@pytest.fixture
def without_drf(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the DRF view away: whoever needs it fails."""

    def gone(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("The DRF view was asked.")

    monkeypatch.setattr(vitals_view, "view", gone)


@pytest.mark.usefixtures("without_drf")
def test_the_usual_body_needs_no_drf(nora: User, ana: Student) -> None:
    assert post(nora, ana, PLAIN).status_code == 201


def test_both_ways_answer_and_leave_the_same(nora: User, ana: Student) -> None:
    quick, whole = post(nora, ana, PLAIN), post(nora, ana, PLAIN, HTTP_ACCEPT="application/json;q=0.9")
    assert (quick.status_code, whole.status_code) == (201, 201)
    own = {"id", "created_at", "updated_at"}
    assert {k: v for k, v in quick.json().items() if k not in own} == {
        k: v for k, v in whole.json().items() if k not in own
    }
    for answer in (quick, whole):
        assert answer["Location"] == f"http://testserver/api/v1/students/{ana.pk}/vitals/{answer.json()['id']}/"
        assert (answer["ETag"], answer["Content-Type"]) == ('"1"', "application/json")
    assert AuditEvent.objects.about(ana.pk).count() == 4


@pytest.mark.parametrize("accept", ["*/*", "application/json;q=0.9"])
@pytest.mark.parametrize(("person", "status"), [("stella", 404), ("sam", 403), ("nora", 400)])
def test_both_ways_refuse_alike(
    request: pytest.FixtureRequest, ana: Student, person: str, status: int, accept: str
) -> None:
    answer = post(request.getfixturevalue(person), ana, PLAIN | {"date": "9999-01-01"}, HTTP_ACCEPT=accept)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert AuditEvent.objects.about(ana.pk).count() == 1
    assert not HealthRecord.objects.exists()


def test_a_login_that_is_not_active_any_more_is_told_so(nora: User, ana: Student) -> None:
    nora.is_active = False
    nora.save()
    answer = post(nora, ana, PLAIN)
    assert (answer.status_code, answer.json()["detail"]) == (401, "This login is not active.")


def test_what_goes_wrong_inside_is_a_problem_without_the_values(
    nora: User, ana: Student, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(**kwargs: Any) -> Any:
        raise OperationalError(f"Failing row contains ({ana.family_name})")

    monkeypatch.setattr(vitals, "record_vital_signs", broken)
    answer = post(nora, ana, PLAIN)
    assert answer.status_code >= 500
    assert ana.family_name not in answer.content.decode() + caplog.text


def test_a_long_body_is_left_to_the_one_who_refuses_it(nora: User, ana: Student) -> None:
    answer = post(nora, ana, PLAIN | {"note": "x" * 20_000})
    assert [error["attr"] for error in answer.json()["errors"]] == ["note"]
