"""Batches: many entries in one transaction, and one by one where the database refuses some of them."""

from __future__ import annotations

from typing import Final, Generic, Protocol, TypeVar

from django.db import DataError, IntegrityError, transaction

from records.fhir.element import Problem
from records.intake.items import Answer, ClinicalItem, PersonItem, rejection
from records.intake.report import Report

Item = TypeVar("Item", bound=PersonItem | ClinicalItem)

# Enough that queries cost little each entry, few enough that memory and locks stay small.
BATCH: Final = 1000


class Writer(Protocol[Item]):
    """Writes a batch inside the transaction it is called in."""

    def write(self, items: list[Item]) -> list[Answer]:
        """Answer for each item; raise only what the database raises."""

    def settle(self) -> None:
        """Remember what the last batch did: it stands now."""


class Batches(Generic[Item]):
    """Collects items and writes them a batch at a time; what becomes of each goes to the report."""

    def __init__(self, writer: Writer[Item], report: Report, size: int = BATCH) -> None:
        """Write with `writer`, at most `size` items in one transaction."""
        self._writer = writer
        self._report = report
        self._size = size
        self._items: list[Item] = []
        self._names: set[tuple[str, str]] = set()

    def add(self, item: Item) -> None:
        """Add an item. The same resource twice never stands in one batch: the second must find the first."""
        name = (item.kind, item.value.source_id)
        if name in self._names or len(self._items) >= self._size:
            self.flush()
        self._items.append(item)
        self._names.add(name)

    def flush(self) -> None:
        """Write what is waiting."""
        items = self._items
        self._items, self._names = [], set()
        if not items:
            return
        try:
            answers = self._together(items)
        except (IntegrityError, DataError):
            # One of them is at fault, and it must not take the others with it.
            answers = [self._alone(item) for item in items]
        for item, answer in zip(items, answers, strict=True):
            if isinstance(answer, Problem):
                self._report.reject(rejection(item.place, item.kind, [answer]))
            else:
                self._report.count(item.kind, answer)

    def _together(self, items: list[Item]) -> list[Answer]:
        with transaction.atomic():
            answers = self._writer.write(items)
        self._writer.settle()
        return answers

    def _alone(self, item: Item) -> Answer:
        try:
            return self._together([item])[0]
        except (IntegrityError, DataError) as error:
            return refused_by_database(error)


def refused_by_database(error: IntegrityError | DataError) -> Problem:
    """Say which rule of the database an entry breaks; constraints are named after their rule."""
    diagnosis = getattr(error.__cause__, "diag", None)
    rule = getattr(diagnosis, "constraint_name", None)
    column = getattr(diagnosis, "column_name", None) or ""
    said = (
        str(rule).replace("_", " ") if rule else getattr(diagnosis, "message_primary", None) or "a value does not fit"
    )
    return Problem(column, f"the database refuses it: {said}")
