"""How the API reads and writes JSON. Errors are in whitecross/problems.py, pages of a list in whitecross/pagination.py.

DRF imports this module while it builds its own views, so nothing here may import them.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
from django.conf import settings
from rest_framework import exceptions, parsers, renderers


class JSONRenderer(renderers.BaseRenderer):
    """Writes JSON with orjson: UTF-8, dates as ISO 8601, UUIDs as text."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        """Return the bytes; none for no data."""
        return b"" if data is None else orjson.dumps(data)


class JSONParser(parsers.BaseParser):
    """Reads JSON with orjson: no NaN, no lone surrogates, no nesting without end, no body without limit."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        """Return the values; raise ParseError (400) where it is not JSON, TooLarge (413) beyond Django's own limit."""
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(most + 1)
        if len(body) > most:
            raise TooLarge
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError as error:
            # Its message names line and column and quotes nothing of the body.
            raise exceptions.ParseError(f"The body is not JSON: {error}. Nothing was saved.") from error


class TooLarge(exceptions.APIException):
    """The body is larger than the service takes at once."""

    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_detail = "The body is too large. Nothing was saved; send less at once."
    default_code = "too_large"
