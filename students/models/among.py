"""Any number of ids in one value."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import Func, UUIDField, Value


class Among(Func):
    """SQL (SELECT unnest(ids)): for `pk__in=Among(ids)`. As a plain list PostgreSQL takes 65,535 and no more."""

    template = "(SELECT unnest(%(expressions)s))"

    def __init__(self, ids: Iterable[UUID]) -> None:
        super().__init__(Value(list(ids), output_field=ArrayField(UUIDField())), output_field=UUIDField())
