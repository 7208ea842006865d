"""Who may do what in the admin: what their roles permit, as everywhere else. Django's own permissions play no part.

`is_staff` opens the admin; behind it a superuser sees all, and everyone else the rows of the students and schools
where a role that they hold today permits it.
"""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar
from weakref import WeakKeyDictionary

from django.db.models import ForeignKey, Model, QuerySet
from django.forms import ModelChoiceField
from django.http import Http404, HttpRequest

from access.admin_lists import BoundedAdmin
from access.models import Assignment, User
from access.roles import Permission, permissions_of

Rows = TypeVar("Rows", bound=QuerySet[Any])

_held: WeakKeyDictionary[HttpRequest, frozenset[Permission]] = WeakKeyDictionary()
_writable: WeakKeyDictionary[HttpRequest, dict[tuple[type[Model], Any], bool]] = WeakKeyDictionary()


def person(request: HttpRequest) -> User:
    """Return who is logged in; the admin lets nobody else through."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def permissions_held(request: HttpRequest) -> frozenset[Permission]:
    """Return all that the person may do somewhere today; asked once a request."""
    if request not in _held:
        user = request.user
        if not isinstance(user, User) or not (user.is_active and user.is_staff):
            _held[request] = frozenset()
        elif user.is_superuser:
            _held[request] = frozenset(Permission)
        else:
            roles = Assignment.objects.filter(user=user).in_force().values_list("role", flat=True)
            _held[request] = permissions_of(roles)
    return _held[request]


class SuperuserAdmin(BoundedAdmin):
    """For superusers alone: logins, assignments, the audit trail."""

    def _is_superuser(self, request: HttpRequest) -> bool:
        return isinstance(request.user, User) and request.user.is_active and request.user.is_superuser

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether to show it at all."""
        return self._is_superuser(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whether the person is a superuser."""
        return self._is_superuser(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whether the person is a superuser."""
        return self._is_superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whether the person is a superuser."""
        return self._is_superuser(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whether the person is a superuser."""
        return self._is_superuser(request)


class RoleAdmin(BoundedAdmin):
    """Rows that a person sees where a role permits `reads`, and changes where one permits `writes` too.

    Nothing is deleted: there is a status, an end or an entry in error for everything.
    """

    reads: ClassVar[Permission]
    writes: ClassVar[Permission | None] = None

    def visible(self, rows: Rows, user: User, permission: Permission) -> Rows:
        """Keep the rows where a role of the person has the permission; not called for a superuser."""
        raise NotImplementedError

    def rows_for(self, request: HttpRequest, permission: Permission) -> QuerySet[Any]:
        """Return all rows for a superuser, for others those where they have the permission."""
        rows = super().get_queryset(request)
        user = person(request)
        return rows if user.is_superuser else self.visible(rows, user, permission)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows that the person may see."""
        return self.rows_for(request, self.reads)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return the row, or raise the same 404 for one that is not theirs as for one that does not exist."""
        found = super().get_object(request, object_id, from_field)
        if found is None:
            raise Http404
        return found

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField[Any] | None:
        """Offer and accept only rows that the person may write about."""
        related = self.admin_site.get_model_admin(db_field.related_model)
        if isinstance(related, RoleAdmin):
            kwargs["queryset"] = related.rows_for(request, self.writes or self.reads)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether to show it at all."""
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whether a role permits looking; which rows, `get_queryset` decides."""
        return self.reads in permissions_held(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whether a role permits writing somewhere; where, the choices of the form decide."""
        return self.writes in permissions_held(request) and self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whether a role permits writing, about this row if there is one."""
        if self.writes is None or not self.has_add_permission(request):
            return False
        if obj is None or person(request).is_superuser:
            return True
        known = _writable.setdefault(request, {})
        asked = (self.model, obj.pk)
        if asked not in known:
            known[asked] = self.rows_for(request, self.writes).filter(pk=obj.pk).exists()
        return known[asked]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Return False."""
        return False
