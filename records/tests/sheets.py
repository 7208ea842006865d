"""Filling in a measuring sheet in tests, as a browser sends it."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client
from django.utils import timezone
from uuid_utils.compat import uuid7

from students.models import Student

SHEET = "/records/measure/"


def today() -> str:
    return f"{timezone.localdate():%Y-%m-%d}"


def round_of(**other: str) -> dict[str, str]:
    """Return what all rows of grade 3 at Oak Street have in common."""
    usual = {"school": "oak-street", "group": "03", "date": today(), "height_unit": "in", "weight_unit": "lb"}
    return usual | other


def typed(student: Student, **values: str) -> dict[str, str]:
    """Return the fields of one row."""
    token = values.pop("token", str(uuid7()))
    return {f"{student.pk}-{name}": value for name, value in {"token": token, **values}.items()}


def send(nurse: Client, *rows: dict[str, str], **other: str) -> Any:
    """Press "Save the sheet"."""
    sent = round_of(**other)
    for each in rows:
        sent |= each
    return nurse.post(SHEET, sent)


def send_row(nurse: Client, student: Student, other: dict[str, str] | None = None, **values: str) -> Any:
    """Leave one row."""
    return nurse.post(f"{SHEET}{student.pk}/", round_of(**(other or {})) | typed(student, **values))


def words(answer: Any) -> str:
    """Return the text of a page."""
    text = re.sub(r"<[^>]+>", " ", answer.content.decode().replace("\N{NO-BREAK SPACE}", " "))
    return re.sub(r"\s+", " ", text).replace("&#x27;", "'")


def hidden(answer: Any, student: Student, name: str) -> str:
    """Return the value of a row's field that nobody types in."""
    found = re.search(rf'name="{student.pk}-{name}"[^>]*value="([^"]*)"', answer.content.decode())
    assert found, name
    return found[1].replace("&#x27;", "'")
