"""One JSON object of a FHIR resource, read with checks: what is wrong is noted with its path, never raised."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

# A converter that did not fill its template leaves the placeholder behind: {entry.value}, {{name}}, ${x}, <%= x %>.
# A UCUM annotation such as {score} or {1.73_m2} has no dot after a letter, so it is not one of these.
TEMPLATE_LEFTOVER = re.compile(r"\{\{.+?\}\}|\$\{.+?\}|<%.+?%>|\{[A-Za-z_]\w*(?:\.[A-Za-z_]\w*|\[\w*\])+\}")

# FHIR gives no limit; the columns that keep codes, systems and short texts have one.
SHORT_TEXT = 200


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field: its FHIRPath inside the resource, and a sentence for the person who imports."""

    field: str
    reason: str


class Element:
    """A JSON object, where it stands, and the list on which its problems are noted.

    Every question answers None (or an empty list) where the value is absent or unusable; unusable is noted.
    """

    __slots__ = ("path", "problems", "value")

    def __init__(self, value: dict[str, Any], path: str = "", problems: list[Problem] | None = None) -> None:
        """Wrap `value`, which stands at `path`; children share the list of problems."""
        self.value = value
        self.path = path
        self.problems: list[Problem] = [] if problems is None else problems

    def at(self, key: str) -> str:
        """Return the path of a field of this object."""
        return f"{self.path}.{key}" if self.path else key

    def refuse(self, key: str, reason: str) -> None:
        """Note a problem with a field (or with the object itself when `key` is empty)."""
        problem = Problem(self.at(key) if key else self.path, reason)
        if problem not in self.problems:  # a field that is read twice is wrong once
            self.problems.append(problem)

    def __contains__(self, key: str) -> bool:
        """Tell whether the field is there at all."""
        return key in self.value

    def text(self, key: str, limit: int | None = SHORT_TEXT) -> str:
        """Return a string without spaces around it, or '' where there is none; `limit` is its greatest length."""
        value = self.value.get(key)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.refuse(key, f"must be text, is {json_type(value)}")
            return ""
        wrong = unusable_text(value, limit)
        if wrong:
            self.refuse(key, wrong)
            return ""
        return value.strip()

    def number(self, key: str) -> float | int | None:
        """Return a number with the digits it came with."""
        value = self.value.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.refuse(key, f"must be a number, is {json_type(value)}")
            return None
        return value

    def boolean(self, key: str) -> bool | None:
        """Return true or false."""
        value = self.value.get(key)
        if value is None or isinstance(value, bool):
            return value
        self.refuse(key, f"must be true or false, is {json_type(value)}")
        return None

    def child(self, key: str) -> Element | None:
        """Return an object."""
        value = self.value.get(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.refuse(key, f"must be an object, is {json_type(value)}")
            return None
        return Element(value, self.at(key), self.problems)

    def children(self, key: str) -> list[Element]:
        """Return the objects of a list."""
        found = []
        for index, value in enumerate(self._list(key)):
            if isinstance(value, dict):
                found.append(Element(value, f"{self.at(key)}[{index}]", self.problems))
            else:
                self.refuse(f"{key}[{index}]", f"must be an object, is {json_type(value)}")
        return found

    def texts(self, key: str) -> list[str]:
        """Return the strings of a list, without the empty ones."""
        found = []
        for index, value in enumerate(self._list(key)):
            if value is None:  # FHIR's placeholder for an element that has only an extension
                continue
            if not isinstance(value, str):
                self.refuse(f"{key}[{index}]", f"must be text, is {json_type(value)}")
            elif wrong := unusable_text(value, SHORT_TEXT):
                self.refuse(f"{key}[{index}]", wrong)
            elif value.strip():
                found.append(value.strip())
        return found

    def _list(self, key: str) -> list[Any]:
        value = self.value.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self.refuse(key, f"must be a list, is {json_type(value)}")
            return []
        return value


def unusable_text(value: str, limit: int | None) -> str:
    """Say why a text cannot be kept, or return ''."""
    if "\x00" in value:
        return "holds a NUL character, which is not text"
    if TEMPLATE_LEFTOVER.search(value):
        return "holds a placeholder that the source's converter never filled"
    if limit is not None and len(value.strip()) > limit:
        return f"is longer than {limit} characters"
    return ""


def json_type(value: object) -> str:
    """Name the JSON type of a value for a message."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "text"
    return "a list" if isinstance(value, list) else "an object"
