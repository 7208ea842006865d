"""The admin of students: each one shown is on record, and nobody is deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest

from access import audit
from access.admin_audit import AuditedAdmin
from access.events import Action, Actor
from access.models import User
from access.roles import Permission
from students.actions import CHANGEABLE, assign, change_student, enrol_student
from students.admin.finding import FOLDED, SchoolFilter, students_found
from students.models import Student, StudentIdentifier

if TYPE_CHECKING:
    StudentModelForm = forms.ModelForm[Student]
    IdentifierInline = admin.TabularInline[StudentIdentifier, Student]
else:
    StudentModelForm = forms.ModelForm
    IdentifierInline = admin.TabularInline

CHANGED_MEANWHILE = (
    "Someone changed this student after you opened this page. Nothing was saved. "
    "Copy what you typed, open the page again and enter it there."
)


class IdentifiersOfStudent(IdentifierInline):
    """What other systems call the student."""

    model = StudentIdentifier
    extra = 0
    can_delete = False

    # The page around the rows decides: Django makes them read-only with it.

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return True: whoever sees the student sees these."""
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return True on a page that may be changed."""
        return True

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return True on a page that may be changed."""
        return True


class StudentForm(StudentModelForm):
    """A student's details, under the rules of students.actions. Two people at once do not overwrite each other."""

    opened_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["opened_version"].initial = self.instance.version

    @property
    def fields_of_student(self) -> dict[str, Any]:
        """Return what was entered, by the names of the model."""
        return {name: value for name, value in self.cleaned_data.items() if name in CHANGEABLE}

    def clean(self) -> dict[str, Any]:
        """Lock the student until the end of the save; refuse who is not as the page showed, and what may not be."""
        cleaned = super().clean() or self.cleaned_data
        if not self.instance._state.adding:  # noqa: SLF001  (Django documents it)
            now = Student.objects.select_for_update().values_list("version", flat=True).get(pk=self.instance.pk)
            if cleaned.get("opened_version") != now:
                raise ValidationError(CHANGED_MEANWHILE, code="stale")
        if not self.errors:
            try:
                assign(self.instance, self.fields_of_student)
            except ValidationError as refusal:
                for name, errors in refusal.error_dict.items():
                    self.add_error("status_reason" if name == "reason" else name, errors)
        return cleaned


@admin.register(Student)
class StudentAdmin(AuditedAdmin):
    """Students."""

    reads = Permission.STUDENT_VIEW
    writes = Permission.STUDENT_EDIT
    student_path = "id"
    form = StudentForm
    inlines = (IdentifiersOfStudent,)
    list_display = ("name", "student_number", "grade", "birth_date", "school", "status")
    list_filter = (SchoolFilter, "status", "grade")
    list_select_related = ("school",)
    sortable_by = ("name", "birth_date")
    search_fields = ("search_fold",)
    search_help_text = "Part of a name, a student number, or any identifier. The search is not kept in the address."
    autocomplete_fields = ("school",)
    readonly_fields = ("id", "version", "health_version", "created_at", "updated_at")
    fieldsets = (
        ("Name", {"fields": (("given_name", "family_name"), ("middle_name", "preferred_name"))}),
        ("Person", {"fields": ("birth_date", "sex")}),
        ("School", {"fields": ("school", "student_number", ("grade", "homeroom"))}),
        (
            "Status",
            {
                "fields": ("status", "status_reason"),
                "description": "Nobody is deleted: withdraw a student who leaves; mark one who was never here as "
                "entered in error, with the reason.",
            },
        ),
        (
            "Kept by White Cross",
            {"classes": ("collapse",), "fields": ("id", ("version", "health_version"), ("created_at", "updated_at"))},
        ),
    )

    def visible(self, rows: Any, user: User, permission: Permission) -> Any:
        """Keep the students of the schools where a role of the person has the permission."""
        return rows.visible_to(user, permission)

    def rows_for(self, request: HttpRequest, permission: Permission) -> QuerySet[Any]:
        """Leave in the database what it makes for search."""
        return super().rows_for(request, permission).select_related("school").defer(*FOLDED)

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """Order as a class list is."""
        return ("family_fold", "given_fold", "id")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Keep the student with that identifier; where there is none, those whose names hold the words."""
        return students_found(queryset, search_term), False

    def get_fieldsets(self, request: HttpRequest, obj: Student | None = None) -> Any:
        """Send along which version of the student the page shows."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or not self.has_change_permission(request, obj):
            return fieldsets
        *others, (title, last) = fieldsets
        return [*others, (title, {**last, "fields": (*last["fields"], "opened_version")})]

    def choice_label(self, row: Student) -> str:
        """Tell two children of one name apart."""
        return f"{row} · born {row.birth_date:%Y-%m-%d} · {row.grade_label} · {row.school.name}"

    def view_on_site(self, obj: Student) -> str:
        """Return the address of the health summary, where the gate decides anew."""
        return obj.get_absolute_url()

    def save_model(self, request: HttpRequest, obj: Student, form: Any, change: Any) -> None:
        """Save as every other door does, in the transaction of the page, which holds the lock of the form."""
        by = Actor.in_admin(request)
        if change:
            before = Student.objects.select_related("school").get(pk=obj.pk)
            change_student(by=by, student=before, version=form.cleaned_data["opened_version"], **form.fields_of_student)
        else:
            enrolled = enrol_student(by=by, **form.fields_of_student)
            obj.pk, obj._state.adding = enrolled.pk, False  # noqa: SLF001

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: Any) -> None:
        """Save the identifiers; when they alone changed, record that too."""
        super().save_related(request, form, formsets, change)
        already = not change or CHANGEABLE.intersection(form.changed_data)
        if not already and any(formset.has_changed() for formset in formsets):
            audit.note(Actor.in_admin(request), Action.STUDENT_CHANGED, [form.instance.pk])

    @admin.display(description="name", ordering="family_fold")
    def name(self, student: Student) -> str:
        """Return 'Family, Given', with the name the student goes by."""
        return f"{student} ({student.preferred_name})" if student.preferred_name else str(student)
