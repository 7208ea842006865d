"""Findings as entries of the nurse's follow-up list: made once a measurement, closed when they are not so any more."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.utils import timezone

from records.models.follow_up import FollowUp
from records.recalculation.findings import Finding

DAYS_TO_ACT: Final = 14
NOT_SO: Final = "A correction or time has passed: the measurements do not say this any more."
NEWER: Final = "A newer measurement says the same."


def keep_follow_ups(students: Iterable[UUID], found: list[Finding], today: datetime.date) -> int:
    """Make the entries of these students' findings; return how many are new. `found` is in the order of days.

    Of several measurements that say the same the newest has the entry. An entry that somebody closed stays closed.
    """
    newest = {(one.student, one.kind): one for one in found}
    so = {(one.record, one.kind) for one in found}
    waiting = FollowUp.objects.filter(student__in=list(students), status=FollowUp.Status.OPEN)
    over: dict[str, list[UUID]] = {NOT_SO: [], NEWER: []}
    for entry in waiting.only("student_id", "record_id", "kind"):
        latest = newest.get((entry.student_id, FollowUp.Kind(entry.kind)))
        if (entry.record_id, entry.kind) not in so:
            over[NOT_SO].append(entry.pk)
        elif latest is not None and latest.record != entry.record_id:
            over[NEWER].append(entry.pk)
    now = timezone.now()
    for reason, entries in over.items():
        if entries:
            closed = FollowUp.objects.filter(pk__in=entries, status=FollowUp.Status.OPEN)
            closed.update(status=FollowUp.Status.CLOSED, closed_at=now, closing_reason=reason)
    if not newest:
        return 0
    records = [one.record for one in newest.values()]
    there = set(FollowUp.objects.filter(record__in=records).values_list("record_id", "kind"))
    made = [entry_of(one, today) for one in newest.values() if (one.record, one.kind) not in there]
    FollowUp.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def entry_of(one: Finding, today: datetime.date) -> FollowUp:
    """Return the entry of a finding, not saved yet."""
    return FollowUp(
        student_id=one.student,
        record_id=one.record,
        kind=one.kind,
        reason=one.reason[:200],
        since=one.date,
        due=today + datetime.timedelta(days=DAYS_TO_ACT),
    )
