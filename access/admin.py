"""The admin of logins: people, their assignments, locked-out logins and second factors. For superusers alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from axes.utils import reset
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from access import admin_trail
from access.admin_access import SuperuserAdmin
from access.models import Assignment, User

if TYPE_CHECKING:
    AssignmentInline = admin.TabularInline[Assignment, User]
    AnyUserAdmin = DjangoUserAdmin[User]
else:
    AssignmentInline = admin.TabularInline
    AnyUserAdmin = DjangoUserAdmin

__all__ = ["admin_trail"]

# What other packages register and nobody needs here. Tokens and e-mail confirmations would be keys on a page.
for unneeded in (Group, EmailAddress, AccessLog, AccessFailureLog, BlacklistedToken, OutstandingToken):
    admin.site.unregister(unneeded)
for replaced in (AccessAttempt, Authenticator):
    admin.site.unregister(replaced)


class AssignmentsOfUser(AssignmentInline):
    """The assignments of one person: those there are to read, change by their link or remove; new ones to add."""

    model = Assignment
    fields = ("role", "school", "district", "starts_on", "ends_on")
    autocomplete_fields = ("school", "district")
    extra = 0
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Assignment]:
        """Read the places with the assignments."""
        return super().get_queryset(request).select_related("school", "district").order_by("-starts_on", "-id")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Return False: a widget for each row would ask the database for its label; the link leads to a form."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Return True: the page around it is for superusers."""
        return True

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Return True: see above."""
        return True

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Return True: a mistaken assignment must end at once; the log keeps that it was there."""
        return True


@admin.register(User)
class UserAdmin(SuperuserAdmin, AnyUserAdmin):
    """Logins. What one may see comes from the assignments below; nobody is deleted, a login is made inactive."""

    list_display = ("username", "first_name", "last_name", "is_active", "is_staff", "is_superuser", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser")
    search_fields = ("username", "first_name", "last_name", "email")
    search_help_text = "User name, name or e-mail address."
    ordering = ("username",)
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    inlines = (AssignmentsOfUser,)
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "email")}),
        (
            "Login",
            {
                "fields": ("is_active", "is_staff", "is_superuser", "last_login", "date_joined"),
                "description": "Make a login inactive when the person leaves. A superuser sees every student.",
            },
        ),
    )

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Return False: the audit trail must be able to say who a number was."""
        return False


@admin.register(Assignment)
class AssignmentAdmin(SuperuserAdmin):
    """Roles of people in schools and districts."""

    list_display = ("user", "role", "school", "district", "starts_on", "ends_on")
    list_filter = ("role", "starts_on", "ends_on")
    list_select_related = ("user", "school", "district")
    search_fields = ("user__username", "user__first_name", "user__last_name", "school__code", "district__code")
    search_help_text = "The person, or the code of the school or district."
    autocomplete_fields = ("user", "school", "district")
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Assignment]:
        """Read person and place with the assignment: its page shows them too."""
        return super().get_queryset(request).select_related("user", "school", "district")


@admin.register(AccessAttempt)
class LockedLoginAdmin(SuperuserAdmin):
    """Failed logins that count towards the lockout. Unlocking lets the person try again at once."""

    list_display = ("username", "ip_address", "failures_since_start", "attempt_time", "path_info")
    list_display_links = None
    search_fields = ("username", "ip_address")
    search_help_text = "User name or network address."
    ordering = ("-attempt_time",)
    actions = ("unlock",)
    list_defer = ("get_data", "post_data", "http_accept", "user_agent")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: the login page counts."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Return False."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Return False: unlocking removes them."""
        return False

    @admin.action(description="Unlock the selected logins")
    def unlock(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Forget the failed attempts of these people from these addresses."""
        attempts = set(queryset.values_list("username", "ip_address")[: self.list_max_show_all])
        for username, address in attempts:
            reset(username=username, ip=address)
        self.message_user(request, f"Unlocked: {len(attempts)}. They can log in again now.", messages.SUCCESS)


@admin.register(Authenticator)
class SecondFactorAdmin(SuperuserAdmin):
    """Second factors of people. Deleting one lets a person who lost their phone set up a new one."""

    list_display = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type",)
    list_select_related = ("user",)
    list_defer = ("data",)  # secrets
    search_fields = ("user__username",)
    ordering = ("-id",)
    fields = readonly_fields = ("user", "type", "created_at", "last_used_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: people set up their own."""
        return False
