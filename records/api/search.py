"""Search in health records by API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from access.api_door import ApiView
from records.models import HealthRecord
from records.search import (
    LONGEST_TEXT,
    MOST_COUNTED,
    RANKED,
    ROWS_A_PAGE,
    Found,
    Question,
    find,
    pages_of_the_api,
)
from records.search_excerpts import Hit, Part
from records.search_scope import Scope
from students.api import StudentSerializer


class SearchQuestion(serializers.Serializer[Any]):
    """What is looked for, and where."""

    q = serializers.CharField(
        max_length=LONGEST_TEXT,
        help_text='Words, "a phrase", or, -not. Endings do not matter: coughing finds cough.',
    )
    school = serializers.CharField(required=False, max_length=50, help_text="The school's code.")
    type = serializers.ChoiceField(choices=HealthRecord.Type.choices, required=False)
    order = serializers.ChoiceField(
        choices=[("newest", "Newest first"), ("relevance", "By relevance")],
        default="newest",
        help_text=f"By relevance: one page, the best of the newest {RANKED}.",
    )
    count = serializers.BooleanField(
        default=False, help_text=f"Whether to count what does not fit on the page, up to {MOST_COUNTED}."
    )
    page_size = serializers.IntegerField(min_value=1, max_value=200, default=ROWS_A_PAGE, help_text="Rows a page.")
    cursor = serializers.CharField(required=False, help_text="Where the page begins; only from `next` and `previous`.")


class PartSerializer(serializers.Serializer[Part]):
    """A piece of an excerpt: plain text, never markup."""

    text = serializers.CharField()
    match = serializers.BooleanField()


class HitSerializer(serializers.Serializer[Hit]):
    """A record that was found; `description` and `notes` with what was looked for told apart, notes in excerpts."""

    id = serializers.UUIDField(source="record.pk")
    type = serializers.ChoiceField(source="record.type", choices=HealthRecord.Type.choices)
    date = serializers.DateField(source="record.date")
    description = PartSerializer(many=True)
    notes = PartSerializer(many=True)
    provider = serializers.CharField(source="record.provider")
    result = serializers.CharField(source="record.result")
    confidential = serializers.BooleanField(source="record.confidential")
    status = serializers.ChoiceField(source="record.status", choices=HealthRecord.Status.choices)
    student = StudentSerializer(source="record.student")


class FoundSerializer(serializers.Serializer[Found]):
    """A page of results."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    count = serializers.IntegerField(
        allow_null=True, help_text=f"How many there are, at most {MOST_COUNTED}; null where nobody counted."
    )
    more_than_counted = serializers.BooleanField(help_text="Whether there are more than `count`.")
    results = HitSerializer(many=True)


class RecordSearchView(ApiView):
    """The records of the caller's students."""

    serializer_class = FoundSerializer

    @extend_schema(
        operation_id="records_search_list", parameters=[SearchQuestion], responses=FoundSerializer, filters=False
    )
    def get(self, request: Request) -> Response:
        """Search in descriptions, results, notes and providers. Each student shown is on record before the answer."""
        user = self.caller()
        asked = SearchQuestion(data=request.query_params.dict())
        scope = Scope.of(user, request.query_params.get("school", ""))
        asked.is_valid(raise_exception=True)
        question = Question(
            text=asked.validated_data["q"],
            scope=scope,
            type=asked.validated_data.get("type", ""),
            order=asked.validated_data["order"],
        )
        pages = pages_of_the_api()
        found = find(self.actor, question, pages, request, count=asked.validated_data["count"])
        hits: Any = found.hits
        body = pages.get_paginated_response(HitSerializer(hits, many=True).data).data
        counts = {"count": found.count, "more_than_counted": found.more_than_counted}
        return Response({**counts, **body}, headers={"X-Cache": found.cache})
