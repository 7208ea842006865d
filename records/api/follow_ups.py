"""The follow-up list by API: what waits, and closing an entry."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from access import audit
from access.api_door import ApiView, BodySerializer
from access.events import Action
from records.actions import close_follow_up
from records.actions.close_follow_up import CLOSINGS, AlreadyClosed
from records.follow_up_gate import opened
from records.models import FollowUp
from students.api import StudentSerializer


class FollowUpSerializer(serializers.ModelSerializer[FollowUp]):
    """One thing to look at about one student."""

    student = StudentSerializer()

    class Meta:
        model = FollowUp
        fields = ["id", "student", "record", "kind", "reason", "since", "due", "status", "closed_at", "closing_reason"]
        read_only_fields = fields


class ClosingBody(BodySerializer):
    """How an entry is closed."""

    status = serializers.ChoiceField(choices=[(status.value, status.label) for status in CLOSINGS])
    reason = serializers.CharField(max_length=200, allow_blank=True, required=False, help_text="Needed to dismiss.")


class FollowUpListView(ListModelMixin, ApiView):
    """What waits at the caller's schools."""

    queryset = FollowUp.objects.none()
    serializer_class = FollowUpSerializer

    @extend_schema(operation_id="follow_ups_list")
    def get(self, request: Request) -> Response:
        """List what waits, the most urgent first."""
        found = FollowUp.objects.visible_to(self.caller()).waiting().by_due().select_related("student__school")
        page: Any = self.paginate_queryset(found)
        audit.note(self.actor, Action.FOLLOW_UPS_VIEWED, {entry.student_id for entry in page})
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class FollowUpView(ApiView):
    """One entry."""

    queryset = FollowUp.objects.none()
    serializer_class = FollowUpSerializer

    @extend_schema(operation_id="follow_ups_partial_update", request=ClosingBody)
    def patch(self, request: Request, follow_up_id: UUID) -> Response:
        """Close it: done, or dismissed with a reason."""
        self.caller()
        entry = opened(self.actor, follow_up_id)
        body = ClosingBody(data=request.data)
        body.is_valid(raise_exception=True)
        try:
            close_follow_up(by=self.actor, entry=entry, **body.validated_data)
        except AlreadyClosed as error:
            raise serializers.ValidationError(
                {"status": ["This entry was closed already. Nothing was changed."]}, "already_closed"
            ) from error
        return Response(self.get_serializer(entry).data)
