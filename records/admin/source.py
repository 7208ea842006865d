"""The admin of what an import took: where a row comes from."""

from __future__ import annotations

from django.contrib import admin
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from access.admin_lists import ReadOnlyAdmin
from access.roles import Permission
from records.models import SourceEntry
from students.admin.about_student import AboutStudentAdmin


@admin.register(SourceEntry)
class SourceEntryAdmin(ReadOnlyAdmin, AboutStudentAdmin):
    """Resources of other systems and what each became. The import writes them.

    No filter by kind: to find out which kinds there are, it would read the whole table.
    """

    reads = Permission.HEALTH_VIEW
    list_display = ("resource_type", "source_id", "target", "student", "imported_at")
    list_defer = (*AboutStudentAdmin.list_defer, "digest")
    fields = ("student", "resource_type", "source_id", "target", "digest_in_hexadecimal", "imported_at")

    @admin.display(description="became")
    def target(self, entry: SourceEntry) -> SafeString:
        """Return a link to the row that the resource became."""
        name = entry.target_model.rpartition(".")[2]
        try:
            address = reverse(f"admin:{entry.target_model.lower().replace('.', '_')}_change", args=[entry.target_id])
        except NoReverseMatch:  # a kind that an older or newer version knows
            return format_html("{} {}", name, entry.target_id)
        return format_html('<a href="{}">{}</a>', address, name)

    @admin.display(description="SHA-256")
    def digest_in_hexadecimal(self, entry: SourceEntry) -> str:
        """Return the digest of the resource."""
        return bytes(entry.digest).hex()
