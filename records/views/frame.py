"""The frame of a page that is asked for all day, kept in the process: head, header, search, footer.

It is the same for a person from one minute to the next, and rendering it costs as much as the gate and the cache
together. What differs each time, the page's own parts and the token of its forms, is put in at marks that no escaped
text can hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template import engines
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

TOKEN = mark_safe("<csrf-token>")
"""Stands for the token of the reader's forms, in the frame and in the parts. Escaped text cannot hold it."""
# Some staff of a district at once; with more, frames are rendered again.
KEPT = 512

frames: dict[tuple[Any, ...], str] = {}


def framed(request: HttpRequest, template: str, parts: Mapping[str, SafeString]) -> HttpResponse:
    """Render a template that puts each of the parts somewhere and shows nothing else of this request.

    Parts may hold TOKEN. With a message to show it is rendered whole, as any page.
    """
    if len(get_messages(request)):
        text = str(render_to_string(template, dict(parts), request))
    else:
        text = frame(request, template, tuple(parts))
        for name, part in parts.items():
            text = text.replace(place(name), part)
    return HttpResponse(text.replace(TOKEN, get_token(request)))


def frame(request: HttpRequest, template: str, names: tuple[str, ...]) -> str:
    """Return the frame with marks for the parts and for the token; rendered once a minute for each person."""
    user: Any = request.user
    depends_on = (
        template, names, user.pk, user.get_full_name(), user.get_username(), user.is_staff, own_context(request),
        f"{timezone.now():%Y%m%d%H%M}",
    )  # fmt: skip
    found = frames.get(depends_on)
    if found is None:
        marks = {name: mark_safe(place(name)) for name in names}  # noqa: S308  (a name of ours)
        found = str(render_to_string(template, {**marks, "csrf_token": TOKEN}, request))
        if len(frames) >= KEPT:
            frames.clear()
        frames[depends_on] = found
    return found


def own_context(request: HttpRequest) -> tuple[tuple[str, Any], ...]:
    """Return what our own context processors say; Django's are the user, the token and the messages."""
    engine: Any = engines["django"]
    ours = [one for one in engine.engine.template_context_processors if not one.__module__.startswith("django.")]
    return tuple(item for one in ours for item in one(request).items())


def place(name: str) -> str:
    """Return the mark where a part belongs."""
    return f"<part {name}>"
