"""Writing the audit trail: one row for each student shown or written about, before the data leaves.

A read's rows are committed by themselves; a write's rows belong to the writer's transaction, so both stand or fall.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection

from access.events import Action, Actor, Outcome
from access.request_id import current_request_id
from access.signals import audited

NOTE_MANY = """
    INSERT INTO access_auditevent (actor_id, student_id, action, door, outcome, reason, request_id)
    SELECT %s::bigint, student, %s, %s, %s, %s, %s FROM unnest(%s::uuid[]) AS student
"""
# The same about one student, for a write that is one statement and takes its row along in it: `WITH noted AS (…)`.
NOTE_WITHIN = """
    INSERT INTO access_auditevent (actor_id, student_id, action, door, outcome, reason, request_id)
    VALUES (%(by)s, %(student)s, %(action)s, %(door)s, 'granted', '', %(request_id)s)
"""


def note(
    by: Actor,
    action: Action,
    student_ids: Iterable[UUID],
    *,
    outcome: Outcome = Outcome.GRANTED,
    reason: str = "",
) -> None:
    """Write one row a student, in one statement; do nothing for no students."""
    ids = list(student_ids)
    if not ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            NOTE_MANY,
            [by.user_id, action.value, by.door.value, outcome.value, reason[:200], current_request_id(), ids],
        )
    audited.send(None, door=by.door.value, outcome=outcome.value, rows=len(ids))


def within(by: Actor, action: Action, student_id: UUID) -> dict[str, Any]:
    """Return the values of NOTE_WITHIN. Whoever ran the statement calls `noted_within`."""
    return {
        "by": by.user_id,
        "student": student_id,
        "action": action.value,
        "door": by.door.value,
        "request_id": current_request_id(),
    }


def noted_within(by: Actor) -> None:
    """Tell whoever counts that NOTE_WITHIN wrote its row."""
    audited.send(None, door=by.door.value, outcome=Outcome.GRANTED.value, rows=1)


def note_aggregate(by: Actor, action: Action) -> None:
    """Write one row about no student: numbers of many, from which none can be told, were shown."""
    with connection.cursor() as cursor:
        cursor.execute(
            NOTE_MANY,
            [by.user_id, action.value, by.door.value, Outcome.GRANTED.value, "", current_request_id(), [None]],
        )
    audited.send(None, door=by.door.value, outcome=Outcome.GRANTED.value, rows=1)
