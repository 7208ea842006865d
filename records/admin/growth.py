"""The admin of what `recalculate_growth` made: stored growth, how far the runs are, and the follow-up list."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from access.admin_access import SuperuserAdmin
from access.admin_lists import ReadOnlyAdmin
from access.models import User
from access.roles import Permission
from records.models import FollowUp, GrowthAssessment, GrowthProgress, GrowthRun
from students.admin.about_student import AboutStudentAdmin
from students.models import School

IMPLAUSIBLE = {-1: "implausibly low", 1: "implausibly high"}


class AboutMeasurementAdmin(ReadOnlyAdmin, AboutStudentAdmin):
    """Rows about one measurement, the latest first."""

    ordering = ("-pk",)

    @admin.display(description="measurement")
    def measurement(self, row: FollowUp | GrowthAssessment) -> SafeString:
        """Return a link to the health record, without asking for it."""
        address = reverse("admin:records_healthrecord_change", args=[row.record_id])
        return format_html('<a href="{}">{}</a>', address, row.record_id)


@admin.register(FollowUp)
class FollowUpAdmin(AboutMeasurementAdmin):
    """What somebody should look at. It is closed on the follow-up list, where a reason is asked for."""

    reads = Permission.HEALTH_RECORD
    list_display = ("due", "kind", "reason", "student", "status")
    list_filter = ("status", "kind")
    fieldsets = (
        (None, {"fields": ("student", "kind", "reason", ("since", "due"), "measurement")}),
        ("What became of it", {"fields": ("status", "closing_reason", ("closed_by", "closed_at"))}),
        ("Made", {"fields": ("created_at", "id")}),
    )

    def visible(self, rows: Any, user: User, permission: Permission) -> Any:
        """Keep those about students whom the person nurses, as on the list itself."""
        return rows.visible_to(user)


@admin.register(GrowthAssessment)
class GrowthAssessmentAdmin(AboutMeasurementAdmin):
    """Stored growth of each standing measurement. Computed anew by every run; a wrong one is a wrong measurement."""

    reads = Permission.HEALTH_VIEW
    list_display = ("date", "student", "bmi_shown", "weight_status", "reference", "computed_at")
    list_filter = ("weight_status", "reference")
    fieldsets = (
        (None, {"fields": ("student", ("date", "age_days"), "measurement")}),
        ("Growth", {"fields": ("height_shown", "weight_shown", "bmi_shown", "weight_status", "reference")}),
        ("Computed", {"fields": ("computed_at",)}),
    )

    def visible(self, rows: Any, user: User, permission: Permission) -> Any:
        """Leave out those of confidential records where no role of the person may see these."""
        found = super().visible(rows, user, permission)
        confidants = School.objects.visible_to(user, Permission.CONFIDENTIAL_VIEW).values("pk")
        return found.filter(Q(record__confidential=False) | Q(student__school__in=confidants))

    @admin.display(description="height")
    def height_shown(self, row: GrowthAssessment) -> str:
        """Return what was found of the height."""
        return in_words(row, "height")

    @admin.display(description="weight")
    def weight_shown(self, row: GrowthAssessment) -> str:
        """Return what was found of the weight."""
        return in_words(row, "weight")

    @admin.display(description="body mass index")
    def bmi_shown(self, row: GrowthAssessment) -> str:
        """Return the body mass index and what was found of it."""
        found = in_words(row, "bmi")
        return found if row.bmi is None else f"{row.bmi:.1f} kg/m², {found}"


def in_words(row: GrowthAssessment, measure: str) -> str:
    """Return percentile and z-scores of `height`, `weight` or `bmi`, or why there are none."""
    percentile, z, modified = (getattr(row, f"{measure}_{name}") for name in ("percentile", "z", "modified_z"))
    numbers = {"percentile": percentile, "z": z, "modified z": modified}
    said = [f"{name} {number:.2f}" for name, number in numbers.items() if number is not None]
    if not said:
        said = [getattr(row, f"get_{measure}_reason_display")().replace("_", " ")]
    doubt = IMPLAUSIBLE.get(getattr(row, f"{measure}_implausible"))
    return ", ".join([*said, doubt] if doubt else said)


@admin.register(GrowthProgress)
class GrowthProgressAdmin(ReadOnlyAdmin, AboutStudentAdmin):
    """At which version of a student's data, and by which rules, growth was stored last."""

    reads = Permission.HEALTH_VIEW
    list_display = ("student", "health_version", "rules")
    fields = ("student", "health_version", "rules")
    ordering = ("-pk",)


@admin.register(GrowthRun)
class GrowthRunAdmin(ReadOnlyAdmin, SuperuserAdmin):
    """Runs of `recalculate_growth`, the latest first. They are started and stopped at /ops/growth/."""

    list_display = ("started_at", "outcome", "whole", "school", "started_by", "students", "students_to_do", "ended_at")
    list_filter = ("outcome", "whole")
    search_fields = ("school__code", "school__name", "started_by__username", "trouble")
    search_help_text = "Code or name of the school, who started it, or the kind of error."
    sortable_by = ()
    ordering = ("-started_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Read school and person with the run: its page shows them too."""
        return super().get_queryset(request).select_related("school", "started_by")
