"""Searching in health records: what is found, by whom, in which order, and how many there are."""

from __future__ import annotations

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.events import Action
from access.gate import NotPermitted
from access.models import AuditEvent, User
from access.tests.people import make_school, make_staff, make_student
from records.models import HealthRecord
from records.search import MOST_COUNTED, Question, counted, planned_each_time
from records.search_scope import Scope
from records.tests.searching import DAY, chart, looked_for, notes_found
from students.models import School, Student

WHEEZE, NOSE, FALL = "Wheezing after recess, inhaler given", "Nose bled for 8 minutes", "Fell; knee scraped"


@pytest.fixture
def charted(ana: Student) -> Student:
    """Ana, with an asthma visit, a nosebleed and a fall, on three days."""
    for number, notes in enumerate((FALL, NOSE, WHEEZE)):
        chart(ana, notes, date=DAY + datetime.timedelta(days=number), provider="Nora Reyes, RN")
    return ana


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("inhaler", [WHEEZE]),
        ("WHEEZES", [WHEEZE]),
        ("bleeding nose", []),
        ("nose bled", [NOSE]),
        ('"knee scraped"', [FALL]),
        ('"scraped knee"', []),
        ("knee or inhaler", [WHEEZE, FALL]),
        ("reyes -knee", [WHEEZE, NOSE]),
        ("-knee", [WHEEZE, NOSE]),
        ("reyes", [WHEEZE, NOSE, FALL]),
        ("hospital", []),
        ("   inhaler  ", [WHEEZE]),
        ("inhaler & ( !", [WHEEZE]),
        ("'; DROP TABLE records_healthrecord; --", []),
        ("ringwürmer 😷", []),
    ],
)
def test_words_are_found_as_people_type_them(nora: User, charted: Student, text: str, found: list[str]) -> None:
    assert notes_found(nora, text) == found


@pytest.mark.parametrize("column", ["description", "result", "notes", "provider"])
def test_every_text_of_a_record_is_searched(nora: User, ana: Student, column: str) -> None:
    chart(ana, **{column: "Something about streptococcus"})
    assert len(looked_for(nora, "streptococcus").hits) == 1


def test_the_newest_comes_first_and_within_a_day_what_was_charted_last(nora: User, ana: Student) -> None:
    for notes, days in (("first cough", 1), ("second cough", 0), ("third cough", 1)):
        chart(ana, notes, date=DAY + datetime.timedelta(days=days))
    assert notes_found(nora, "cough") == ["third cough", "first cough", "second cough"]


def test_by_relevance_what_happened_weighs_more_than_who_wrote_it(nora: User, ana: Student) -> None:
    chart(ana, "in the name", provider="Dr. Fever", date=DAY + datetime.timedelta(days=2))
    chart(ana, "in the notes: fever", date=DAY + datetime.timedelta(days=1))
    chart(ana, "as what happened", description="Fever")
    assert notes_found(nora, "fever", order="relevance") == ["as what happened", "in the notes: fever", "in the name"]


def test_by_type_and_by_school(nora: User, dana: User, ana: Student, harbor_middle: School) -> None:
    chart(ana, "cough at Oak Street")
    chart(ana, "cough, dental", type="DENTAL")
    chart(make_student(harbor_middle, "Hal", "Hart"), "cough at Harbor")
    assert notes_found(nora, "cough", type="DENTAL") == ["cough, dental"]
    assert set(notes_found(dana, "cough")) == {"cough at Oak Street", "cough, dental", "cough at Harbor"}
    assert notes_found(dana, "cough", school="harbor-middle") == ["cough at Harbor"]


def test_another_schools_records_are_never_found(stella: User, charted: Student) -> None:
    assert notes_found(stella, "inhaler") == []


def test_a_role_without_health_records_may_not_search(sam: User, charted: Student) -> None:
    with pytest.raises(NotPermitted):
        looked_for(sam, "inhaler")


@pytest.mark.parametrize("code", ["harbor-middle", "nowhere"])
def test_a_school_that_is_not_theirs_reads_like_one_that_does_not_exist(
    nora: User, charted: Student, harbor_middle: School, code: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        looked_for(nora, "inhaler", school=code)
    assert refused.value.message_dict == {"school": ["None of your schools has this code."]}


def test_confidential_records_are_found_by_those_who_may_see_them(
    nora: User, colin: User, ivy: User, ana: Student
) -> None:
    chart(ana, "cough, confidential", confidential=True)
    chart(ana, "cough for all")
    assert len(notes_found(nora, "cough")) == len(notes_found(colin, "cough")) == 2
    assert notes_found(ivy, "cough") == ["cough for all"]


def test_who_is_nurse_at_one_school_and_integration_client_at_another_finds_confidential_records_at_the_first(
    nora: User, ana: Student, harbor_middle: School
) -> None:
    # No role that reads without the confidential is a person's; the rule holds for each school all the same.
    both = make_staff("both", "nurse", ana.school)
    both.assignments.create(role="integration_client", school=harbor_middle, starts_on="2020-01-01")
    for student in (ana, make_student(harbor_middle, "Hal", "Hart")):
        chart(student, f"cough of {student.given_name}", confidential=True)
    assert notes_found(both, "cough") == ["cough of Ana"]


def test_what_was_entered_in_error_is_not_found(nora: User, charted: Student) -> None:
    HealthRecord.objects.filter(notes=NOSE).update(status="entered_in_error", status_reason="Wrong child")
    assert notes_found(nora, "nose") == []
    HealthRecord.objects.filter(notes=NOSE).update(status="amended", status_reason="")
    assert notes_found(nora, "bled") == [NOSE]


def test_records_of_a_student_who_left_are_found(nora: User, charted: Student) -> None:
    charted.status = Student.Status.WITHDRAWN
    charted.save()
    assert notes_found(nora, "inhaler") == [WHEEZE]


@pytest.mark.parametrize("text", ["of the", '"', "- -"])
def test_a_text_without_a_word_to_look_for_is_explained_and_not_answered_with_nothing(
    nora: User, charted: Student, text: str
) -> None:
    with pytest.raises(ValidationError, match="no word to look for"):
        looked_for(nora, text)


def test_each_student_shown_is_on_record_once_and_no_other(nora: User, charted: Student, oak_street: School) -> None:
    other, unseen = make_student(oak_street, "Ben", "Bach"), make_student(oak_street, "Cy", "Cole")
    chart(other, "wheezing too")
    chart(charted, "wheezing again")
    chart(unseen, "cough")
    looked_for(nora, "wheezing")
    rows = AuditEvent.objects.filter(actor_id=nora.pk).values_list("student_id", "action", "door", "reason")
    assert set(rows) == {(student.pk, Action.STUDENT_FOUND, "page", "") for student in (charted, other)}
    assert len(rows) == 2


def test_a_cached_page_leaves_the_same_rows(nora: User, charted: Student) -> None:
    assert [looked_for(nora, "inhaler").cache for _ in range(3)] == ["miss", "hit", "hit"]
    assert AuditEvent.objects.filter(actor_id=nora.pk, student_id=charted.pk).count() == 3


def test_what_changed_since_it_was_cached_is_shown_as_it_is_now(
    nora: User, ivy: User, charted: Student, harbor_middle: School
) -> None:
    record = HealthRecord.objects.get(notes=NOSE)
    for user in (nora, ivy):
        assert notes_found(user, "nose") == [NOSE]
    HealthRecord.objects.filter(pk=record.pk).update(notes="Nose bled, packed")
    assert (looked_for(nora, "nose").cache, notes_found(nora, "nose")) == ("hit", ["Nose bled, packed"])
    HealthRecord.objects.filter(pk=record.pk).update(confidential=True)
    assert (looked_for(ivy, "nose").cache, notes_found(ivy, "nose")) == ("hit", [])
    charted.school = harbor_middle
    charted.save()
    assert (looked_for(nora, "nose").cache, notes_found(nora, "nose")) == ("hit", [])


def test_people_with_the_same_rights_share_what_is_cached_and_others_do_not(
    nora: User, colin: User, ivy: User, charted: Student
) -> None:
    looked_for(nora, "inhaler")
    assert looked_for(colin, "Inhaler ").cache == "hit"
    assert looked_for(ivy, "inhaler").cache == "miss"


def test_a_count_is_exact_up_to_a_thousand(nora: User, ana: Student) -> None:
    rows = [HealthRecord(student=ana, type="ILLNESS", date=DAY, notes="cough") for _ in range(MOST_COUNTED)]
    HealthRecord.objects.bulk_create(rows)
    found = looked_for(nora, "cough", page_size=5, count=True)
    assert (len(found.hits), found.count, found.more_than_counted) == (5, 1_000, False)
    chart(ana, "cough")
    found = looked_for(nora, "coughs", page_size=5, count=True)
    assert (found.count, found.more_than_counted) == (1_000, True)


def test_a_page_that_shows_all_needs_no_counting(nora: User, charted: Student) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert looked_for(nora, "reyes", count=True).count == 3
    assert not [query for query in asked.captured_queries if "COUNT(" in query["sql"]]


def test_nobody_counts_unless_asked(nora: User, charted: Student) -> None:
    assert looked_for(nora, "reyes", page_size=2).count is None


@pytest.mark.parametrize("count", [False, True])
def test_it_takes_few_statements_at_any_length(nora: User, ana: Student, count: bool) -> None:
    for many in (5, 100):
        for _ in range(many):
            chart(ana, f"cough{many}")
        with CaptureQueriesContext(connection) as asked:
            looked_for(nora, f"cough{many}", page_size=4, count=count)
        # Where one may search, the page, the records, the audit rows; and the count.
        assert len(asked) == 4 + count


def test_a_count_is_planned_with_its_words_and_never_once_for_all(nora: User, charted: Student) -> None:
    """A prepared statement's general plan would find all records that hold a common word."""
    connection.ensure_connection()
    raw = connection.connection
    before, raw.prepare_threshold = raw.prepare_threshold, 1
    try:
        question = Question("reyes", Scope.of(nora))
        with planned_each_time():
            for _ in range(4):
                list(question.entries())
        assert raw.prepare_threshold == 1
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%searchentry%'")
            assert cursor.fetchone() == (0,)
            # The control: outside it they are prepared.
            for _ in range(4):
                list(question.entries())
            cursor.execute("SELECT count(*) > 0 FROM pg_prepared_statements WHERE statement LIKE '%searchentry%'")
            assert cursor.fetchone() == (True,)
    finally:
        raw.prepare_threshold = before


def test_many_schools_are_searched_together(admin: User, ana: Student) -> None:
    for number in range(12):
        student = make_student(make_school(f"school-{number}"), f"Kim {number}", "Kay")
        chart(student, f"cough {number}", date=DAY + datetime.timedelta(days=number))
    assert notes_found(admin, "cough", page_size=3) == ["cough 11", "cough 10", "cough 9"]
    assert counted(Question("cough", Scope.of(admin))) == 12
