"""References from one resource to another, in every form that R4 allows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from records.fhir.element import Element

# https://hl7.org/fhir/R4/references.html#literal: an optional server, a type, an id, an optional version.
LITERAL: Final = re.compile(r"(?:https?://\S+/)?([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(?:/_history/[A-Za-z0-9\-.]+)?")


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number and the URI of the system that gave it."""

    system: str
    value: str


@dataclass(frozen=True, slots=True)
class Reference:
    """What a reference points at.

    `url` is the reference as written, to be compared with an entry's fullUrl; `id` the logical id it names where it
    names one; `identifiers` those given beside or instead of it, or found in a contained resource.
    """

    url: str = ""
    id: str = ""
    identifiers: tuple[Identifier, ...] = ()

    @property
    def empty(self) -> bool:
        """Tell whether it points at nothing."""
        return not (self.url or self.id or self.identifiers)


def read_identifiers(element: Element, key: str = "identifier") -> tuple[Identifier, ...]:
    """Read a list of identifiers; one without system or value names nobody and is left out."""
    found = [_identifier(item) for item in element.children(key)]
    return tuple(dict.fromkeys(item for item in found if item))


def read_reference(resource: Element, key: str, target: str) -> Reference:
    """Read a reference to a resource of the type `target`; another type is a problem, an absent one is empty."""
    element = resource.child(key)
    if element is None:
        return Reference()
    url = element.text("reference")
    beside = element.child("identifier")
    logical = _identifier(beside) if beside else None
    given = (logical,) if logical else ()
    if url.startswith("#"):
        return Reference(identifiers=given + _contained(resource, element, url[1:], target))
    if url.startswith("urn:"):
        return Reference(url, url.removeprefix("urn:uuid:").removeprefix("urn:oid:"), given)
    if url.startswith(f"{target}?"):
        return Reference(identifiers=given + _conditional(url))
    match = LITERAL.fullmatch(url)
    if match and match[1] == target:
        return Reference(url, match[2], given)
    if match:
        element.refuse("reference", f"points at a {match[1]}, not at a {target}")
    elif url:
        element.refuse("reference", f"is not a reference that White Cross can follow ({url.split('/')[0][:40]}…)")
    return Reference(identifiers=given)


def _identifier(element: Element) -> Identifier | None:
    system, value = element.text("system"), element.text("value")
    return Identifier(system, value) if system and value else None


def _conditional(url: str) -> tuple[Identifier, ...]:
    """Return the identifier of a conditional reference such as Patient?identifier=system|value."""
    tokens = parse_qs(urlsplit(url).query).get("identifier", [])
    pairs = [token.partition("|") for token in tokens]
    return tuple(Identifier(system, value) for system, _, value in pairs if system and value)


def _contained(resource: Element, reference: Element, name: str, target: str) -> tuple[Identifier, ...]:
    """Return the identifiers of the contained resource with that id."""
    for inner in resource.children("contained"):
        if inner.value.get("id") == name:
            if inner.value.get("resourceType") != target:
                reference.refuse("reference", f"points at a contained resource that is not a {target}")
                return ()
            found = read_identifiers(inner)
            if not found:
                inner.refuse("identifier", "a contained Patient can be matched by identifier only, and has none")
            return found
    reference.refuse("reference", "points at a contained resource that is not there")
    return ()


def points_at(entry_url: str, resource: dict[str, Any]) -> tuple[str, ...]:
    """Return the keys under which other entries may refer to this resource: its fullUrl, and type/id."""
    name = resource.get("id")
    kind = resource.get("resourceType")
    keys = [entry_url] if entry_url else []
    if isinstance(name, str) and name:
        keys.append(f"{kind}/{name}")
    return tuple(keys)
