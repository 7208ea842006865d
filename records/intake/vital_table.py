"""The sets of vital signs that a batch adds to: found, begun, and brought to an end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from records.fhir.element import Problem
from records.fhir.observation import Observation
from records.intake.aim import Aimed
from records.intake.rows import IN_ERROR_AT_SOURCE
from records.intake.vital_sets import MOVED, SET, VitalSet, own_key, set_key
from records.models import HealthRecord, SourceEntry
from records.models.clinical_entry import ENTERED_IN_ERROR

CHANGED_HERE: Final = "was changed in White Cross since it was imported; the source's correction is not taken over that"


class VitalTable:
    """Knows the sets that the observations of a batch stand in, or may join."""

    def __init__(self, targets: list[Aimed], user_id: int | None) -> None:
        """Look the sets up; two queries."""
        self._user_id = user_id
        changed = [target for target in targets if isinstance(target.value, Observation) and not target.is_known]
        births = {target.student_id: target.born for target in changed}
        signs = [target.vital_signs for target in changed if target.vital_signs]
        entries = SourceEntry.objects.filter(
            Q(source_id__in={key(value) for value in signs for key in (set_key, own_key)})
            | Q(target_id__in=[target.entry.target_id for target in changed if target.entry]),
            student__in=births,
            resource_type=SET,
        )
        found = {entry.target_id: entry for entry in entries}
        records = HealthRecord._base_manager.in_bulk(list(found))
        self._by_record = {
            pk: VitalSet(record, found[pk], is_new=False, born=births[record.student_id])
            for pk, record in records.items()
        }
        self._by_key = {(s.entry.student_id, s.entry.source_id): s for s in self._by_record.values()}

    def holds(self, target: Aimed) -> bool:
        """Tell whether an earlier import put the observation into a set."""
        return target.entry is not None and target.entry.target_id in self._by_record

    def leave(self, target: Aimed) -> VitalSet | Problem | None:
        """Take an observation out of the set where an earlier import put it; None where it stands in none."""
        old = self._by_record.get(target.entry.target_id) if target.entry else None
        if old is None:
            return None
        if old.changed_here:
            return Problem("id", CHANGED_HERE)
        in_error = target.vital_signs and target.vital_signs.status == ENTERED_IN_ERROR
        old.take_out(target.value.source_id, reason=IN_ERROR_AT_SOURCE if in_error else MOVED)
        return old

    def place(self, target: Aimed, value: Observation) -> VitalSet | Problem:
        """Put an observation into the set it belongs to; one that was in error stays where it was, taken out."""
        old = self.leave(target)
        if isinstance(old, Problem) or (old and value.status == ENTERED_IN_ERROR):
            return old
        alone = value.status == ENTERED_IN_ERROR
        shared = None if alone else self._set(target, value, set_key(value))
        chosen = shared if shared and shared.is_open_to(value) else self._set(target, value, own_key(value))
        if not chosen.is_open_to(value):
            return Problem("id", CHANGED_HERE)
        chosen.add(value)
        return chosen

    def _set(self, target: Aimed, value: Observation, key: str) -> VitalSet:
        place: tuple[UUID, str] = (target.student_id, key)
        if place not in self._by_key:
            begun = VitalSet.begin(
                value, key=key, student_id=target.student_id, born=target.born, user_id=self._user_id
            )
            self._by_key[place] = self._by_record[begun.record.pk] = begun
        return self._by_key[place]

    def finished(self) -> Iterator[VitalSet]:
        """Yield the sets that changed, ready to be written."""
        for vital_set in self._by_key.values():
            if not vital_set.changed:
                continue
            vital_set.finish()
            if not vital_set.is_new:
                vital_set.record.version += 1
                vital_set.record.updated_at = vital_set.entry.imported_at = timezone.now()
                vital_set.entry.target_version = vital_set.record.version
            yield vital_set
