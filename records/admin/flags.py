"""The admin of flags: what is switched on for some schools and off for others."""

from __future__ import annotations

from django.contrib import admin

from access.admin_access import SuperuserAdmin
from records.models import SchoolFlag


@admin.register(SchoolFlag)
class SchoolFlagAdmin(SuperuserAdmin):
    """Flags by school. `cache` is the one that records.rollout reads; without it the cache is on everywhere."""

    list_display = ("name", "everyone", "percent", "note", "modified")
    list_filter = ("everyone",)
    search_fields = ("name", "note")
    search_help_text = "Name or note of the flag."
    autocomplete_fields = ("off_at",)
    readonly_fields = ("created", "modified")
    ordering = ("name",)
    fieldsets = (
        (
            None,
            {
                "fields": ("name", "everyone", "percent", "off_at", "note"),
                "description": "Everyone: yes or no for all schools. Unknown: for the share of schools in Percent, "
                "always the same ones. The schools in Off at are left out either way.",
            },
        ),
        ("When", {"fields": ("created", "modified")}),
    )
