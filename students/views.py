"""Pages about students: today, the list, the search as you type, and who looked at one of them."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access import audit
from access.events import Action, Actor
from access.gate import open_student
from access.models import AuditEvent
from access.roles import Permission
from access.signed_in import signed_in
from access.who_looked import looks_at
from students.models import School, Student
from students.models.student import StudentQuerySet

ROWS_A_PAGE = 50
ROWS_IN_SEARCH = 10
RECENT = 8
COUNTED = 1_000


@dataclass(frozen=True, slots=True)
class Filter:
    """What the list shows. The search text comes only by POST: a child's name must never be in an address."""

    search: str
    school: str
    grade: str
    page: int

    @classmethod
    def of(cls, request: HttpRequest) -> "Filter":
        """Read the filter; anything senseless means no filter."""
        given = request.POST if request.method == "POST" else request.GET
        page = given.get("page", "1")
        return cls(
            search=typed(request.POST, "search"),
            school=typed(given, "school"),
            grade=typed(given, "grade"),
            page=min(max(int(page[:6]), 1), 10_000) if page.isdecimal() else 1,
        )

    def apply(self, students: StudentQuerySet) -> StudentQuerySet:
        """Narrow the students."""
        if self.search:
            students = students.named(self.search)
        if self.school:
            students = students.filter(school__code=self.school)
        if self.grade:
            students = students.filter(grade=self.grade)
        return students


def typed(given: QueryDict, name: str) -> str:
    """Return what was typed or chosen, without the one character that the database does not take."""
    return given.get(name, "").replace("\x00", "").strip()[:100]


@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """Show the person's schools and the students they opened last."""
    user, by = signed_in(request), Actor.on_page(request)
    schools = list(School.objects.visible_to(user))
    recent = recently_opened(by, Student.objects.visible_to(user).select_related("school"))
    audit.note(by, Action.STUDENT_LISTED, [student.pk for student in recent])
    enrolled = Student.objects.filter(school__in=schools).enrolled().count()
    context = {
        "schools": schools,
        "recent": recent,
        "counts": [("Students enrolled", enrolled)] if schools else [],
    }
    return render(request, "today.html", context)


def recently_opened(by: Actor, students: StudentQuerySet) -> list[Student]:
    """Return the students whose summary this person opened last, the latest first; two statements."""
    opened = AuditEvent.objects.opened_last(by.user_id, RECENT)
    found = students.in_bulk(opened)
    return [found[student_id] for student_id in opened if student_id in found]


@require_http_methods(["GET", "HEAD", "POST"])
def student_list(request: HttpRequest) -> HttpResponse:
    """Show the students the person may see; by htmx only the rows."""
    user, by, chosen = signed_in(request), Actor.on_page(request), Filter.of(request)
    # The schools first: the list can then be read in the order of an index instead of being sorted.
    schools = list(School.objects.visible_to(user))
    theirs = Student.objects.filter(school__in=schools).enrolled()
    found = chosen.apply(theirs).by_name().select_related("school")
    start = (chosen.page - 1) * ROWS_A_PAGE
    rows = list(found[start : start + ROWS_A_PAGE + 1])
    shown = rows[:ROWS_A_PAGE]
    audit.note(by, Action.STUDENT_FOUND if chosen.search else Action.STUDENT_LISTED, [s.pk for s in shown])
    counted = found.order_by()[: COUNTED + 1].count()
    context = {
        "students": shown,
        "search": chosen.search,
        "school": chosen.school,
        "schools": schools,
        "grade": chosen.grade,
        "grades": Student.Grade.choices,
        "previous_page": chosen.page - 1 or None,
        "next_page": chosen.page + 1 if len(rows) > ROWS_A_PAGE else None,
        "total_word": how_many(counted),
    }
    return render(
        request,
        "students/_student_rows.html" if request.headers.get("HX-Request") else "students/student_list.html",
        context,
    )


def how_many(counted: int) -> str:
    """Say a count of students in words, exact up to COUNTED."""
    if counted > COUNTED:
        return f"More than {COUNTED:,} students"
    return "1 student" if counted == 1 else f"{counted:,} students"


@require_POST
def search(request: HttpRequest) -> HttpResponse:
    """Answer the search of the header: at most ten students as options, nothing for no text."""
    text = Filter.of(request).search
    students = Student.objects.visible_to(signed_in(request)).enrolled().named(text).by_name().select_related("school")
    found = list(students[:ROWS_IN_SEARCH]) if text else []
    audit.note(Actor.on_page(request), Action.STUDENT_FOUND, [student.pk for student in found])
    return render(request, "students/_search_options.html", {"students": found})


@require_safe
def who_looked(request: HttpRequest, student_id: UUID) -> HttpResponse:
    """Show who looked at this student, newest first; this look stands at the top."""
    by = Actor.on_page(request)
    open_student(by, student_id, Permission.ACCESS_LOG_VIEW, Action.ACCESS_LOG_VIEWED)
    student = Student.objects.select_related("school").get(pk=student_id)
    page = Filter.of(request).page
    start = (page - 1) * ROWS_A_PAGE
    rows = looks_at(student_id, start=start, count=ROWS_A_PAGE + 1)
    context = {
        "student": student,
        "rows": rows[:ROWS_A_PAGE],
        "previous_page": page - 1 or None,
        "next_page": page + 1 if len(rows) > ROWS_A_PAGE else None,
    }
    return render(request, "access/who_looked.html", context)
