"""The admin of districts and schools."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from access.admin_access import RoleAdmin, SuperuserAdmin, person
from access.models import User
from access.roles import Permission
from students.models import District, School


@admin.register(District)
class DistrictAdmin(SuperuserAdmin):
    """Districts and the law they work under."""

    list_display = ("name", "code", "regime", "intake_school", "schools_link")
    list_filter = ("regime",)
    list_select_related = ("intake_school",)
    search_fields = ("name", "code")
    search_help_text = "Name or code of the district."
    autocomplete_fields = ("intake_school",)
    prepopulated_fields = {"code": ("name",)}

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: the records of a district outlive it."""
        return False

    @admin.display(description="schools")
    def schools_link(self, district: District) -> SafeString:
        """Return a link to the district's schools."""
        address = reverse("admin:students_school_changelist")
        return format_html('<a href="{}?district__id__exact={}">Schools</a>', address, district.pk)


@admin.register(School)
class SchoolAdmin(RoleAdmin):
    """Schools. Superusers change them; others see their own, to choose from."""

    reads = Permission.STUDENT_VIEW
    list_display = ("name", "code", "district", "students_link")
    list_select_related = ("district",)
    search_fields = ("name", "code", "district__name")
    search_help_text = "Name or code of the school, or name of the district."
    autocomplete_fields = ("district",)
    prepopulated_fields = {"code": ("name",)}

    def visible(self, rows: Any, user: User, permission: Permission) -> Any:
        """Keep the schools where a role of the person has the permission."""
        return rows.visible_to(user, permission)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whether the person is a superuser."""
        return person(request).is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the person is a superuser."""
        return person(request).is_superuser

    @admin.display(description="students")
    def students_link(self, school: School) -> SafeString:
        """Return a link to the school's students."""
        address = reverse("admin:students_student_changelist")
        return format_html('<a href="{}?school__id__exact={}">Students</a>', address, school.pk)
