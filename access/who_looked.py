"""Who looked at a student: the audit trail in words, with the names that the rows themselves do not hold."""

import datetime
from dataclasses import dataclass
from uuid import UUID

from access.events import Action, Door, Outcome
from access.models import AuditEvent, User


@dataclass(frozen=True, slots=True)
class Look:
    """One row of the trail, for people."""

    at: datetime.datetime
    user: str
    """The login's name: full name where there is one; 'White Cross' for the system itself."""
    username: str
    action: Action
    door: Door
    outcome: Outcome
    reason: str

    @property
    def action_label(self) -> str:
        """Return what was done, in words."""
        return self.action.label

    @property
    def door_label(self) -> str:
        """Return the way in, in words."""
        return self.door.label

    @property
    def outcome_label(self) -> str:
        """Return what became of it, in words."""
        return self.outcome.label


def looks_at(student_id: UUID, *, start: int = 0, count: int = 50) -> list[Look]:
    """Return looks at one student, newest first; two statements, the second for the names."""
    rows = list(AuditEvent.objects.about(student_id)[start : start + count])
    people = User.objects.in_bulk({row.actor_id for row in rows if row.actor_id is not None})
    return [look(row, people.get(row.actor_id) if row.actor_id else None) for row in rows]


def look(row: AuditEvent, person: User | None) -> Look:
    """Put one row into words; a login that was deleted is called by its number."""
    if row.actor_id is None:
        name = username = "White Cross"
    elif person is None:
        name = username = f"login {row.actor_id} (deleted)"
    else:
        name, username = person.get_full_name() or person.username, person.username
    return Look(
        at=row.at,
        user=name,
        username=username,
        action=Action(row.action),
        door=Door(row.door),
        outcome=Outcome(row.outcome),
        reason=row.reason,
    )
