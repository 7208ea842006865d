"""The API of access: tokens, and who looked at a student."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework_simplejwt.serializers import TokenObtainPairSerializer, TokenRefreshSerializer
from rest_framework_simplejwt.views import TokenObtainPairView, TokenRefreshView

from access.api_door import StudentApiView
from access.events import Action, Door, Outcome
from access.models import AuditEvent, User
from access.roles import Permission

LONGEST_USERNAME = 150


class TokenView(TokenObtainPairView):
    """Get an access token (10 minutes) and a refresh token (12 hours) for a username and password.

    Five wrong passwords lock the login for 15 minutes: 429 with Retry-After.
    """

    class Credentials(TokenObtainPairSerializer):
        """What to send."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            # django-axes keeps the name that was tried, in a column of 255.
            self.fields["username"] = serializers.CharField(max_length=LONGEST_USERNAME, write_only=True)

    serializer_class = Credentials

    def get_serializer_context(self) -> dict[str, Any]:
        """Hand on Django's own request: django-axes marks a lockout on it, and its middleware answers."""
        return {**super().get_serializer_context(), "request": self.request._request}  # noqa: SLF001


class RefreshView(TokenRefreshView):
    """Get new tokens for a refresh token, which is used up by this."""

    class Refresh(TokenRefreshSerializer):
        """What to send."""

        def validate(self, attrs: dict[str, Any]) -> dict[str, str]:
            """Give new tokens; a login that was deleted gets none."""
            try:
                return super().validate(attrs)
            except User.DoesNotExist:
                sentence = self.error_messages["no_active_account"]
                raise AuthenticationFailed(sentence, code="no_active_account") from None

    serializer_class = Refresh


class LookSerializer(serializers.Serializer[AuditEvent]):
    """One look or write."""

    at = serializers.DateTimeField()
    user = serializers.SerializerMethodField(help_text="The username; `system` for the service itself.")
    action = serializers.ChoiceField(choices=Action.choices)
    door = serializers.ChoiceField(choices=Door.choices)
    outcome = serializers.ChoiceField(choices=Outcome.choices)

    def get_user(self, row: AuditEvent) -> str:
        """Return the username, or the number of a login that is gone: the trail outlives people."""
        usernames: dict[int, str] = self.context["usernames"]
        return "system" if row.actor_id is None else usernames.get(row.actor_id, f"user {row.actor_id}")


class AccessLogView(ListModelMixin, StudentApiView):
    """Who looked at the student, newest first. This look is among them."""

    serializer_class = LookSerializer

    def get_queryset(self) -> QuerySet[AuditEvent]:
        """Return the looks at the student of the address."""
        return AuditEvent.objects.about(self.kwargs["student_id"])

    def get(self, request: Request, student_id: UUID) -> Response:
        """List who looked at a student."""
        self.open(Permission.ACCESS_LOG_VIEW, Action.ACCESS_LOG_VIEWED)
        rows = self.paginate_queryset(self.get_queryset()) or []
        people = {row.actor_id for row in rows if row.actor_id is not None}
        usernames = dict(User.objects.filter(pk__in=people).values_list("pk", "username"))
        context = {**self.get_serializer_context(), "usernames": usernames}
        return self.get_paginated_response(self.get_serializer_class()(rows, many=True, context=context).data)
