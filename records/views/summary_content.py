"""What the summary page says about a student: rendered once a version and kept as the summary itself is.

Rendering it takes longer than all the rest of the page together. What is kept is sealed, unreachable after a write, and
for readers who may do the same things; records.views.frame puts it in its frame, with the token of the reader's form.
"""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from typing import Any

import orjson
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template.loader import render_to_string
from django.utils import dateformat
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from access.gate import Pass
from access.roles import Permission
from records.cached import answer, student_key
from records.forms import VitalSignsForm
from records.summary import SECONDS_CACHED, health_summary
from records.views.frame import TOKEN
from records.views.shown import may, shown_summary

CACHE = "summary_page"
# Grows when this module or records.views.shown writes something else; `look_of_pages` knows of templates.
SHAPE = 1
DIGEST_BYTES = 8


def summary_content(look: Pass) -> dict[str, SafeString]:
    """Return `content` and `print_subject` of the page; no statement more than health_summary makes."""
    offers = "+".join(name for name, allowed in may(look).items() if allowed)
    kept = answer(
        CACHE,
        student_key(CACHE, SHAPE, look, offers, look_of_pages()),
        lambda: orjson.dumps(rendered(look)),
        about=look.student_id.bytes,
        schools=(look.school_id,),
        seconds=SECONDS_CACHED,
    )
    parts: dict[str, str] = orjson.loads(kept.body)
    return {name: mark_safe(text) for name, text in parts.items()}  # noqa: S308  (our own templates wrote it)


def rendered(look: Pass) -> dict[str, str]:
    """Render the parts of the page that are about the student."""
    context: dict[str, Any] = shown_summary(health_summary(look).data)
    student = context["student"]
    form = VitalSignsForm() if Permission.HEALTH_RECORD in look.permissions else None
    context |= {"may": may(look), "vitals_form": form, "csrf_token": TOKEN}
    born = dateformat.format(student.birth_date, "M j, Y")
    return {
        "content": render_to_string("records/_summary_content.html", context),
        "print_subject": format_html("<strong><bdi>{}</bdi></strong>, born {}. ", student.full_name, born),
    }


@cache
def look_of_pages() -> str:
    """Return a digest of the templates and of the names of static files: a release reads nothing of an older one."""
    digest = blake2b(getattr(staticfiles_storage, "manifest_hash", "").encode(), digest_size=DIGEST_BYTES)
    for path in sorted((settings.BASE_DIR / "templates").rglob("*.html")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
