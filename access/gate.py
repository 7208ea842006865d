"""The gate: the only way to a student's health data. No audit, no data.

One SQL statement checks that this person may do this with this student now, writes the audit row, and returns the
student's `health_version`. The cache key needs that version, so nothing can be read that was not recorded. The
person's login, assignments and their dates are read in the same statement: whoever is deactivated or reassigned is
out at the next request, whatever token they hold.

The SQL names the tables of students, which stand above this app; that keeps the gate one statement and imports one way.
"""

from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404
from django.utils import timezone

from access.events import Action, Actor, Outcome
from access.request_id import current_request_id
from access.roles import Permission, permissions_of, roles_that
from access.signals import audited

OPEN = """
WITH student AS (
    SELECT s.id, s.health_version, s.school_id, c.district_id
    FROM students_student s JOIN students_school c ON c.id = s.school_id
    WHERE s.id = %(student)s
), held AS (
    SELECT u.is_superuser AS everything,
           coalesce(array_agg(a.role::text) FILTER (WHERE a.role IS NOT NULL), '{}') AS roles
    FROM access_user u CROSS JOIN student
    LEFT JOIN access_assignment a ON a.user_id = u.id
        AND (a.school_id = student.school_id OR a.district_id = student.district_id)
        AND a.starts_on <= %(today)s::date AND (a.ends_on IS NULL OR a.ends_on >= %(today)s::date)
    WHERE u.id = %(actor)s AND u.is_active
    GROUP BY u.id
), verdict AS (
    SELECT CASE
               WHEN everything OR roles && %(permitted)s::text[] THEN 'granted'
               WHEN roles && %(seeing)s::text[] THEN 'forbidden'
               ELSE 'not_visible'
           END AS outcome, everything, roles
    FROM held
    UNION ALL
    SELECT 'not_visible', false, '{}' WHERE NOT EXISTS (SELECT FROM held)
), noted AS (
    INSERT INTO access_auditevent (actor_id, student_id, action, door, outcome, reason, request_id)
    SELECT %(actor)s::bigint, %(student)s::uuid, %(action)s, %(door)s, outcome, %(reason)s, %(request_id)s FROM verdict
)
SELECT verdict.outcome, verdict.everything, verdict.roles, student.health_version, student.school_id
FROM verdict LEFT JOIN student ON true
"""


class StudentNotVisible(Http404):
    """The student is not this person's, or does not exist: the answer is the same 404."""


class NotPermitted(PermissionDenied):
    """The student is this person's, but their role does not allow this: 403."""


@dataclass(frozen=True, slots=True)
class Pass:
    """What the gate gives: proof that the look is recorded, and what it may show."""

    by: Actor
    student_id: UUID
    school_id: UUID
    health_version: int
    permissions: frozenset[Permission]
    """All that this person may do with this student, for showing or leaving out what leads further."""
    day: date = field(default_factory=timezone.localdate)
    """The local day of the look, on which ages are told."""

    @property
    def confidential(self) -> bool:
        """Whether confidential rows may be shown."""
        return Permission.CONFIDENTIAL_VIEW in self.permissions


def in_transaction() -> bool:
    """Whether a transaction is open here that may yet roll back. The one that a test runs in does not count."""
    blocks: list[Any] = connection.atomic_blocks
    return bool(blocks) and not blocks[-1]._from_testcase  # noqa: SLF001  (as Django's own durable=True asks)


@cache
def roles_as_array(permission: Permission) -> str:
    """Return the roles that hold a permission as PostgreSQL writes an array: put together once, not at each look."""
    return "{" + ",".join(roles_that(permission)) + "}"


def open_student(by: Actor, student_id: UUID, permission: Permission, action: Action, *, reason: str = "") -> Pass:
    """Let the person through to one student, or raise StudentNotVisible or NotPermitted; each way leaves a row.

    Costs one statement. Raises RuntimeError inside a transaction: what it rolls back would not stay on record.
    """
    if in_transaction():
        raise RuntimeError("The gate was called inside a transaction. Open the student first, then begin to write.")
    today = timezone.localdate()
    with connection.cursor() as cursor:
        cursor.execute(
            OPEN,
            {
                "student": student_id,
                "actor": by.user_id,
                "today": today,
                "permitted": roles_as_array(permission),
                "seeing": roles_as_array(Permission.STUDENT_VIEW),
                "action": action.value,
                "door": by.door.value,
                "reason": reason[:200],
                "request_id": current_request_id(),
            },
        )
        outcome, everything, roles, version, school_id = cursor.fetchone() or (Outcome.NOT_VISIBLE, False, [], 0, None)
    audited.send(None, door=by.door.value, outcome=outcome, rows=1)
    if outcome == Outcome.NOT_VISIBLE or school_id is None:
        raise StudentNotVisible("There is no such student among yours.")
    if outcome == Outcome.FORBIDDEN:
        raise NotPermitted("Your role does not allow this.")
    held = frozenset(Permission) if everything else permissions_of(roles)
    return Pass(by, student_id, school_id, health_version=version, permissions=held, day=today)
