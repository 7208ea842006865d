"""The admin of each kind of clinical row."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from records.admin.clinical import PROVENANCE, STATUS, STATUS_WITH_CONFIDENTIAL, ClinicalAdmin
from records.models import Allergy, Condition, HealthRecord, SearchEntry, Vaccination
from records.models.search_entry import words_of
from students.admin.about_student import AboutStudentAdmin
from students.admin.finding import students_found
from students.models import Student

# Names in `vital` and how a page calls them; the unit is the one the number is stored in.
VITALS = {
    "height_cm": ("Height", "cm"),
    "weight_kg": ("Weight", "kg"),
    "temperature_c": ("Temperature", "°C"),
    "heart_rate": ("Heart rate", "/min"),
    "respiratory_rate": ("Respiratory rate", "/min"),
    "systolic": ("Systolic pressure", "mmHg"),
    "diastolic": ("Diastolic pressure", "mmHg"),
    "oxygen_saturation": ("Oxygen saturation", "%"),
    "head_circumference_cm": ("Head circumference", "cm"),
}
# So many students are looked up by name before the words of the records are searched with them.
MOST_STUDENTS = 1_000


@admin.register(HealthRecord)
class HealthRecordAdmin(ClinicalAdmin):
    """Health records, the latest charted or imported first: the primary key holds the time and serves that order."""

    list_display = ("date", "type", "description", "student", "status", "confidential", "source")
    list_filter = ("status", "type", "confidential")
    list_defer = (*AboutStudentAdmin.list_defer, "notes", "vital", "vital_typed", *VITALS, "bmi")
    search_help_text = "The student (name, student number, identifier), or words in the record."
    fieldsets = (
        (None, {"fields": ("student", "type", ("date", "occurred_at"), "provider")}),
        ("What happened", {"fields": ("description", "notes", "result", ("code_system", "code"))}),
        ("Vital signs", {"fields": ("vitals_shown", "bmi_shown", "typed_shown")}),
        STATUS_WITH_CONFIDENTIAL,
        PROVENANCE,
    )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Keep the records of the students found and those that hold the words; each part has its own index.

        Those entered in error are found by their student: the search index leaves them out.
        """
        term = search_term.strip()
        if not term:
            return queryset, False
        found = students_found(Student.objects.order_by(), term).values_list("pk", flat=True)[:MOST_STUDENTS]
        of_students = HealthRecord.objects.order_by().filter(student_id__in=list(found)).values("pk")
        holding = SearchEntry.objects.holding(words_of(term)).values("pk")
        return queryset.filter(pk__in=of_students.union(holding)), False

    @admin.display(description="measured")
    def vitals_shown(self, record: HealthRecord) -> SafeString | str:
        """Return the vital signs with the units they are stored in."""
        signs = [(*VITALS[key], value) for key, value in (record.vital or {}).items()]
        return format_html_join("; ", "{} {} {}", ((name, value, unit) for name, unit, value in signs)) or "–"

    @admin.display(description="BMI", empty_value="–")
    def bmi_shown(self, record: HealthRecord) -> str | None:
        """Return the body mass index to one decimal."""
        return None if record.bmi is None else f"{record.bmi:.1f} kg/m²"

    @admin.display(description="as typed")
    def typed_shown(self, record: HealthRecord) -> SafeString | str:
        """Return the vital signs as they were typed or sent."""
        typed = (record.vital_typed or {}).items()
        rows = ((sign.replace("_", " ").capitalize(), as_text(value)) for sign, value in typed)
        return format_html_join("; ", "{} {}", rows) or "–"


def as_text(typed: Any) -> str:
    """Return a typed value with its unit, whatever form the source gave it."""
    if isinstance(typed, dict):
        return " ".join(str(typed[key]) for key in ("value", "unit") if typed.get(key) not in {None, ""})
    return str(typed)


@admin.register(Allergy)
class AllergyAdmin(ClinicalAdmin):
    """Allergies."""

    list_display = ("allergen", "severity", "category", "status", "verified", "student", "source")
    list_filter = ("status", "severity", "category", "verified")
    list_defer = (*AboutStudentAdmin.list_defer, "treatment")
    fieldsets = (
        (None, {"fields": ("student", "allergen", ("severity", "category"), "verified")}),
        ("In an emergency", {"fields": ("reaction", "treatment")}),
        ("Code", {"fields": (("code_system", "code"), "onset_date")}),
        STATUS,
        PROVENANCE,
    )


@admin.register(Condition)
class ConditionAdmin(ClinicalAdmin):
    """Conditions."""

    list_display = ("name", "severity", "status", "onset_date", "student", "confidential", "source")
    list_filter = ("status", "severity", "confidential")
    list_defer = (*AboutStudentAdmin.list_defer, "notes", "emergency_protocol")
    fieldsets = (
        (None, {"fields": ("student", "name", "severity", "verification")}),
        ("Course", {"fields": (("onset_date", "abated_date"), "notes", "emergency_protocol")}),
        ("Code", {"fields": (("code_system", "code"),)}),
        STATUS_WITH_CONFIDENTIAL,
        PROVENANCE,
    )


@admin.register(Vaccination)
class VaccinationAdmin(ClinicalAdmin):
    """Vaccinations."""

    list_display = ("name", "cvx", "date", "status", "historical", "student", "confidential", "source")
    list_filter = ("status", "historical")
    fieldsets = (
        (None, {"fields": ("student", "name", ("cvx", "dose_number"), ("date", "date_text"), "historical")}),
        ("Dose", {"fields": (("manufacturer", "lot_number"), ("site", "route"))}),
        ("Code", {"fields": (("code_system", "code"),)}),
        STATUS_WITH_CONFIDENTIAL,
        PROVENANCE,
    )
