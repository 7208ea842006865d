"""The API's description in OpenAPI 3.1: each operation with the problems that it can answer."""

from typing import Any, Literal

from drf_spectacular.contrib.rest_framework_simplejwt import SimpleJWTScheme
from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers

from whitecross.problems import PROBLEM_JSON


class AccessTokenScheme(SimpleJWTScheme):  # type: ignore[no-untyped-call]
    """Describes access.api_door.AccessToken."""

    target_class = "access.api_door.AccessToken"
    name = "accessToken"


class ProblemErrorSerializer(serializers.Serializer[Any]):
    """What is wrong with one field; `attr` is its name, null where it is about the whole body."""

    code = serializers.CharField()
    detail = serializers.CharField()
    attr = serializers.CharField(allow_null=True)


class ProblemSerializer(serializers.Serializer[Any]):
    """A problem of RFC 9457."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors: Any = ProblemErrorSerializer(many=True)
    request_id = serializers.CharField()


class ProblemSchema(AutoSchema):
    """drf-spectacular's description of a view, with its problems."""

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> dict[str, Any]:
        """Add to what the view answers the problems it can answer."""
        found: dict[str, Any] = super()._get_response_bodies(direction)
        for status in self.problems():
            problem: dict[str, Any] = self._get_response_for_code(  # type: ignore[no-untyped-call]
                ProblemSerializer, status, [PROBLEM_JSON]
            )
            found.setdefault(status, problem)
        return found

    def problems(self) -> list[str]:
        """Return the status codes of the problems."""
        statuses = ["401", "406"]
        if self.method != "GET" or self._is_list_view():
            statuses.append("400")
        if "{student_id}" in self.path:
            statuses += ["403", "404"]
        if self.method == "POST":
            statuses += ["403", "415"] if self.get_auth() != [{}] else ["415", "429"]
        if self.method == "PATCH":
            statuses += ["412", "415"]
        return sorted(set(statuses))
