"""Optimistic locking, and how HTTP speaks of it: an ETag is the version of a row, If-Match the version that was read.

RFC 9110, sections 8.8.3 (ETag), 13.1.1 (If-Match, compared strongly) and 13.1.2 (If-None-Match, compared weakly).
"""

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.http import parse_etags


class StaleVersion(Exception):
    """The row was changed by someone else since it was read; nothing was written."""


def etag_of(version: int) -> str:
    """Return the strong entity tag of a row's version."""
    return f'"{version}"'


def insist_on_version(request: HttpRequest, version: int) -> None:
    """Do nothing if the request takes any version or this one; raise StaleVersion if it names another.

    Raises ValidationError for an If-Match that names nothing: it would look like a lock and be none.
    """
    sent = request.headers.get("If-Match")
    if sent is None:
        return
    named = parse_etags(sent)
    if not named:
        raise ValidationError({"If-Match": f"Send an entity tag in quotes, for example {etag_of(version)}."})
    if named != ["*"] and etag_of(version) not in named:
        raise StaleVersion


def already_held(request: HttpRequest, etag: str) -> bool:
    """Whether the caller holds this very state (If-None-Match), so that 304 is the whole answer."""
    sent = request.META.get("HTTP_IF_NONE_MATCH")
    if not sent:
        return False
    named = [tag.removeprefix("W/") for tag in parse_etags(sent)]
    return named == ["*"] or etag.removeprefix("W/") in named
