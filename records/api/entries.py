"""The two views that every kind of clinical row has: the list of one student, and one row."""

from typing import ClassVar
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseNotModified
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from access.api_door import BodySerializer, StudentApiView
from access.blind import blind
from access.gate import Pass
from access.roles import Permission
from access.versions import already_held, etag_of, insist_on_version
from records.actions import mark_entered_in_error
from records.api.kinds import ALLERGIES, CONDITIONS, RECORDS, VACCINATIONS, Kind
from records.api.read_pages import note
from records.api.rows import EntrySerializer
from records.cached import answer, student_key
from records.models.clinical_entry import ENTERED_IN_ERROR, ClinicalEntry

# Grows with each change of how a row reads.
SHAPE = 1


class TakenBack(BodySerializer):
    """Taking back a row: there is no delete, the row stays and says that it was wrong and why."""

    status = serializers.ChoiceField(choices=[(ENTERED_IN_ERROR, "Entered in error")])
    reason = serializers.CharField(max_length=200)


class KindView(StudentApiView):
    """A view of one kind of row."""

    kind: ClassVar[Kind]

    def get_serializer_class(self) -> type[EntrySerializer]:
        """Return how a row of this kind reads."""
        return self.kind.serializer


def page_key(name: str, look: Pass, address: str) -> str:
    """Return the opaque key of a page of a list. The whole address counts: which page, and the host of its links."""
    return student_key(name, SHAPE, look, blind(name, address.encode()))


class EntryListView(ListModelMixin, KindView):
    """All rows of a kind."""

    def get(self, request: Request, student_id: UUID) -> HttpResponse:
        """List all rows of this kind in pages, the resolved and those entered in error too."""
        look = self.open(Permission.HEALTH_VIEW, self.kind.viewed)
        name = self.kind.name
        address = request.build_absolute_uri()
        key = page_key(name, look, address)
        page = answer(name, key, lambda: self.page(look), about=key.encode(), schools=(look.school_id,))
        if page.cache == "miss":
            note(look, name, address)
        return HttpResponse(page.body, content_type="application/json", headers={"X-Cache": page.cache})

    def page(self, look: Pass) -> bytes:
        """Return the page that was asked for, as finished JSON. Raises ValidationError for senseless parameters."""
        rows = self.paginate_queryset(self.kind.rows(look)) or []
        body = self.get_paginated_response(self.get_serializer(rows, many=True).data).data
        rendered = self.get_renderers()[0].render(body)
        return rendered.encode() if isinstance(rendered, str) else rendered


class EntryView(KindView):
    """One row."""

    def get(self, request: Request, student_id: UUID, entry_id: UUID) -> Response | HttpResponseNotModified:
        """Read one row; 304 if the caller holds it."""
        look = self.open(Permission.HEALTH_VIEW, self.kind.viewed)
        entry = self.entry(look, entry_id)
        if already_held(request, etag_of(entry.version)):
            return HttpResponseNotModified(headers={"ETag": etag_of(entry.version)})
        return self.answer(entry)

    @extend_schema(request=TakenBack)
    def patch(self, request: Request, student_id: UUID, entry_id: UUID) -> Response:
        """Mark a row as entered in error, with the reason. With If-Match only the version that was read, else 412."""
        look = self.open(Permission.HEALTH_RECORD, self.kind.viewed)
        entry = self.entry(look, entry_id)
        insist_on_version(request, entry.version)
        body = TakenBack(data=request.data)
        body.is_valid(raise_exception=True)
        mark_entered_in_error(by=look.by, entry=entry, reason=body.validated_data["reason"])
        return self.answer(entry)

    def entry(self, look: Pass, entry_id: UUID) -> ClinicalEntry:
        """Return the row of this student; raise Http404 if there is none that the caller may see."""
        entry: ClinicalEntry | None = self.kind.rows(look).filter(pk=entry_id).first()
        if entry is None:
            raise Http404
        return entry

    def answer(self, entry: ClinicalEntry) -> Response:
        """Answer the row with its version as ETag."""
        return Response(self.get_serializer(entry).data, headers={"ETag": etag_of(entry.version)})


class AllergyListView(EntryListView):
    """All allergies of a student, the worst first."""

    kind = ALLERGIES


class AllergyView(EntryView):
    """One allergy."""

    kind = ALLERGIES


class ConditionListView(EntryListView):
    """All conditions of a student, the latest onset first."""

    kind = CONDITIONS


class ConditionView(EntryView):
    """One condition."""

    kind = CONDITIONS


class VaccinationListView(EntryListView):
    """All vaccinations of a student, newest first."""

    kind = VACCINATIONS


class VaccinationView(EntryView):
    """One vaccination."""

    kind = VACCINATIONS


class RecordListView(EntryListView):
    """All health records of a student, newest first."""

    kind = RECORDS


class RecordView(EntryView):
    """One health record."""

    kind = RECORDS
