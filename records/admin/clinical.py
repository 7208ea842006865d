"""What the admin of every kind of clinical row has in common: read-only, but for marking as entered in error."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse

from access.admin_access import permissions_held
from access.admin_lists import ReadOnlyAdmin
from access.models import User
from access.roles import Permission
from records.admin.entered_in_error import ask_and_mark
from records.models.clinical_entry import ConfidentialEntry
from students.admin.about_student import AboutStudentAdmin
from students.models import School

STATUS: Any = ("Status", {"fields": ("status", "status_reason")})
STATUS_WITH_CONFIDENTIAL: Any = ("Status", {"fields": ("status", "status_reason", "confidential")})
PROVENANCE: Any = (
    "Where it comes from",
    {"fields": ("source", "flags_shown", "created_by", ("created_at", "updated_at"), "version", "id")},
)


class ClinicalAdmin(ReadOnlyAdmin, AboutStudentAdmin):
    """Clinical rows. Nurses write them on the student's pages, where the student is in sight."""

    reads = Permission.HEALTH_VIEW
    actions = ("mark_entered_in_error",)

    def visible(self, rows: Any, user: User, permission: Permission) -> Any:
        """Leave out confidential rows where no role of the person may see them."""
        found = super().visible(rows, user, permission)
        if not issubclass(self.model, ConfidentialEntry):
            return found
        confidants = School.objects.visible_to(user, Permission.CONFIDENTIAL_VIEW).values("pk")
        return found.filter(Q(confidential=False) | Q(student__school__in=confidants))

    def has_mark_permission(self, request: HttpRequest) -> bool:
        """Whether a role permits recording health data somewhere; about whom, the action asks."""
        return Permission.HEALTH_RECORD in permissions_held(request)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Tell the page whether to offer marking this row."""
        writable = self.rows_for(request, Permission.HEALTH_RECORD).filter(pk=context["original"].pk)
        context["may_mark"] = self.has_mark_permission(request) and writable.exists()
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.action(description="Mark as entered in error…", permissions=["mark"])
    def mark_entered_in_error(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Ask for the reason, then mark."""
        writable = self.rows_for(request, Permission.HEALTH_RECORD).order_by().values("pk")
        return ask_and_mark(self, request, queryset.filter(pk__in=writable))

    @admin.display(description="to check", empty_value="–")
    def flags_shown(self, entry: Any) -> str:
        """Return what a reader should check, in words."""
        return ", ".join(flag.replace("_", " ") for flag in entry.flags)
