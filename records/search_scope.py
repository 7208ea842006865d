"""Where a person may search: the schools whose health records they read, and where the confidential ones too."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet

from access.gate import NotPermitted
from access.models import User
from access.roles import Permission
from records.models import HealthRecord
from students.models import School


@dataclass(frozen=True, slots=True)
class Scope:
    """The schools where a person may search, and those of them where they see confidential records too."""

    schools: tuple[UUID, ...]
    confidential_at: tuple[UUID, ...]

    @classmethod
    def of(cls, user: User, code: str = "") -> Scope:
        """Return where the person may search: one statement. Raises NotPermitted if that is nowhere, ValidationError
        on `school` if `code` names none of those schools."""
        confidants = School.objects.visible_to(user, Permission.CONFIDENTIAL_VIEW).filter(pk=OuterRef("pk"))
        readable = School.objects.visible_to(user, Permission.HEALTH_VIEW)
        rows = list(readable.order_by("pk").values_list("pk", "code", Exists(confidants)))
        if not rows:
            raise NotPermitted("Your role does not allow this.")
        chosen = [row for row in rows if row[1] == code] if code else rows
        if not chosen:
            raise ValidationError({"school": "None of your schools has this code."}, code="does_not_exist")
        return cls(
            schools=tuple(pk for pk, _, _ in chosen),
            confidential_at=tuple(pk for pk, _, confidential in chosen if confidential),
        )

    def records(self) -> QuerySet[HealthRecord]:
        """Return the records in it that stand, as they are now."""
        found = HealthRecord.objects.stands().filter(student__school__in=self.schools)
        return found.filter(Q(confidential=False) | Q(student__school__in=self.confidential_at))
