"""Errors of the API as problem+json (RFC 9457): one shape for all, nothing told that was not meant to be told."""

import traceback
from http import HTTPStatus
from typing import Any

import structlog
from django.core import signals
from django.core.exceptions import ValidationError
from django.http import Http404
from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.handler import ExceptionHandler
from drf_standardized_errors.types import ErrorResponse
from rest_framework import exceptions
from rest_framework.fields import get_error_detail
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.gate import NotPermitted, StudentNotVisible
from access.request_id import current_request_id
from access.versions import StaleVersion
from whitecross.database_trouble import Trouble, mark, sentence, trouble_of

log = structlog.get_logger("whitecross.api")

PROBLEM_JSON = "application/problem+json"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class ChangedMeanwhile(exceptions.APIException):
    """The row has another version than the caller read."""

    status_code = HTTPStatus.PRECONDITION_FAILED
    default_detail = "Someone changed this since you read it. Nothing was saved: read it again, then send the change."
    default_code = "stale_version"


class DatabaseUnavailable(exceptions.APIException):
    """The database is to blame, not the request."""

    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    default_code = "database_unavailable"

    def __init__(self, trouble: Trouble, method: str | None) -> None:
        super().__init__(sentence(trouble, method))
        self.trouble = trouble


class ProblemFormatter(ExceptionFormatter):
    """Writes an error as a problem of RFC 9457 with `errors`, one entry a field, and the request id."""

    def format_error_response(self, error_response: ErrorResponse) -> dict[str, Any]:
        """Return the problem's members. `errors` is about what was sent, so only a 400 has any."""
        status = HTTPStatus(self.exc.status_code)
        errors = one_a_field(error_response) if status is HTTPStatus.BAD_REQUEST else []
        return {
            "type": "about:blank",
            "title": status.phrase,
            "status": status.value,
            "detail": self.sentence(status, errors),
            "errors": errors,
            "request_id": current_request_id(),
        }

    def sentence(self, status: HTTPStatus, errors: list[dict[str, Any]]) -> str:
        """Say what happened, what was kept and what to do."""
        if isinstance(self.exc, exceptions.ValidationError):
            request = self.context["request"]
            names = ", ".join(error["attr"] for error in errors if error["attr"])
            kept = "" if request is None or request.method in SAFE else " Nothing was saved."
            return f"Not accepted: {names or 'the request'}.{kept} Correct what errors says and try again."
        if isinstance(self.exc, exceptions.NotAuthenticated):
            return "Send the header Authorization: Bearer TOKEN with an access token from /api/v1/auth/token/."
        if status is HTTPStatus.INTERNAL_SERVER_ERROR:
            return "Something went wrong here. Try again; if it happens again, tell your administrator the request id."
        detail: Any = self.exc.detail
        # simplejwt wraps its sentence: {"detail": …, "code": …, "messages": […]}.
        return str(detail.get("detail", "") if isinstance(detail, dict) else detail)


def one_a_field(found: ErrorResponse) -> list[dict[str, Any]]:
    """Return one entry a field, its sentences joined."""
    entries: dict[str | None, dict[str, Any]] = {}
    for error in found.errors:
        if error.attr in entries:
            entries[error.attr]["detail"] += f" {error.detail}"
        else:
            entries[error.attr] = {"code": error.code, "detail": error.detail, "attr": error.attr}
    return list(entries.values())


class ProblemHandler(ExceptionHandler):
    """Turns whatever a view raises into a problem, our own refusals with the sentence they carry."""

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        """Return DRF's form of what Django and our own code raise."""
        match exc:
            case StudentNotVisible():
                return exceptions.NotFound(str(exc))
            case NotPermitted():
                return exceptions.PermissionDenied(str(exc))
            case Http404():
                return exceptions.NotFound("There is nothing at this address.")
            case StaleVersion():
                return ChangedMeanwhile()
            case ValidationError():
                return exceptions.ValidationError(get_error_detail(exc))
        converted: Exception = super().convert_known_exceptions(exc)
        return converted

    def convert_unhandled_exceptions(self, exc: Exception) -> exceptions.APIException:
        """Return 503 where the database is to blame, else 500."""
        if trouble := trouble_of(exc):
            request = self.context["request"]
            return DatabaseUnavailable(trouble, request.method if request else None)
        converted: exceptions.APIException = super().convert_unhandled_exceptions(exc)
        return converted

    def get_response(self, exc: exceptions.APIException, data: dict[str, Any]) -> Response:
        """Answer with the media type of problems."""
        response = Response(data, status=exc.status_code, headers=self.get_headers(exc), content_type=PROBLEM_JSON)
        if isinstance(exc, DatabaseUnavailable):
            mark(response, exc.trouble)
        return response

    def report_exception(self, exc: exceptions.APIException, response: Response) -> None:
        """Log a failure of ours: where it happened and what kind it was.

        The exception's message stays out of the log: a database error quotes the values of the row.
        """
        if response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
            return
        frames = "".join(traceback.format_tb(self.exc.__traceback__))
        if isinstance(exc, DatabaseUnavailable):
            # No error of the code's, and perhaps the read is asked again and succeeds.
            log.warning("database trouble", request_id=current_request_id(), reason=exc.trouble, exception=frames)
            return
        request = self.context["request"]
        signals.got_request_exception.send(sender=None, request=request and request._request)  # noqa: SLF001
        log.error(
            "request failed",
            request_id=current_request_id(),
            exception=f"{frames}{type(self.exc).__qualname__}",
        )


def problem_handler(exc: Exception, context: Any) -> Response | None:
    """DRF's EXCEPTION_HANDLER."""
    response: Response | None = ProblemHandler(exc, context).run()
    return response


class NoSuchAddress(APIView):
    """Answers every address under /api/ that is none."""

    authentication_classes = []
    permission_classes = [AllowAny]
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Say where the addresses are described."""
        raise exceptions.NotFound(
            "There is no such address. Addresses end with a slash and ids are UUIDs; /api/schema/ describes them all."
        )
