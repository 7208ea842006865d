"""Lists that PostgreSQL writes as JSON text, so that nothing is read into Python only to be written out again."""

from django.db import models
from django.db.models import Subquery


class JsonRows(Subquery):
    """SQL: the rows of a `.values()` in their order, as the text of a JSON array of objects; [] for none."""

    template = "(SELECT coalesce(array_to_json(array_agg(found)), '[]')::text FROM (%(subquery)s) AS found)"
    output_field = models.TextField()


class JsonCounts(Subquery):
    """SQL: rows of `type` and `n` as the text of one JSON object; {} for none."""

    template = "(SELECT coalesce(json_object_agg(found.type, found.n), '{}')::text FROM (%(subquery)s) AS found)"
    output_field = models.TextField()
