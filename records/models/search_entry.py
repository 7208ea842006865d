"""The search index: one narrow row for each health record that can be found."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db import models
from django.db.models import F, Q

# In kB. A search reads the list of what is not yet in the index proper; at PostgreSQL's 4 MB that costs it 3 ms.
PENDING_LIST = 256


def words_of(text: str) -> SearchQuery:
    """Return what a person typed as a question to the index: words, "a phrase", or, -not. Any text is a valid one."""
    return SearchQuery(text, config="english", search_type="websearch")


class SearchEntryQuerySet(models.QuerySet["SearchEntry"]):
    """Questions about the index."""

    def at(self, schools: Collection[UUID], *, confidential_at: Collection[UUID]) -> SearchEntryQuerySet:
        """Keep the records of these schools' students, confidential ones only where that is permitted."""
        # One school is an equation: only that lets the index (school, date) give the order.
        found = self.filter(school=next(iter(schools))) if len(schools) == 1 else self.filter(school__in=schools)
        hidden = set(schools) - set(confidential_at)
        if not hidden:
            return found
        if hidden == set(schools):
            return found.filter(confidential=False)
        return found.filter(Q(confidential=False) | Q(school__in=set(schools) - hidden))

    def holding(self, words: SearchQuery) -> SearchEntryQuerySet:
        """Keep the records whose text holds the words."""
        return self.filter(words=words)

    def newest_first(self) -> SearchEntryQuerySet:
        """Order by day, the newest first."""
        return self.order_by("-date", "-record_id")


class SearchEntry(models.Model):
    """What the search knows of a record: where, when, of which type, and its words.

    The database writes it (triggers, migration 0002): whoever writes a record and however, and whenever a student
    changes school. Records entered in error have no entry. docs/adr/0011-search.md says why it is a table of its own.
    """

    record = models.OneToOneField(
        "records.HealthRecord", primary_key=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    school = models.ForeignKey(
        "students.School", on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    date = models.DateField()
    type = models.CharField(max_length=30)
    confidential = models.BooleanField()
    words = SearchVectorField()

    objects = SearchEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "search entries"
        indexes = [
            # Serves the search in one school, newest first: common words are found while walking down it.
            models.Index(F("school"), F("date").desc(), F("record").desc(), name="search_entry_school_date"),
            # Serves the search in many schools, the same way.
            models.Index(F("date").desc(), F("record").desc(), name="search_entry_date"),
            # Serves the search for words that are not common, in one school or many.
            GinIndex(fields=["school", "words"], name="search_entry_words", gin_pending_list_limit=PENDING_LIST),
        ]

    def __str__(self) -> str:
        """Return the day: words and whose they are stay inside."""
        return f"{self.date:%Y-%m-%d}"
