"""Heights and weights of a whole class: the sheet, and what one row of it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from access import audit
from access.events import Action, Actor
from access.gate import NotPermitted, StudentNotVisible, open_student
from access.roles import Permission
from access.signed_in import signed_in
from records.last_measures import last_measures, measured_on
from records.measure_form import ROWS_A_SHEET, Group, MeasureForm, RoundForm, groups_of
from records.measure_rows import Row, Typed, row_as_it_is, take_row
from records.measure_words import Round, last_words
from records.plausibility import Last
from students.models import School, Student

TOKEN = "-token"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of a class: its students and their last measurements before the day."""

    students: Sequence[Student]
    last: Mapping[UUID, Last]
    round: Round
    page: int
    more: bool
    confidential: bool


@require_http_methods(["GET", "HEAD", "POST"])
def measure(request: HttpRequest) -> HttpResponse:
    """Choose a class and show its sheet; POST saves every good row of it and shows the others as they were typed."""
    given = request.POST if request.method == "POST" else request.GET
    schools = schools_to_measure(request)
    school = school_chosen(schools, given)
    groups = groups_of(school) if school else []
    bound = given if school and "group" in given else None
    if (
        request.method == "POST"
        and (left := Group.named(given.get("group", "")))
        and left.key not in {group.key for group in groups}
    ):
        # The class was dissolved while its sheet was open: what was typed is saved all the same.
        groups.append(left)
    form = MeasureForm(bound, schools=schools, groups=groups, initial={"school": school and school.code})
    if school is None or not form.is_valid():
        context = {"form": form, "schools": schools, "school": school, "nobody": school and not groups}
        return render(request, "records/measure.html", context, status=422 if bound else 200)
    by, sheet = Actor.on_page(request), sheet_of(form, school, page_number(given))
    taken, strangers = take_rows(by, sheet, given) if request.method == "POST" else ({}, 0)
    rows = rows_shown(by, sheet, taken)
    context = {
        "form": form,
        "schools": schools,
        "school": school,
        "group": form.group_chosen,
        "next_group": form.next_group,
        "next_sheet": form.next_group and address(form, form.next_group.key),
        "previous_page": sheet.page > 1 and address(form, form.group_chosen.key, sheet.page - 1),
        "next_page": sheet.more and address(form, form.group_chosen.key, sheet.page + 1),
        "round": sheet.round,
        "sheet": sheet,
        "rows": rows,
        "measured": sum(row.measured for row in rows),
        "to_look_at": [row for row in rows if row.wants_a_look],
        "strangers": strangers,
    }
    status = 422 if context["to_look_at"] or strangers else 200
    return render(request, "records/measure.html", context, status=status)


@require_POST
def measure_row(request: HttpRequest, student_id: UUID) -> HttpResponse:
    """Save one row; answer the cell that says what became of it."""
    look = open_student(Actor.on_page(request), student_id, Permission.HEALTH_RECORD, Action.VITALS_VIEWED)
    form = RoundForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest("The sheet's day or units are senseless. Reload the page.")
    round_ = form.round()
    known = last_measures([student_id], round_.eve, confidential=look.confidential)
    student = Student.objects.get(pk=student_id)
    row = take_row(look, student, Typed.of(request.POST, student_id), round_, known.get(student_id))
    return render(request, "records/_measure_status.html", {"row": row, "round": round_})


def address(form: MeasureForm, group: str, page: int = 1) -> str:
    """Return the address of another sheet of the same day and units."""
    same = {name: form[name].value() for name in ("school", "date", "height_unit", "weight_unit", "weight_status")}
    wanted = {**same, "group": group, "page": page if page > 1 else None}
    return f"{reverse('measure')}?{urlencode({name: value for name, value in wanted.items() if value})}"


def schools_to_measure(request: HttpRequest) -> list[School]:
    """Return the schools where the person may record; raise NotPermitted if there is none. One statement."""
    user = signed_in(request)
    confidants = School.objects.visible_to(user, Permission.CONFIDENTIAL_VIEW).filter(pk=OuterRef("pk"))
    schools = School.objects.visible_to(user, Permission.HEALTH_RECORD).annotate(confidential=Exists(confidants))
    if not (found := list(schools)):
        raise NotPermitted("Your role does not allow this.")
    return found


def school_chosen(schools: Sequence[School], given: QueryDict) -> School | None:
    """Return the school that was chosen, or the only one; None before the choice. Another one is not there: 404."""
    code = given.get("school", "")
    if not code:
        return schools[0] if len(schools) == 1 else None
    for school in schools:
        if school.code == code:
            return school
    raise Http404("There is no such school among yours.")


def page_number(given: QueryDict) -> int:
    """Return the page of a class that is longer than a sheet; 1 for anything senseless."""
    text = given.get("page", "1")
    return min(max(int(text[:6]), 1), 10_000) if text.isascii() and text.isdecimal() else 1


def sheet_of(form: MeasureForm, school: School, page: int) -> Sheet:
    """Read the students of the page and what was last measured of them: three statements."""
    round_, confidential = form.round(), bool(getattr(school, "confidential", False))
    start = (page - 1) * ROWS_A_SHEET
    found = list(form.group_chosen.students(school)[start : start + ROWS_A_SHEET + 1])
    students = found[:ROWS_A_SHEET]
    last = last_measures([student.pk for student in students], round_.eve, confidential=confidential)
    return Sheet(students, last, round_, page, more=len(found) > ROWS_A_SHEET, confidential=confidential)


def take_rows(by: Actor, sheet: Sheet, sent: QueryDict) -> tuple[dict[UUID, Row], int]:
    """Save what was sent, each row through the gate and by itself; return the rows, and how many are not theirs.

    Who left the class while the sheet was open is saved too; who left the school is counted.
    """
    known = {student.pk: student for student in sheet.students}
    taken: dict[UUID, Row] = {}
    strangers = 0
    for student_id in students_sent(sent):
        typed = Typed.of(sent, student_id)
        if typed.empty and not typed.record:
            continue
        try:
            look = open_student(by, student_id, Permission.HEALTH_RECORD, Action.VITALS_VIEWED)
        except StudentNotVisible:
            strangers += 1
            continue
        if student := known.get(student_id):
            last = sheet.last.get(student_id)
        else:
            student = Student.objects.get(pk=student_id)
            last = last_measures([student_id], sheet.round.eve, confidential=look.confidential).get(student_id)
        taken[student_id] = take_row(look, student, typed, sheet.round, last)
    return taken, strangers


def students_sent(sent: QueryDict) -> list[UUID]:
    """Return the students whose rows are in a sheet that was sent, in its order."""
    found = []
    for name in sent:
        if name.endswith(TOKEN):
            try:
                found.append(UUID(name.removesuffix(TOKEN)))
            except ValueError:
                continue
    return found


def rows_shown(by: Actor, sheet: Sheet, taken: Mapping[UUID, Row]) -> list[Row]:
    """Return the rows of the sheet as they stand now. Each student shown is on record before the page leaves."""
    ids = [student.pk for student in sheet.students]
    audit.note(by, Action.VITALS_VIEWED, ids)
    today = measured_on(sheet.round.date, ids, confidential=sheet.confidential)
    rows = [
        taken.get(student.pk) or row_as_it_is(student, today.get(student.pk, []), by, sheet.round)
        for student in sheet.students
    ]
    rows += [row for student_id, row in taken.items() if student_id not in ids]
    return [replace(row, last=last_words(sheet.last.get(row.student.pk), sheet.round)) for row in rows]
