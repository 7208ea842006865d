"""The API's door: who asks, and the one way from there to a student.

Every view about one student is a StudentApiView and gets to its rows through `open`, which is the gate. The gate asks
the database about the login in its own statement, so the token alone does not: one statement instead of two on the
hot path, and whoever is deactivated is out at the next request all the same. A view without a gate asks by `caller`.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, NoReturn, cast
from uuid import UUID

from rest_framework import serializers
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication

from access.events import Action, Actor
from access.gate import Pass, StudentNotVisible, open_student
from access.models import User
from access.roles import Permission
from access.tokens import holder_of


@dataclass(frozen=True, slots=True)
class TokenHolder:
    """Whoever holds a valid token, known by number alone: enough for the gate, and for nothing else."""

    pk: int
    is_authenticated: ClassVar[bool] = True


class AccessToken(JWTAuthentication):
    """Reads the access token; whether its holder is still let in, gate or `caller` ask the database."""

    def authenticate(self, request: Request) -> Any:
        """Return the holder, without any statement; None where no token was sent. Raises InvalidToken (401)."""
        header = self.get_header(request)
        raw = self.get_raw_token(header) if header else None
        return (TokenHolder(holder_of(raw)), None) if raw else None


class ApiView(GenericAPIView[Any]):
    """A view of the API; its caller is known by a token."""

    authentication_classes = [AccessToken]

    @property
    def actor(self) -> Actor:
        """Who asks, through this door."""
        return Actor.by_api(self.request)

    def caller(self) -> User:
        """Return the login of who asks, one statement; raise AuthenticationFailed (401) if it is not active."""
        holder = cast(TokenHolder, self.request.user)
        user = User.objects.filter(pk=holder.pk, is_active=True).first()
        if user is None:
            raise AuthenticationFailed("This login is not active.", code="user_inactive")
        return user


class StudentApiView(ApiView):
    """A view about the one student of its address."""

    # What a HotRead in front of this view met: here it becomes the problem that the caller is told.
    refused: Exception | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Do what DRF does before a view, and raise what was met already."""
        super().initial(request, *args, **kwargs)
        if self.refused is not None:
            self.raise_honestly(self.refused)

    def open(self, permission: Permission, action: Action) -> Pass:
        """Go through the gate, one statement. Raises StudentNotVisible (404), NotPermitted (403),
        or AuthenticationFailed (401) where the login was deactivated after the token was given."""
        student_id: UUID = self.kwargs["student_id"]
        try:
            return open_student(self.actor, student_id, permission, action)
        except StudentNotVisible as error:
            self.raise_honestly(error)

    def raise_honestly(self, error: Exception) -> NoReturn:
        """Raise the error; but AuthenticationFailed (401) where nobody is visible because the login is not active."""
        if isinstance(error, StudentNotVisible):
            self.caller()
        raise error


class BodySerializer(serializers.Serializer[Any]):
    """What a caller may send. A field that nobody knows is refused: silence would look like it was saved."""

    def to_internal_value(self, data: Any) -> Any:
        """Read the fields, and say which names are unknown together with whatever else is wrong."""
        unknown = {}
        if isinstance(data, dict):
            unknown = {
                name: [serializers.ErrorDetail("There is no such field here.", code="unknown_field")]
                for name in data.keys() - self.fields.keys()
            }
        try:
            found = super().to_internal_value(data)
        except serializers.ValidationError as error:
            if isinstance(error.detail, dict):
                raise serializers.ValidationError({**error.detail, **unknown}) from error
            raise
        if unknown:
            raise serializers.ValidationError(unknown)
        return found
