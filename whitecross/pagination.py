"""Pages of a list by the position of their last row: stable while rows are added, the same cost on every page.

Keyset pagination over all columns of the queryset's own order. DRF's CursorPagination was not enough: it remembers
only the first column, cannot pass rows without a date, and writes the position, here a child's name, into the
address. The cursor here is sealed (AES-GCM), so it can be neither read nor altered, and opens only at the address it
was made for.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.db.models import F, Field, Q, QuerySet
from django.db.models.expressions import OrderBy
from rest_framework import serializers
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from access.keys import NotSealed, key_ring

ROWS = 50
MOST_ROWS = 200


@dataclass(frozen=True, slots=True)
class Key:
    """One column of the order. Rows without a value come last, the only place for them here."""

    field: "Field[Any, Any]"
    descending: bool

    @property
    def name(self) -> str:
        """Return the column's name."""
        return self.field.name

    def order(self, *, backwards: bool) -> OrderBy:
        """Return the ORDER BY, or its exact reverse."""
        nulls_last = (not backwards or None) if self.field.null else None
        nulls_first = (backwards or None) if self.field.null else None
        return OrderBy(F(self.name), self.descending != backwards, nulls_first=nulls_first, nulls_last=nulls_last)

    def past(self, value: Any, *, backwards: bool) -> Q | None:
        """Return the condition for rows past `value` in that direction; None if there can be none."""
        if value is None:
            return Q(**{f"{self.name}__isnull": False}) if backwards else None
        step = Q(**{f"{self.name}__{'lt' if self.descending != backwards else 'gt'}": value})
        return step | Q(**{f"{self.name}__isnull": True}) if self.field.null and not backwards else step

    def equal(self, value: Any) -> Q:
        """Return the condition for rows with the same value."""
        return Q(**{f"{self.name}__isnull": True}) if value is None else Q(**{self.name: value})

    def not_before(self, value: Any, *, backwards: bool) -> Q:
        """Return a bound on this column alone, which lets an index start at the position; empty where there is none."""
        if self.field.null:
            return Q()
        return Q(**{f"{self.name}__{'lte' if self.descending != backwards else 'gte'}": value})


def keys_of(rows: QuerySet[Any]) -> list[Key]:
    """Return the columns that the queryset is ordered by. The last must be unique: the order has to be total."""
    keys = []
    for part in rows.query.order_by:
        if isinstance(part, OrderBy):
            column: Any = part.expression
            name, descending = column.name, part.descending
        else:
            name, descending = str(part).removeprefix("-"), str(part).startswith("-")
        keys.append(Key(rows.model._meta.get_field(name), descending))
    if not keys or not keys[-1].field.unique:
        raise TypeError("A list in pages needs an order that ends in a unique column.")
    return keys


def beyond(keys: Sequence[Key], values: Sequence[Any], *, backwards: bool) -> Q:
    """Return the condition for rows past the row with these values, column by column as a dictionary sorts."""
    found, equal = Q(), Q()
    for key, value in zip(keys, values, strict=True):
        if (step := key.past(value, backwards=backwards)) is not None:
            found |= equal & step
        equal &= key.equal(value)
    return keys[0].not_before(values[0], backwards=backwards) & found


@dataclass(frozen=True, slots=True)
class Asked:
    """What a caller asked for: how many rows, past which position, in which direction."""

    rows: int
    values: list[Any] | None
    backwards: bool


class KeysetPagination(BasePagination):
    """`{"next", "previous", "results"}`; `page_size` up to 200, `cursor` from next or previous."""

    request: Request
    rows = ROWS
    next_values: list[Any] | None = None
    previous_values: list[Any] | None = None

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """Return the rows of the page that was asked for, one statement. Raises ValidationError for senseless
        parameters."""
        self.request = request
        keys = keys_of(queryset)
        asked = self.asked(request, keys)
        size, backwards = asked.rows, asked.backwards
        if asked.values is not None:
            queryset = queryset.filter(beyond(keys, asked.values, backwards=backwards))
        rows = list(queryset.order_by(*(key.order(backwards=backwards) for key in keys))[: size + 1])
        more, page = len(rows) > size, rows[:size]
        if backwards:
            page.reverse()
        if page:
            first, last = ([getattr(row, key.field.attname) for key in keys] for row in (page[0], page[-1]))
            self.next_values = last if more or backwards else None
            self.previous_values = first if (more if backwards else asked.values is not None) else None
        return page

    def asked(self, request: Request, keys: Sequence[Key]) -> Asked:
        """Read the parameters; raise ValidationError with one entry for each that is senseless."""
        errors: dict[str, list[serializers.ErrorDetail]] = {}
        size, values, backwards = self.rows, None, False
        text = request.query_params.get("page_size")
        if text is not None:
            size = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0
            if not 1 <= size <= MOST_ROWS:
                errors["page_size"] = [serializers.ErrorDetail(f"Ask for 1 to {MOST_ROWS} rows.", code="invalid")]
        cursor = request.query_params.get("cursor")
        if cursor is not None:
            try:
                backwards, values = self.opened(cursor, keys)
            except (NotSealed, binascii.Error, ValidationError, ValueError, KeyError):
                sentence = "This is no cursor of this list. Start again without it, or follow next and previous."
                errors["cursor"] = [serializers.ErrorDetail(sentence, code="invalid")]
        if errors:
            raise serializers.ValidationError(errors)
        return Asked(rows=size, values=values, backwards=backwards)

    def opened(self, cursor: str, keys: Sequence[Key]) -> tuple[bool, list[Any]]:
        """Return direction and position of a cursor; raise ValueError or NotSealed if it is none of ours."""
        padded = cursor + "=" * (-len(cursor) % 4)
        sealed = base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True)
        backwards, *texts = orjson.loads(key_ring().unseal(sealed, about=self.about()))
        return bool(backwards), [key.field.to_python(text) for key, text in zip(keys, texts, strict=True)]

    def sealed(self, values: Sequence[Any], *, backwards: bool) -> str:
        """Return the cursor for a position."""
        sealed = key_ring().seal(orjson.dumps([backwards, *values]), about=self.about())
        return base64.urlsafe_b64encode(sealed).decode().rstrip("=")

    def about(self) -> bytes:
        """Return what a cursor is bound to: the address of this list."""
        return b"cursor " + self.request.path.encode()

    def link(self, values: Sequence[Any] | None, *, backwards: bool) -> str | None:
        """Return the address of the neighboring page, or None."""
        if values is None:
            return None
        cursor = self.sealed(values, backwards=backwards)
        return str(replace_query_param(self.request.build_absolute_uri(), "cursor", cursor))

    def get_paginated_response(self, data: Any) -> Response:
        """Answer the page."""
        return Response(
            {
                "next": self.link(self.next_values, backwards=False),
                "previous": self.link(self.previous_values, backwards=True),
                "results": data,
            }
        )

    def get_paginated_response_schema(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """Return the page's description for OpenAPI."""
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Return the parameters' description for OpenAPI."""
        size = {"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": ROWS}
        return [
            {"name": "page_size", "in": "query", "schema": size, "description": "Rows a page."},
            {
                "name": "cursor",
                "in": "query",
                "schema": {"type": "string"},
                "description": "Where the page begins; only from `next` and `previous`.",
            },
        ]
