"""The rows of a measuring sheet: saved, asked about, refused, corrected; what was typed is never lost."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from django.test import Client
from uuid_utils.compat import uuid7

from access.models import User
from access.tests.people import make_student
from access.tests.trail import outcomes
from records.models import HealthRecord
from records.tests.sheets import SHEET, hidden, round_of, send, send_row, typed, words
from students.models import School, Student


@pytest.fixture
def nurse(nora: User, client: Client) -> Client:
    """The browser of Nora, who is logged in."""
    client.force_login(nora)
    return client


@pytest.fixture
def ben(oak_street: School) -> Student:
    """Ben Bell of Ana's class."""
    return make_student(oak_street, "Ben", "Bell", sex=Student.Sex.MALE)


def test_one_sheet_sent_saves_every_row(nurse: Client, nora: User, ana: Student, ben: Student) -> None:
    answer = send(nurse, typed(ana, height="4'2", weight="60"), typed(ben, height="51", weight="63"), note="Fall")
    assert answer.status_code == 200
    assert "2 of 2 measured" in words(answer)
    assert re.search(r"Saved \d+:\d\d [AP]M\. BMI 16\.9, \d+\w\w percentile\.", words(answer))
    saved = HealthRecord.objects.order_by("height_cm")
    assert [(record.height_cm, record.notes, record.created_by) for record in saved] == [
        (127.0, "Fall", nora), (129.54, "Fall", nora),
    ]  # fmt: skip
    assert ("vital_signs_recorded", "granted") in outcomes(ben.pk)


def test_a_bad_row_comes_back_as_typed_and_keeps_none_of_the_others(nurse: Client, ana: Student, ben: Student) -> None:
    answer = send(nurse, typed(ana, height="tall", weight="6O"), typed(ben, height="51", weight="63"))
    assert answer.status_code == 422
    assert HealthRecord.objects.get().student == ben
    rows = {row.student: row for row in answer.context["rows"]}
    assert (rows[ana].state, rows[ana].height, rows[ana].weight) == ("refused", "tall", "6O")
    assert rows[ben].state == "saved"
    page = answer.content.decode()
    assert 'value="tall"' in page
    assert 'value="6O"' in page
    assert "1 row not saved yet; all others are" in words(answer)
    assert "Height: type a number, for example 4'10, 58 in or 147 cm." in words(answer)
    assert "Weight: 'O' is not a unit of it. Use lb or kg." in words(answer)


def test_the_same_sheet_sent_twice_saves_once(nurse: Client, ana: Student, ben: Student) -> None:
    rows = typed(ana, height="4'2", weight="60"), typed(ben, height="51")
    assert [send(nurse, *rows).status_code for _ in range(3)] == [200, 200, 200]
    assert HealthRecord.objects.count() == 2


@pytest.mark.parametrize(
    ("values", "units", "sentence"),
    [
        ({"height": "54"}, {"height_unit": "cm"}, "54 cm is very short for an 8-year-old; 54 in would be usual."),
        ({"height": "54"}, {"height_unit": "cm"}, "Did you mean inches?"),
        ({"weight": "60"}, {"weight_unit": "kg"}, "60 kg is a very high weight for an 8-year-old; 60 lb would be"),
        ({"weight": "60"}, {"weight_unit": "kg"}, "Did you mean pounds?"),
        ({"weight": "27"}, {}, "27 lb is a very low weight for an 8-year-old; 27 kg would be usual."),
    ],
)
def test_units_mixed_up_are_asked_about_and_saved_only_when_kept(
    nurse: Client, ana: Student, values: dict[str, str], units: dict[str, str], sentence: str
) -> None:
    token = str(uuid7())
    asked = send_row(nurse, ana, units, token=token, **values)
    assert asked.status_code == 200
    assert "Not saved yet." in words(asked)
    assert sentence in words(asked)
    assert not HealthRecord.objects.exists()
    kept = send_row(nurse, ana, units, token=token, confirm=hidden(asked, ana, "confirm"), **values)
    assert "Saved" in words(kept)
    assert HealthRecord.objects.count() == 1


def test_what_was_kept_as_typed_holds_for_those_numbers_alone(nurse: Client, ana: Student) -> None:
    asked = send_row(nurse, ana, weight="27")
    again = send_row(nurse, ana, weight="28", confirm=hidden(asked, ana, "confirm"))
    assert "28 lb is a very low weight" in words(again)
    assert not HealthRecord.objects.exists()


def test_the_impossible_is_refused_with_what_was_probably_meant(nurse: Client, ana: Student) -> None:
    answer = send_row(nurse, ana, height="128", confirm="128|")
    assert "Not saved. Height: 128 in is not possible." in words(answer)
    assert "128 cm would be usual for an 8-year-old: if you meant centimeters, type 128 cm." in words(answer)
    assert 'data-invalid="height"' in answer.content.decode()
    assert not HealthRecord.objects.exists()


def test_a_height_that_fell_is_asked_about(nurse: Client, ana: Student) -> None:
    HealthRecord.objects.create(student=ana, type="CHECKUP", date="2026-09-02", vital={"height_cm": 129})
    assert "shorter than last time, 4 ft 2.8 in (129 cm) on Sep 2, 2026" in words(send_row(nurse, ana, height="4'2"))


def test_a_birth_date_after_the_day_is_told_with_both_and_nothing_is_lost(nurse: Client, ana: Student) -> None:
    answer = send(nurse, typed(ana, height="4'2", weight="60"), date="2017-09-01")
    assert answer.status_code == 422
    assert "measured Sep 1, 2017, born Mar 14, 2018. Correct the one that is wrong." in words(answer)
    [row] = answer.context["rows"]
    assert (row.height, row.weight) == ("4'2", "60")
    assert not HealthRecord.objects.exists()


def test_weight_alone_is_saved_and_says_that_there_is_no_bmi(nurse: Client, ana: Student) -> None:
    answer = words(send_row(nurse, ana, weight="60"))
    assert "No BMI without a height." in answer
    assert HealthRecord.objects.get().weight_kg == pytest.approx(27.2155422)


def test_of_unknown_sex_there_is_a_bmi_and_a_word_about_the_percentile(nurse: Client, ana: Student) -> None:
    ana.sex = Student.Sex.UNKNOWN
    ana.save()
    answer = words(send_row(nurse, ana, height="4'2", weight="60"))
    assert "BMI 16.9. No percentile: the student's sex is not recorded" in answer


def test_the_weight_status_is_shown_only_when_asked_for(nurse: Client, ana: Student) -> None:
    values = {"height": "4'2", "weight": "60", "token": str(uuid7())}
    assert "healthy weight" not in words(send_row(nurse, ana, None, **values))
    assert "healthy weight" in words(send_row(nurse, ana, {"weight_status": "on"}, **values))


def test_heights_first_and_weights_then_make_one_record(nurse: Client, ana: Student) -> None:
    first = send_row(nurse, ana, height="4'2")
    assert "No BMI without a weight." in words(first)
    then = send_row(
        nurse, ana, height="4'2", weight="60", record=hidden(first, ana, "record"), token=hidden(first, ana, "token")
    )
    assert "BMI 16.9" in words(then)
    assert HealthRecord.objects.get().bmi == pytest.approx(16.87, abs=0.01)


def test_a_corrected_row_replaces_what_it_saved(nurse: Client, ana: Student) -> None:
    first = send_row(nurse, ana, height="4'2", weight="60")
    more = {name: hidden(first, ana, name) for name in ("record", "token")}
    then = send_row(nurse, ana, None, height="4'2", weight="62", **more)
    assert "Corrected, the earlier value is marked as entered in error" in words(then)
    assert [record.status for record in HealthRecord.objects.order_by("id")] == ["entered_in_error", "final"]


def test_a_bad_correction_says_that_the_first_still_stands(nurse: Client, ana: Student) -> None:
    first = send_row(nurse, ana, height="4'2", weight="60")
    then = send_row(nurse, ana, height="4'2", weight="6000", record=hidden(first, ana, "record"))
    assert "What was saved before still stands." in words(then)
    assert HealthRecord.objects.get().status == "final"


def test_an_emptied_row_asks_before_it_takes_back(nurse: Client, ana: Student) -> None:
    record = hidden(send_row(nurse, ana, height="4'2"), ana, "record")
    asked = send_row(nurse, ana, height="", weight="", record=record)
    assert "Nothing typed. Saved before: 4 ft 2 in by nora at " in words(asked)
    assert HealthRecord.objects.get().status == "final"
    taken = send_row(nurse, ana, height="", weight="", record=record, take_back="yes")
    assert "Taken back; it is marked as entered in error." in words(taken)
    assert HealthRecord.objects.get().status_reason == "Taken back on the measuring sheet."


def test_a_sheet_opened_again_goes_on_where_it_was_left(nurse: Client, ana: Student, ben: Student) -> None:
    send(nurse, typed(ana, height="4'2", weight="27.5 kg"))
    sheet = nurse.get(SHEET, round_of())
    rows = {row.student: row for row in sheet.context["rows"]}
    assert (rows[ana].state, rows[ana].height, rows[ana].weight) == ("saved", "4'2", "27.5 kg")
    assert rows[ben].state == "empty"
    assert "1 of 2 measured" in words(sheet)
    # Sent as it stands, it changes nothing.
    record = hidden(sheet, ana, "record")
    send(nurse, typed(ana, height="4'2", weight="27.5 kg", record=record, confirm=hidden(sheet, ana, "confirm")))
    assert HealthRecord.objects.get().version == 1


def test_who_was_measured_by_somebody_else_today_is_shown_and_asked_about(
    nurse: Client, dana: User, ana: Student
) -> None:
    dana.first_name, dana.last_name = "Dana", "Ortiz"
    dana.save()
    other = Client()
    other.force_login(dana)
    send_row(other, ana, height="4'2", weight="60")
    sheet = nurse.get(SHEET, round_of())
    assert "Already measured: 4 ft 2 in, 60 lb by Dana Ortiz at " in words(sheet)
    assert "1 of 1 measured" in words(sheet)
    clash = send_row(nurse, ana, height="4'3")
    assert "Not saved yet. Already measured: 4 ft 2 in, 60 lb by Dana Ortiz at " in words(clash)
    assert HealthRecord.objects.count() == 1
    kept = send_row(nurse, ana, height="4'3", beside=hidden(clash, ana, "beside"), confirm="4'3|")
    assert "Saved" in words(kept)
    assert HealthRecord.objects.count() == 2


@pytest.mark.parametrize("token", ["", "nonsense", "\x00", str(UUID(int=1)), f"{UUID(int=2**128 - 1)}"])
def test_a_senseless_token_counts_as_none(nurse: Client, ana: Student, token: str) -> None:
    before = uuid7()
    assert "Saved" in words(send_row(nurse, ana, height="4'2", token=token))
    assert before < HealthRecord.objects.get().pk < uuid7()


def test_a_row_of_a_senseless_round_is_refused(nurse: Client, ana: Student) -> None:
    assert send_row(nurse, ana, {"date": "soon"}, height="4'2").status_code == 400
    assert not HealthRecord.objects.exists()
