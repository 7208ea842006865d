"""The admin of rows that belong to one student, and those of them that are written here."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin import ShowFacets
from django.db.models import QuerySet
from django.http import HttpRequest

from access import audit
from access.admin_audit import AuditedAdmin
from access.events import Action, Actor
from access.models import User
from access.roles import Permission
from students.admin.finding import FOLDED, students_found
from students.models import Contact, School, Student, StudentIdentifier


class AboutStudentAdmin(AuditedAdmin):
    """Rows that belong to one student: found by the student, never moved to another."""

    list_select_related = ("student",)
    list_defer = tuple(f"student__{column}" for column in FOLDED)
    show_facets = ShowFacets.NEVER
    sortable_by = ()
    search_fields = ("student",)
    search_help_text = "The student: part of the name, student number, or any identifier."
    ordering = ("-id",)

    def visible(self, rows: Any, user: User, permission: Permission) -> Any:
        """Keep the rows of students of the schools where a role of the person has the permission."""
        return rows.filter(student__school__in=School.objects.visible_to(user, permission).values("pk"))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Keep the rows of the students found."""
        if not search_term.strip():
            return queryset, False
        found = students_found(Student.objects.order_by(), search_term)
        return queryset.filter(student__in=found.values("pk")), False


class KeptAboutStudentAdmin(AboutStudentAdmin):
    """Rows about a student that are written here."""

    autocomplete_fields = ("student",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Keep a row with its student: what is about another child is entered anew."""
        return ("student",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        """Save and record it as a change of the student, in the transaction of the page."""
        super().save_model(request, obj, form, change)
        audit.note(Actor.in_admin(request), Action.STUDENT_CHANGED, [obj.student_id])


@admin.register(StudentIdentifier)
class StudentIdentifierAdmin(KeptAboutStudentAdmin):
    """What other systems call a student; imports match by it."""

    reads = Permission.STUDENT_VIEW
    writes = Permission.STUDENT_EDIT
    list_display = ("value", "system", "student")
    fields = ("student", "system", "value")


@admin.register(Contact)
class ContactAdmin(KeptAboutStudentAdmin):
    """Whom to call. One who no longer counts is made inactive."""

    reads = Permission.CONTACT_VIEW
    writes = Permission.STUDENT_EDIT
    list_display = ("name", "relationship", "phone", "priority", "may_pick_up", "active", "student")
    list_filter = ("priority", "may_pick_up", "active")
    list_defer = (*AboutStudentAdmin.list_defer, "custody_note")
    fieldsets = (
        (None, {"fields": ("student", ("given_name", "family_name"), "relationship", "priority", "active")}),
        ("How to reach them", {"fields": ("phone", "email")}),
        ("Custody", {"fields": ("may_pick_up", "custody_note")}),
    )

    @admin.display(description="name")
    def name(self, contact: Contact) -> str:
        """Return the name of the contact."""
        return str(contact)
