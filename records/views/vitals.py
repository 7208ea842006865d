"""Vital signs of one student: the history and the form that records more."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from access.events import Action, Actor
from access.gate import Pass, open_student
from access.roles import Permission
from records.actions import record_vital_signs
from records.bmi_words import bmi_words
from records.child_sizes import Whose
from records.forms import VitalSignsForm
from records.last_measures import last_measures
from records.models import HealthRecord
from records.models.health_record import VITAL_COLUMNS
from records.summary import health_summary
from records.views.shown import may, shown_summary, shown_vitals
from students.models import Student

ROWS_A_PAGE = 25


@require_http_methods(["GET", "HEAD", "POST"])
def vitals(request: HttpRequest, student_id: UUID) -> HttpResponse:
    """Show the history; POST records a set of vital signs, or shows again what was typed with what to mend."""
    by = Actor.on_page(request)
    needed = Permission.HEALTH_RECORD if request.method == "POST" else Permission.HEALTH_VIEW
    look = open_student(by, student_id, needed, Action.VITALS_VIEWED)
    if request.method != "POST":
        return vitals_page(request, look, VitalSignsForm() if needed_to_record(look) else None)
    student = Student.objects.only("sex", "birth_date").get(pk=student_id)
    whose = Whose(student.sex, student.birth_date)
    last = last_measures([student_id], timezone.localdate(), confidential=look.confidential).get(student_id)
    form = VitalSignsForm(request.POST, whose=whose, last=last)
    if form.is_valid():
        try:
            record = record_vital_signs(by=by, student_id=student_id, **form.taken())
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, saved_words(whose, record))
            return redirect("records:summary", student_id)
    return vitals_page(request, look, form, status=422)


def saved_words(whose: Whose, record: HealthRecord) -> str:
    """Say that it is saved, and why there is no BMI or percentile where there is none. No value: this is kept for
    a moment in the session."""
    vital = record.vital or {}
    why = bmi_words(whose, record.date, vital.get("height_cm"), vital.get("weight_kg")).why
    return f"Vital signs saved. {why}".strip()


def needed_to_record(look: Pass) -> bool:
    """Whether the person may record vital signs here."""
    return Permission.HEALTH_RECORD in look.permissions


def vitals_page(request: HttpRequest, look: Pass, form: VitalSignsForm | None, *, status: int = 200) -> HttpResponse:
    """Render history and form; the student's header and alerts come from the summary."""
    page_text = request.GET.get("page", "1")
    page = min(max(int(page_text[:6]), 1), 10_000) if page_text.isdecimal() else 1
    history = HealthRecord.objects.of(look.student_id).stands().with_vitals().shown_to(confidential=look.confidential)
    start = (page - 1) * ROWS_A_PAGE
    rows = list(history.newest_first().values("id", "date", "flags", *VITAL_COLUMNS)[start : start + ROWS_A_PAGE + 1])
    summary = shown_summary(health_summary(look).data)
    context = {
        "student": summary["student"],
        "alerts": summary["summary"]["alerts"],
        "vitals": [shown_vitals(row) for row in rows[:ROWS_A_PAGE]],
        "vitals_form": form,
        "may": may(look),
        "previous_page": page - 1 or None,
        "next_page": page + 1 if len(rows) > ROWS_A_PAGE else None,
    }
    return render(request, "records/vitals.html", context, status=status)
