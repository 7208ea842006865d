"""Recording vital signs: the action, and the page that keeps what was typed, refuses, asks and saves."""

from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from access.events import Actor, Door
from access.models import User
from access.tests.trail import outcomes
from records.actions import StaleVersion, mark_entered_in_error, record_vital_signs
from records.last_measures import last_measures
from records.models import HealthRecord
from records.plausibility import Last
from records.tests.summaries import DAY, shown
from records.vital_signs import read
from students.models import Student

ONE_DAY = datetime.timedelta(days=1)


def address(student: Student) -> str:
    return f"/students/{student.pk}/vitals/"


def today() -> str:
    return f"{timezone.localdate():%Y-%m-%d}"


@pytest.fixture
def nurse(nora: User, client: Client) -> Client:
    """The browser of Nora, who is logged in."""
    client.force_login(nora)
    return client


def type_in(nurse: Client, student: Student, **typed: str) -> Any:
    return nurse.post(address(student), {"date": today(), **typed})


def record(by: User, student: Student, date: datetime.date = DAY, note: str = "", **typed: str) -> HealthRecord:
    signs = {sign: read(sign, text) for sign, text in typed.items()}
    return record_vital_signs(by=Actor(by.pk, Door.PAGE), student_id=student.pk, date=date, signs=signs, note=note)


def test_the_action_writes_one_record_with_metric_values_and_what_was_typed(nora: User, ana: Student) -> None:
    made = record(nora, ana, height="4'10", weight="106 lb", temperature="98.6", heart_rate="88", note="After PE")
    made.refresh_from_db()
    assert made.vital == {"height_cm": 147.32, "weight_kg": 48.08079122, "temperature_c": 37.0, "heart_rate": 88.0}
    assert made.vital_typed == {
        "height": {"value": "4'10", "unit": ""},
        "weight": {"value": "106", "unit": "lb"},
        "temperature": {"value": "98.6", "unit": "F"},
        "heart_rate": {"value": "88", "unit": "/min"},
    }
    assert (made.type, made.status, made.date, made.notes) == ("VITAL_SIGNS_CHECK", "final", DAY, "After PE")
    assert (made.source, made.created_by, made.version, made.flags) == ("charted", nora, 1, [])
    assert made.bmi == pytest.approx(48.08079122 / 1.4732**2)


def test_the_alarming_is_accepted_with_its_flags_for_the_age_on_that_day(nora: User, ana: Student) -> None:
    assert record(nora, ana, temperature="104", heart_rate="170").flags == ["fever", "fast_heart_rate"]
    # At two a rate of 130 is nothing; at eight it is.
    assert record(nora, ana, datetime.date(2020, 6, 1), heart_rate="130").flags == []
    assert record(nora, ana, heart_rate="130").flags == ["fast_heart_rate"]


@pytest.mark.parametrize(
    ("days_from_today", "sentence"),
    [(1, "The day is in the future."), (-9_000, "The day is before the student was born: measured ")],
)
def test_the_action_refuses_a_day_that_cannot_be(nora: User, ana: Student, days_from_today: int, sentence: str) -> None:
    with pytest.raises(ValidationError) as refused:
        record(nora, ana, timezone.localdate() + days_from_today * ONE_DAY, heart_rate="88")
    assert refused.value.message_dict.keys() == {"date"}
    assert refused.value.messages[0].startswith(sentence)
    assert not HealthRecord.objects.exists()
    assert outcomes(ana.pk) == []


def test_the_day_of_birth_and_today_can_be(nora: User, ana: Student) -> None:
    assert record(nora, ana, ana.birth_date, weight="7 lb 4 oz").date == ana.birth_date
    assert record(nora, ana, timezone.localdate(), weight="60").date == timezone.localdate()


def test_the_action_refuses_nothing_at_all(nora: User, ana: Student) -> None:
    with pytest.raises(ValidationError, match="at least one vital sign"):
        record(nora, ana)


def test_a_nurse_records_and_sees_it_on_the_summary(nurse: Client, nora: User, ana: Student) -> None:
    answer = type_in(nurse, ana, height="4'2", weight="60", temperature="98.6", systolic="100", diastolic="60")
    assert (answer.status_code, answer["Location"]) == (302, f"/students/{ana.pk}/")
    page = nurse.get(answer["Location"]).content.decode().replace("\N{NO-BREAK SPACE}", " ")
    for words in ("Vital signs saved.", "4 ft 2 in", "60 lb", "98.6 °F", "100/60"):
        assert words in page
    assert outcomes(ana.pk) == [
        ("vitals_viewed", "granted"),
        ("vital_signs_recorded", "granted"),
        ("health_summary_viewed", "granted"),
    ]
    assert shown(nora, ana)["vitals"][0]["height_cm"] == 127


def test_the_form_takes_the_three_ways_a_day_is_written(nurse: Client, ana: Student) -> None:
    for written in ("2026-03-02", "3/2/2026", "03/02/26"):
        assert nurse.post(address(ana), {"date": written, "heart_rate": "88"}).status_code == 302
    assert list(HealthRecord.objects.values_list("date", flat=True)) == [DAY] * 3


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"height": "tall"}, "Height: type a number, for example 4&#x27;10, 58 in or 147 cm."),
        ({"temperature": "37"}, "Temperature: 37 F is not possible. It lies between 51.8 and 116.6 F."),
        ({"heart_rate": "900"}, "Heart rate: 900 /min is not possible."),
        ({}, "Enter at least one vital sign."),
        ({"heart_rate": "88", "date": "soon"}, "Type a day, for example 9/16/2026."),
        ({"heart_rate": "88", "date": "2099-01-01"}, "The day is in the future."),
        (
            {"heart_rate": "88", "date": "2010-01-01"},
            "The day is before the student was born: measured Jan 1, 2010, born Mar 14, 2018. Correct the one that is",
        ),
        ({"height": "128", "weight": "60"}, "128 in is not possible."),
        ({"height": "128", "weight": "60"}, "if you meant centimeters, type 128 cm."),
        ({"heart_rate": "88", "note": "x" * 2_001}, "at most 2000 characters"),
    ],
)
def test_the_page_says_what_to_mend_and_saves_nothing(
    nurse: Client, ana: Student, typed: dict[str, str], sentence: str
) -> None:
    answer = type_in(nurse, ana, **typed)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not HealthRecord.objects.exists()


def test_everything_typed_is_still_in_the_form_after_an_error(nurse: Client, ana: Student) -> None:
    typed = {
        "height": "4'10", "weight": "106 lbs", "temperature": "hot", "heart_rate": "88", "respiratory_rate": "18",
        "systolic": "100", "diastolic": "60", "oxygen_saturation": "98%", "note": "After <PE>", "date": "2026-03-02",
    }  # fmt: skip
    answer = type_in(nurse, ana, **typed)
    form = answer.context["vitals_form"]
    assert {name: form[name].value() for name in typed} == typed
    page = answer.content.decode()
    for text in ("4&#x27;10", "106 lbs", "hot", "98%", "After &lt;PE&gt;", "2026-03-02"):
        assert text in page


def test_an_improbable_value_is_asked_about_once_and_then_accepted(nurse: Client, nora: User, ana: Student) -> None:
    record(nora, ana, weight="27 kg")
    answer = type_in(nurse, ana, weight="60 kg")
    assert answer.status_code == 422
    sentence = "60 kg is a very high weight for an 8-year-old; 60 lb would be usual. Did you mean pounds?"
    assert sentence in answer.content.decode()
    assert answer.context["vitals_form"]["weight"].value() == "60 kg"
    assert HealthRecord.objects.count() == 1
    assert type_in(nurse, ana, weight="60 kg", confirm="on").status_code == 302
    assert HealthRecord.objects.filter(weight_kg=60).count() == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"weight": "60"}, "Vital signs saved. No BMI without a height."),
        ({"height": "4'2"}, "Vital signs saved. No BMI without a weight."),
        ({"height": "4'2", "weight": "60"}, "Vital signs saved."),
        ({"heart_rate": "88"}, "Vital signs saved."),
    ],
)
def test_what_is_saved_without_a_bmi_says_why(nurse: Client, ana: Student, typed: dict[str, str], said: str) -> None:
    page = nurse.get(type_in(nurse, ana, **typed)["Location"]).content.decode()
    assert f'<p class="usa-alert__text">{said}</p>' in page


def test_of_unknown_sex_it_says_that_there_is_no_percentile(nurse: Client, ana: Student) -> None:
    ana.sex = Student.Sex.UNKNOWN
    ana.save()
    page = nurse.get(type_in(nurse, ana, height="4'2", weight="60")["Location"]).content.decode()
    assert "No percentile: the student&#x27;s sex is not recorded" in page


def test_the_impossible_is_not_accepted_by_confirming(nurse: Client, ana: Student) -> None:
    assert type_in(nurse, ana, weight="2000", confirm="on").status_code == 422
    assert not HealthRecord.objects.exists()


def test_an_alarming_value_is_saved_without_a_question(nurse: Client, ana: Student) -> None:
    assert type_in(nurse, ana, temperature="104").status_code == 302
    assert HealthRecord.objects.get().flags == ["fever"]
    assert "Fever" in nurse.get(address(ana)).content.decode()


def test_what_was_last_known_leaves_out_what_was_taken_back(nora: User, ana: Student) -> None:
    record(nora, ana, DAY - ONE_DAY, height="50", weight="60")
    wrong = record(nora, ana, DAY, weight="600")
    mark_entered_in_error(by=Actor(nora.pk, Door.PAGE), entry=wrong, reason="Typed a zero too many")
    known = last_measures([ana.pk], DAY, confidential=True)[ana.pk]
    assert known == Last(127.0, DAY - ONE_DAY, 27.2155422, DAY - ONE_DAY)


@pytest.mark.parametrize("who", ["colin", "sam"])
def test_who_may_not_record_is_refused_and_on_record(
    who: str, ana: Student, client: Client, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(who))
    assert type_in(client, ana, heart_rate="88").status_code == 403
    assert not HealthRecord.objects.exists()
    assert outcomes(ana.pk) == [("vitals_viewed", "forbidden")]


def test_who_may_read_alone_sees_the_history_and_no_form(colin: User, nora: User, ana: Student, client: Client) -> None:
    record(nora, ana, heart_rate="93")
    client.force_login(colin)
    answer = client.get(address(ana))
    assert answer.context["vitals_form"] is None
    assert "93" in answer.content.decode()
    assert 'name="heart_rate"' not in answer.content.decode()


def test_another_schools_nurse_gets_404_for_reading_and_for_recording(
    stella: User, ana: Student, client: Client
) -> None:
    client.force_login(stella)
    assert client.get(address(ana)).status_code == 404
    assert type_in(client, ana, heart_rate="88").status_code == 404
    assert not HealthRecord.objects.exists()


def test_a_form_from_another_site_is_refused(nora: User, ana: Student) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(nora)
    assert type_in(strict, ana, heart_rate="88").status_code == 403
    assert not HealthRecord.objects.exists()


def test_the_history_is_shown_in_pages_newest_first(nurse: Client, nora: User, ana: Student) -> None:
    for number in range(30):
        record(nora, ana, DAY - number * ONE_DAY, heart_rate=str(80 + number))
    first = nurse.get(address(ana)).context
    assert [row["heart_rate"] for row in first["vitals"]] == [80 + number for number in range(25)]
    assert (first["previous_page"], first["next_page"]) == (None, 2)
    second = nurse.get(f"{address(ana)}?page=2").context
    assert [row["heart_rate"] for row in second["vitals"]] == [105, 106, 107, 108, 109]
    assert (second["previous_page"], second["next_page"]) == (1, None)


@pytest.mark.parametrize("page", ["0", "-1", "x", "", "99999999999", "9" * 5_000, "²", "\x00"])
def test_a_senseless_page_number_is_no_error(nurse: Client, ana: Student, page: str) -> None:
    assert nurse.get(address(ana), {"page": page}).status_code == 200


def test_an_entry_is_taken_back_with_a_reason_and_stays_readable(nora: User, ana: Student) -> None:
    entry = record(nora, ana, heart_rate="88")
    mark_entered_in_error(by=Actor(nora.pk, Door.PAGE), entry=entry, reason=" Wrong child ")
    assert (entry.status, entry.status_reason, entry.version) == ("entered_in_error", "Wrong child", 2)
    assert HealthRecord.objects.get().vital == {"heart_rate": 88.0}
    assert outcomes(ana.pk)[-1] == ("entered_in_error", "granted")


@pytest.mark.parametrize("reason", ["", "   "])
def test_nothing_is_taken_back_without_a_reason(nora: User, ana: Student, reason: str) -> None:
    entry = record(nora, ana, heart_rate="88")
    with pytest.raises(ValidationError, match="Say why"):
        mark_entered_in_error(by=Actor(nora.pk, Door.PAGE), entry=entry, reason=reason)
    entry.refresh_from_db()
    assert entry.status == "final"


def test_the_second_of_two_who_change_one_row_is_told_and_overwrites_nothing(nora: User, ana: Student) -> None:
    entry = record(nora, ana, heart_rate="88")
    as_read_by_another = HealthRecord.objects.get(pk=entry.pk)
    mark_entered_in_error(by=Actor(nora.pk, Door.PAGE), entry=entry, reason="Wrong child")
    with pytest.raises(StaleVersion):
        mark_entered_in_error(by=Actor(nora.pk, Door.PAGE), entry=as_read_by_another, reason="Another reason")
    entry.refresh_from_db()
    assert entry.status_reason == "Wrong child"
    assert outcomes(ana.pk).count(("entered_in_error", "granted")) == 1


def test_a_student_that_is_gone_cannot_be_recorded_about(nora: User) -> None:
    with pytest.raises(Student.DoesNotExist):
        record_vital_signs(
            by=Actor(nora.pk, Door.PAGE),
            student_id=UUID(int=1),
            date=DAY,
            signs={"heart_rate": read("heart_rate", "88")},
        )
