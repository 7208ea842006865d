"""Refresh on write for the lists of a student: first pages that somebody read lately are made again after a commit.

As with the summary (records.refresh): only what is still cached is made again, and nothing depends on it. Nothing
leaves for anybody to see, so the audit trail has no row about it.
"""

from __future__ import annotations

from functools import partial
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest

from access.events import Actor, Door
from access.gate import Pass
from access.roles import Permission
from records.api.entries import (
    AllergyListView,
    ConditionListView,
    EntryListView,
    RecordListView,
    VaccinationListView,
    page_key,
)
from records.api.read_pages import note, notes, read_lately
from records.api.vitals import VitalsListView
from records.cached import FIVE_MINUTES, flights, made
from records.refresh import also_read, refreshing

VIEWS: dict[str, type[EntryListView]] = {
    view.kind.name: view
    for view in (RecordListView, AllergyListView, ConditionListView, VaccinationListView, VitalsListView)
}


def refresh(sender: object, *, school_id: UUID, student_id: UUID, version: int, ticket: int, **kwargs: Any) -> None:
    """Receive records.refresh.refreshing."""
    for page in read_lately(school_id, student_id):
        request = request_for(page.address)
        if request.build_absolute_uri() != page.address:
            continue  # read through a proxy that this process does not know of
        permissions = {Permission.HEALTH_VIEW, *([Permission.CONFIDENTIAL_VIEW] if page.confidential else [])}
        look = Pass(Actor(None, Door.TASK), student_id, school_id, version, frozenset(permissions))
        key = page_key(page.kind, look, page.address)
        build = partial(first_page, look, VIEWS[page.kind], request)
        flights.join(key, ticket, partial(made, key, build, key.encode(), FIVE_MINUTES))
        note(look, page.kind, page.address)


def first_page(look: Pass, view_class: type[EntryListView], request: WSGIRequest) -> bytes:
    """Return what a look at the first page of a list gives."""
    view = view_class()
    view.setup(request, student_id=look.student_id)
    view.format_kwarg = None
    view.request = view.initialize_request(request)
    return view.page(look)


def request_for(address: str) -> WSGIRequest:
    """Return the request of somebody who reads that address."""
    parts = urlsplit(address)
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": parts.path,
        "QUERY_STRING": "",
        "SERVER_NAME": parts.hostname,
        "SERVER_PORT": str(parts.port or (443 if parts.scheme == "https" else 80)),
        "HTTP_HOST": parts.netloc,
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": BytesIO(),
    }
    if settings.SECURE_PROXY_SSL_HEADER and parts.scheme == "https":
        header, value = settings.SECURE_PROXY_SSL_HEADER
        environ[header] = value
    return WSGIRequest(environ)


def watch() -> None:
    """Connect `refresh`, and let it be asked for whom there are notes."""
    also_read.add(notes)
    refreshing.connect(refresh, dispatch_uid="refresh of lists on write")
