"""The Django admin under our name: through our login, with every search result on record."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth.decorators import login_not_required
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from access.admin_audit import AuditedAdmin

# The order of the first page: what is looked for most comes first.
ORDER = ("students", "records", "access", "axes", "mfa")


class AuditedChoices(AutocompleteJsonView):
    """The choices of a field as one types: students among them are on record, and told apart.

    The text comes by POST (static/admin/js/autocomplete.js): an address would keep a child's name.
    """

    def post(self, request: HttpRequest) -> HttpResponse:
        """Answer the choices for `term`."""
        request.GET = request.POST
        return self.get(request)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer the choices, with the students among them on record."""
        self.shown: list[Model] = []
        response = super().get(request, *args, **kwargs)
        if isinstance(self.model_admin, AuditedAdmin):
            self.model_admin.note_shown(request, self.shown)
        return response

    def process_request(self, request: HttpRequest) -> Any:
        """Read the question; PostgreSQL knows no NUL in a text."""
        term, *asked = super().process_request(request)
        return term.replace("\x00", ""), *asked

    def serialize_result(self, obj: Model, to_field_name: str) -> dict[str, str]:
        """Return one choice; two children of one name are told apart by more than it."""
        self.shown.append(obj)
        choice = super().serialize_result(obj, to_field_name)
        if isinstance(self.model_admin, AuditedAdmin):
            choice["text"] = self.model_admin.choice_label(obj)
        return choice


class WhiteCrossAdminSite(AdminSite):
    """Administration of White Cross."""

    site_header = "White Cross administration"
    site_title = "White Cross"
    index_title = "Administration"

    @method_decorator([never_cache, login_not_required])
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send to the login of the pages, where lockout and second factor apply; 403 for who is no administrator."""
        response: HttpResponse = secure_admin_login(super().login)(request, extra_context)
        return response

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """Answer the choices of a field as one types."""
        response: HttpResponse = AuditedChoices.as_view(admin_site=self)(request)  # type: ignore[assignment]
        return response

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Return the apps, students first."""
        apps = super().get_app_list(request, app_label)
        place = {label: number for number, label in enumerate(ORDER)}
        return sorted(apps, key=lambda app: place.get(app["app_label"], len(ORDER)))
