"""The audit trail of the admin: whoever is shown a student there is on record before the page leaves."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.admin.utils import unquote
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from access import audit
from access.admin_access import RoleAdmin, person
from access.events import Action, Actor, Outcome


class AuditedAdmin(RoleAdmin):
    """Rows about students. Each list, page, history and search result writes one audit row a student shown."""

    # The path from a row to its student's id.
    student_path = "student_id"

    def student_id_of(self, row: Any) -> UUID | None:
        """Return the id of the student whom a row is about."""
        student_id: UUID | None = getattr(row, self.student_path)
        return student_id

    def note_shown(self, request: HttpRequest, rows: Iterable[Any]) -> None:
        """Record that these rows are shown: one audit row a student, in one statement."""
        ids = dict.fromkeys(self.student_id_of(row) for row in rows)
        audit.note(Actor.in_admin(request), Action.ADMIN_VIEWED, [found for found in ids if found])

    def choice_label(self, row: Any) -> str:
        """Return how a row is called where one chooses among several."""
        return str(row)

    @contextmanager
    def refusals_noted(self, request: HttpRequest, object_id: str | None) -> Iterator[None]:
        """Record a refusal to show one row. Outside the transaction of the view, which the refusal rolls back."""
        try:
            yield
        except (Http404, PermissionDenied) as refusal:
            outcome = Outcome.NOT_VISIBLE if isinstance(refusal, Http404) else Outcome.FORBIDDEN
            if object_id is not None:
                students = self._student_ids_behind(unquote(object_id))
                audit.note(Actor.in_admin(request), Action.ADMIN_VIEWED, students, outcome=outcome)
            raise

    def _student_ids_behind(self, object_id: str) -> list[UUID]:
        """Return the student of a row that may not be this person's, or none."""
        try:
            found = self.model._base_manager.filter(pk=object_id).values_list(self.student_path, flat=True)
            return [student for student in found[:1] if student]
        except (ValidationError, ValueError):
            return []

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list, with everyone in it on record."""
        response = super().changelist_view(request, extra_context)
        if isinstance(response, TemplateResponse) and response.context_data and "cl" in response.context_data:
            self.note_shown(request, response.context_data["cl"].result_list)
        return response

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show or save one row, with its student on record."""
        with self.refusals_noted(request, object_id):
            response = super().changeform_view(request, object_id, form_url, extra_context)
        if isinstance(response, TemplateResponse) and response.context_data and "adminform" in response.context_data:
            if original := response.context_data["original"]:
                self.note_shown(request, [original])
            else:
                self._note_chosen(request, response.context_data["adminform"].form)
        return response

    def _note_chosen(self, request: HttpRequest, form: BaseForm) -> None:
        """Record the student whose name an unsaved form shows as chosen."""
        if "student" not in form.fields or not (chosen := form["student"].value()):
            return
        try:
            student = form.fields["student"].clean(chosen)  # raises unless it is one of theirs
        except ValidationError:
            return
        audit.note(Actor.in_admin(request), Action.ADMIN_VIEWED, [student.pk])

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show what was changed here, with the student on record; no name in the title, which browsers keep."""
        with self.refusals_noted(request, object_id):
            response = super().history_view(request, object_id, {"title": "Change history", **(extra_context or {})})
        if isinstance(response, TemplateResponse) and response.context_data:
            shown = response.context_data["object"]
            response.context_data["subtitle"] = str(shown)
            self.note_shown(request, [shown])
        return response

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Refuse, on record."""
        with self.refusals_noted(request, object_id):
            return super().delete_view(request, object_id, extra_context)

    # Django's log of admin work keeps str(object), which is a child's name, and shows it on the first page.

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> LogEntry:
        """Log that a row was added, by its number."""
        return self._log(request, obj, ADDITION, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> LogEntry:
        """Log that a row was changed, by its number."""
        return self._log(request, obj, CHANGE, message)

    def _log(self, request: HttpRequest, obj: Model, flag: int, message: Any) -> LogEntry:
        return LogEntry.objects.create(
            user=person(request),
            content_type=ContentType.objects.get_for_model(obj, for_concrete_model=False),
            object_id=str(obj.pk),
            object_repr=f"{self.opts.verbose_name} {obj.pk}",
            action_flag=flag,
            change_message=message if isinstance(message, str) else json.dumps(message),
        )
