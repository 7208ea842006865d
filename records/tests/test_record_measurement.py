"""A row of the measuring sheet: recorded once however often it is sent, completed, corrected, never over another's."""

from __future__ import annotations

import datetime
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone
from uuid_utils.compat import uuid7

from access.events import Actor, Door
from access.models import User
from access.tests.trail import outcomes
from records.actions import AlreadyMeasured, mark_entered_in_error, record_measurement, record_vital_signs
from records.actions.record_measurement import How, Outcome
from records.models import HealthRecord
from records.tests.summaries import DAY
from records.vital_signs import read
from students.models import Student


def by(user: User) -> Actor:
    return Actor(user.pk, Door.PAGE)


def row(
    user: User,
    student: Student,
    token: UUID,
    *,
    replaces: UUID | None = None,
    beside: tuple[UUID, ...] = (),
    day: datetime.date = DAY,
    **typed: str,
) -> Outcome:
    signs = {sign: read(sign, text) for sign, text in typed.items()}
    return record_measurement(
        by=by(user), student_id=student.pk, date=day, signs=signs, token=token, replaces=replaces, beside=beside
    )


def standing(student: Student) -> list[dict[str, float] | None]:
    return list(HealthRecord.objects.of(student.pk).stands().order_by("id").values_list("vital", flat=True))


def test_a_row_makes_one_record_under_its_token_with_its_audit_row(nora: User, ana: Student) -> None:
    token = uuid7()
    made = row(nora, ana, token, height="4'2", weight="60")
    assert (made.how, made.record.pk) == (How.RECORDED, token)
    assert standing(ana) == [{"height_cm": 127.0, "weight_kg": 27.2155422}]
    assert outcomes(ana.pk) == [("vital_signs_recorded", "granted")]


def test_sent_again_it_makes_no_second_record(nora: User, ana: Student) -> None:
    token = uuid7()
    row(nora, ana, token, height="4'2", weight="60")
    assert row(nora, ana, token, height="4'2", weight="60").how == How.UNCHANGED
    assert row(nora, ana, uuid7(), height="50", weight="60 lb").how == How.UNCHANGED
    assert HealthRecord.objects.count() == 1
    assert outcomes(ana.pk) == [("vital_signs_recorded", "granted")]


@pytest.mark.django_db(transaction=True)
def test_sent_eight_times_at_once_it_makes_one_record(nora: User, ana: Student) -> None:
    token = uuid7()

    def send(_: int) -> How:
        try:
            return row(nora, ana, token, height="4'2", weight="60").how
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        became = sorted(pool.map(send, range(8)))
    assert became == [How.RECORDED] + [How.UNCHANGED] * 7
    assert HealthRecord.objects.count() == 1


def test_a_weight_typed_later_completes_the_record_in_its_place(nora: User, ana: Student) -> None:
    token = uuid7()
    first = row(nora, ana, token, height="4'2").record
    then = row(nora, ana, uuid7(), replaces=token, height="4'2", weight="60")
    assert (then.how, then.record.pk, then.record.version) == (How.COMPLETED, first.pk, 2)
    assert then.record.bmi == pytest.approx(27.2155422 / 1.27**2)
    assert then.record.vital_typed == {
        "height": {"value": "4'2", "unit": ""}, "weight": {"value": "60", "unit": "lb"},
    }  # fmt: skip
    assert HealthRecord.objects.count() == 1
    assert outcomes(ana.pk) == [("vital_signs_recorded", "granted")] * 2


def test_another_value_corrects_and_the_first_stays_readable(nora: User, ana: Student) -> None:
    token, second = uuid7(), uuid7()
    row(nora, ana, token, height="4'2", weight="600")
    then = row(nora, ana, second, replaces=token, height="4'2", weight="60")
    assert (then.how, then.record.pk) == (How.CORRECTED, second)
    assert standing(ana) == [{"height_cm": 127.0, "weight_kg": 27.2155422}]
    wrong = HealthRecord.objects.get(pk=token)
    assert (wrong.status, wrong.status_reason) == ("entered_in_error", "Corrected on the measuring sheet.")
    # The same correction again, and once more with the token of the first.
    assert row(nora, ana, second, replaces=token, height="4'2", weight="60").how == How.UNCHANGED
    assert row(nora, ana, token, height="4'2", weight="60").how == How.UNCHANGED
    assert HealthRecord.objects.count() == 2


def test_a_lost_answer_and_another_value_under_the_same_token_corrects_too(nora: User, ana: Student) -> None:
    token = uuid7()
    row(nora, ana, token, height="4'2", weight="600")
    assert row(nora, ana, token, height="4'2", weight="60").how == How.CORRECTED
    assert standing(ana) == [{"height_cm": 127.0, "weight_kg": 27.2155422}]


def test_what_somebody_else_measured_that_day_is_shown_first(nora: User, dana: User, ana: Student) -> None:
    theirs = row(dana, ana, uuid7(), height="4'2").record
    with pytest.raises(AlreadyMeasured) as clash:
        row(nora, ana, uuid7(), height="4'3")
    assert [record.pk for record in clash.value.records] == [theirs.pk]
    assert row(nora, ana, uuid7(), beside=(theirs.pk,), height="4'3").how == How.RECORDED
    assert len(standing(ana)) == 2


def test_nobody_elses_record_is_completed_or_replaced(nora: User, dana: User, ana: Student) -> None:
    theirs = row(dana, ana, uuid7(), height="4'2").record
    with pytest.raises(AlreadyMeasured):
        row(nora, ana, uuid7(), replaces=theirs.pk, height="4'2", weight="60")
    with pytest.raises(AlreadyMeasured):
        row(nora, ana, theirs.pk, height="4'4")
    assert standing(ana) == [{"height_cm": 127.0}]


def test_a_record_with_more_than_height_and_weight_is_left_alone(nora: User, ana: Student) -> None:
    signs = {sign: read(sign, text) for sign, text in {"height": "4'2", "temperature": "98.6"}.items()}
    visit = record_vital_signs(by=by(nora), student_id=ana.pk, date=DAY, signs=signs)
    with pytest.raises(AlreadyMeasured):
        row(nora, ana, uuid7(), replaces=visit.pk, height="4'3")


def test_what_was_taken_back_or_is_of_another_day_is_in_nobodys_way(nora: User, dana: User, ana: Student) -> None:
    row(dana, ana, uuid7(), day=DAY - datetime.timedelta(days=1), height="4'1")
    wrong = row(dana, ana, uuid7(), height="4'9").record
    mark_entered_in_error(by=by(dana), entry=HealthRecord.objects.get(pk=wrong.pk), reason="Wrong child")
    assert row(nora, ana, uuid7(), height="4'2").how == How.RECORDED


def test_a_confidential_record_is_in_the_way_of_those_alone_who_may_see_it(nora: User, ana: Student) -> None:
    HealthRecord.objects.create(student=ana, type="CHECKUP", date=DAY, vital={"height_cm": 120}, confidential=True)
    signs = {"height": read("height", "4'2")}
    with pytest.raises(AlreadyMeasured):
        record_measurement(by=by(nora), student_id=ana.pk, date=DAY, signs=signs, token=uuid7(), confidential=True)
    assert row(nora, ana, uuid7(), height="4'2").how == How.RECORDED


def test_a_token_that_belongs_to_another_student_makes_a_record_under_a_key_of_its_own(
    nora: User, ana: Student, oak_street: object
) -> None:
    token = uuid7()
    row(nora, ana, token, height="4'2")
    ben = Student.objects.create(school=ana.school, given_name="Ben", family_name="Bell", birth_date=ana.birth_date)
    assert row(nora, ben, token, height="4'4").record.pk != token
    assert (len(standing(ana)), len(standing(ben))) == (1, 1)


@pytest.mark.parametrize("days", [1, -9_000])
def test_a_day_that_cannot_be_writes_nothing(nora: User, ana: Student, days: int) -> None:
    day = timezone.localdate() + datetime.timedelta(days=days)
    with pytest.raises(ValidationError):
        row(nora, ana, uuid7(), day=day, height="4'2")
    assert outcomes(ana.pk) == []
