"""Writing a batch of resources about students: new rows, corrected rows, and what stays as it is."""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from access import audit
from access.events import Action, Actor
from records.fhir.element import Problem
from records.intake.aim import Aimed, aim
from records.intake.items import Answer, ClinicalItem
from records.intake.links import Links
from records.intake.report import Outcome
from records.intake.rows import Row, row_of
from records.intake.vital_sets import MOVED, VitalSet
from records.intake.vital_table import CHANGED_HERE, VitalTable
from records.models import Allergy, Condition, HealthRecord, SourceEntry, Vaccination
from records.models.clinical_entry import ENTERED_IN_ERROR, ROWS_A_STATEMENT
from students.models import Student
from students.models.among import Among

MODELS: Final[dict[str, type[Row]]] = {
    model._meta.label: model for model in (Allergy, Condition, HealthRecord, Vaccination)
}


@dataclass(slots=True)
class Writes:
    """The rows of one batch, collected before they are written."""

    new: dict[type[Row], list[Row]] = field(default_factory=lambda: defaultdict(list))
    corrected: dict[type[Row], list[Row]] = field(default_factory=lambda: defaultdict(list))
    fresh: list[SourceEntry] = field(default_factory=list)
    renewed: list[SourceEntry] = field(default_factory=list)
    touched: set[UUID] = field(default_factory=set)


@dataclass(slots=True)
class ClinicalWriter:
    """Writes batches of clinical resources for one import."""

    by: Actor
    links: Links
    started: datetime.datetime

    def write(self, items: list[ClinicalItem]) -> list[Answer]:
        """Write a batch and answer for each item; a fixed number of queries, and one audit row a student changed."""
        aimed = aim(items, self.links, self.started)
        targets = [target for target in aimed if isinstance(target, Aimed)]
        rows = rows_behind(targets)
        vitals = VitalTable(targets, self.by.user_id)
        writes = Writes()
        answers = [
            target if isinstance(target, Problem) else self._take(target, rows, vitals, writes) for target in aimed
        ]
        self._save(writes, vitals, [target.entry for target in targets if target.entry])
        return answers

    def settle(self) -> None:
        """Nothing outlives a batch."""

    def _take(self, target: Aimed, rows: dict[UUID, Row], vitals: VitalTable, writes: Writes) -> Answer:
        """Make of an item what it becomes, and say what happened to it."""
        if target.is_known:
            return Outcome.UNCHANGED
        stood_alone = target.entry is not None and not vitals.holds(target)
        row = rows.get(target.entry.target_id) if target.entry and stood_alone else None
        signs = target.vital_signs
        if signs:
            became: Row | VitalSet | Problem = vitals.place(target, signs)
            if row is not None and not isinstance(became, Problem):
                _correct(row, {"status": ENTERED_IN_ERROR, "status_reason": MOVED})
                writes.corrected[type(row)].append(row)
        else:
            left = vitals.leave(target)
            became = left if isinstance(left, Problem) else self._row(target, row, writes)
        if isinstance(became, Problem):
            return became
        self._remember(target, became.record if isinstance(became, VitalSet) else became, writes)
        return Outcome.UPDATED if target.entry else Outcome.CREATED

    def _row(self, target: Aimed, row: Row | None, writes: Writes) -> Row | Problem:
        """Return the item's row with its values set, a new one where it has none."""
        model, values = row_of(target.value, target.born)
        if row is None:
            row = model(student_id=target.student_id, created_by_id=self.by.user_id, **values)
            writes.new[model].append(row)
        elif target.entry and row.version > target.entry.target_version:
            return Problem("id", CHANGED_HERE)
        else:
            _correct(row, values)
            writes.corrected[model].append(row)
        return row

    def _remember(self, target: Aimed, row: Row, writes: Writes) -> None:
        """Note what the item became, so that the same content a second time changes nothing."""
        writes.touched.add(target.student_id)
        entry = target.entry
        if entry is None:
            entry = SourceEntry(
                student_id=target.student_id,
                resource_type=target.item.kind,
                source_id=target.value.source_id,
            )
            writes.fresh.append(entry)
        else:
            writes.renewed.append(entry)
        entry.digest, entry.imported_at = target.item.digest, timezone.now()
        entry.target_model, entry.target_id, entry.target_version = row._meta.label, row.pk, row.version

    def _save(self, writes: Writes, vitals: VitalTable, met: list[SourceEntry]) -> None:
        """Write everything; each student's next summary becomes a new one, once."""
        for vital_set in vitals.finished():
            (writes.new if vital_set.is_new else writes.corrected)[HealthRecord].append(vital_set.record)
            (writes.fresh if vital_set.is_new else writes.renewed).append(vital_set.entry)
        # Plain QuerySets: those of the models would make the students stale once for each statement.
        # Locked in the order of all writers (migration 0002): the rows to be corrected by id, then the students by id.
        for model, rows in writes.corrected.items():
            in_order = QuerySet[Row](model).filter(pk__in=Among(row.pk for row in rows)).order_by("pk")
            list(in_order.select_for_update(no_key=True).values_list("pk"))
        Student.objects.make_stale(writes.touched)
        for model, rows in writes.corrected.items():
            QuerySet[Row](model).bulk_update(rows, _written_fields(model), ROWS_A_STATEMENT)
        for model, rows in writes.new.items():
            QuerySet[Row](model).bulk_create(rows, ROWS_A_STATEMENT)
        SourceEntry.objects.bulk_create(writes.fresh)
        SourceEntry.objects.bulk_update(
            writes.renewed, ["digest", "imported_at", "target_model", "target_id", "target_version"]
        )
        SourceEntry.objects.filter(pk__in=[entry.pk for entry in met]).update(seen_at=timezone.now())
        audit.note(self.by, Action.RECORDS_IMPORTED, sorted(writes.touched))


def rows_behind(targets: list[Aimed]) -> dict[UUID, Row]:
    """Return the rows that corrected items became earlier; one query a model."""
    wanted: dict[str, list[UUID]] = defaultdict(list)
    for target in targets:
        if target.entry and not target.is_known:
            wanted[target.entry.target_model].append(target.entry.target_id)
    rows: dict[UUID, Row] = {}
    for label, ids in wanted.items():
        rows |= MODELS[label]._base_manager.in_bulk(ids)
    return rows


def _correct(row: Row, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    row.updated_at = timezone.now()


def _written_fields(model: type[Row]) -> list[str]:
    """Return the columns that a correction may change: all but keys, creation, and what the database computes."""
    fixed = {"id", "student", "created_by", "created_at"}
    return [column.name for column in model._meta.concrete_fields if column.name not in fixed and not column.generated]
