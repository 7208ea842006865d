"""Models of the access app."""

from access.models.assignment import Assignment
from access.models.audit_event import AuditEvent
from access.models.audit_seal import AuditSeal
from access.models.user import User

__all__ = ["Assignment", "AuditEvent", "AuditSeal", "User"]
