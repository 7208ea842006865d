"""The audit trail in the admin: read-only, newest first, never counted or sorted as a whole."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.contrib.admin import ShowFacets
from django.contrib.admin.views.main import SEARCH_VAR
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from access.admin_access import SuperuserAdmin
from access.admin_audit import AuditedAdmin
from access.admin_lists import ReadOnlyAdmin
from access.models import AuditEvent, AuditSeal, User
from access.roles import Permission

AT_MOST_PEOPLE = 50


class When(admin.SimpleListFilter):
    """A span of time. Unless one person or student is searched for, the list begins with the last day only."""

    title = "when"
    parameter_name = "when"
    spans = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=31)}

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the spans beside the usual one."""
        return [("week", "Last 7 days"), ("month", "Last 31 days"), ("ever", "Any time")]

    def choices(self, changelist: Any) -> Any:
        """Name the usual span by what it is."""
        first, *others = super().choices(changelist)
        usual = "Any time, because of the search" if changelist.query else "Last 24 hours"
        return [{**first, "display": usual}, *others]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the rows of the span."""
        usual = "ever" if request.GET.get(SEARCH_VAR) else "day"
        span = self.spans.get(self.value() or usual)
        return queryset.filter(at__gte=timezone.now() - span) if span is not None else queryset


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin, SuperuserAdmin, AuditedAdmin):
    """Who looked at or wrote about which student. A row has no page of its own: the list shows all of it."""

    reads = Permission.ACCESS_LOG_VIEW
    list_display = ("moment", "who", "shown_action", "student", "outcome", "door", "reason", "request")
    list_display_links = None
    list_filter = (When, "outcome", "door", "action")
    show_facets = ShowFacets.NEVER
    sortable_by = ()
    search_fields = ("student_id",)
    search_help_text = "The id of a student (as in the address of their page), or a user name."

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Read the user name of each row that is shown with it."""
        names = User.objects.filter(pk=OuterRef("actor_id")).values("username")[:1]
        rows: QuerySet[Any] = super().get_queryset(request).annotate(username=Subquery(names))
        return rows

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """Newest first: by the key as a whole; for one student or person by the index that serves them."""
        return ("-at", "-id") if request.GET.get(SEARCH_VAR) else ("-transaction", "-id")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Keep what is about that student or was done by people whose user name begins so."""
        term = search_term.strip()
        if not term:
            return queryset, False
        try:
            return queryset.filter(student_id=UUID(term)), False
        except ValueError:
            people = User.objects.filter(username__istartswith=term).values_list("pk", flat=True)
            return queryset.filter(actor_id__in=list(people[:AT_MOST_PEOPLE])), False

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Raise 404: no index leads to one row, so its page would read the whole trail."""
        raise Http404

    @admin.display(description="at")
    def moment(self, event: AuditEvent) -> str:
        """Return the local time to the second."""
        return f"{timezone.localtime(event.at):%Y-%m-%d %H:%M:%S}"

    @admin.display(description="who")
    def who(self, event: Any) -> str:
        """Return the user name; a login that is gone keeps its number."""
        if event.actor_id is None:
            return "the system"
        return event.username or f"login {event.actor_id}"

    @admin.display(description="what")
    def shown_action(self, event: AuditEvent) -> str:
        """Return what was done, in words."""
        return event.get_action_display()

    @admin.display(description="student", empty_value="–")
    def student(self, event: AuditEvent) -> SafeString | None:
        """Return a link to the student; of the id the part that differs from child to child."""
        if event.student_id is None:
            return None
        address = reverse("admin:students_student_change", args=[event.student_id])
        return format_html('<a href="{}" title="{}">…{}</a>', address, event.student_id, event.student_id.hex[-12:])

    @admin.display(description="request", empty_value="–")
    def request(self, event: AuditEvent) -> SafeString | None:
        """Return the beginning of the request id, with the whole to copy."""
        if not event.request_id:
            return None
        return format_html('<span title="{}">{}</span>', event.request_id, event.request_id[:8])


@admin.register(AuditSeal)
class AuditSealAdmin(ReadOnlyAdmin, SuperuserAdmin):
    """Seals over the trail. `verify_audit` compares them with the rows."""

    list_display = ("number", "sealed_at", "rows", "first_transaction", "end_transaction", "key_id")
    fields = (*list_display, "digest_in_hexadecimal")
    readonly_fields = ("digest_in_hexadecimal",)
    show_facets = ShowFacets.NEVER
    sortable_by = ()
    ordering = ("-number",)
    search_fields = ("number",)
    search_help_text = "The number of a seal."
    list_defer = ("digest",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditSeal]:
        """Leave the digests of the rows, up to 800 KB a seal, in the database."""
        return super().get_queryset(request).defer("row_digests")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Keep the seal with that number."""
        term = search_term.strip()
        if not term:
            return queryset, False
        return (queryset.filter(number=int(term)) if term.isdecimal() and len(term) < 19 else queryset.none()), False

    @admin.display(description="digest")
    def digest_in_hexadecimal(self, seal: AuditSeal) -> str:
        """Return the digest as the log has it, for `verify_audit --expect`."""
        return bytes(seal.digest).hex()
