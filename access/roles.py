"""Who may do what: one enum of permissions, one class a role with a sentence that explains it."""

from collections.abc import Iterable
from enum import StrEnum
from typing import ClassVar


class Permission(StrEnum):
    """What a person may do with the students of the schools they are assigned to."""

    STUDENT_VIEW = "student_view"
    STUDENT_EDIT = "student_edit"
    CONTACT_VIEW = "contact_view"
    HEALTH_VIEW = "health_view"
    HEALTH_RECORD = "health_record"
    CONFIDENTIAL_VIEW = "confidential_view"
    ACCESS_LOG_VIEW = "access_log_view"


class Role:
    """A role: its code in the database, its name, a sentence for people, and what it permits."""

    code: ClassVar[str]
    name: ClassVar[str]
    sentence: ClassVar[str]
    permissions: ClassVar[frozenset[Permission]]


class Nurse(Role):
    """The school nurse."""

    code = "nurse"
    name = "Nurse"
    sentence = "Keeps the health records of one school and sees everything in them."
    permissions = frozenset(Permission)


class DistrictNurse(Role):
    """The nurse above the school nurses."""

    code = "district_nurse"
    name = "District nurse"
    sentence = "Does what a nurse does, in every school of the district."
    permissions = frozenset(Permission)


class Counselor(Role):
    """The school counselor."""

    code = "counselor"
    name = "Counselor"
    sentence = "Reads health records of one school, the confidential ones included, and writes none."
    permissions = frozenset(
        {
            Permission.STUDENT_VIEW,
            Permission.CONTACT_VIEW,
            Permission.HEALTH_VIEW,
            Permission.CONFIDENTIAL_VIEW,
        }
    )


class SchoolAdministrator(Role):
    """The principal or the office."""

    code = "school_administrator"
    name = "School administrator"
    sentence = "Sees who is enrolled, how to reach the family and who looked at a record, but no health data."
    permissions = frozenset(
        {
            Permission.STUDENT_VIEW,
            Permission.STUDENT_EDIT,
            Permission.CONTACT_VIEW,
            Permission.ACCESS_LOG_VIEW,
        }
    )


class IntegrationClient(Role):
    """Another system that exchanges records through the API."""

    code = "integration_client"
    name = "Integration client"
    sentence = "A system that reads and writes students and health records of its schools, never the confidential ones."
    permissions = frozenset(
        {
            Permission.STUDENT_VIEW,
            Permission.STUDENT_EDIT,
            Permission.HEALTH_VIEW,
            Permission.HEALTH_RECORD,
        }
    )


ROLES: dict[str, type[Role]] = {
    role.code: role for role in (Nurse, DistrictNurse, Counselor, SchoolAdministrator, IntegrationClient)
}
ROLE_CHOICES = [(role.code, role.name) for role in ROLES.values()]


def permissions_of(roles: Iterable[str]) -> frozenset[Permission]:
    """Return all that the roles with these codes permit together."""
    return frozenset().union(*(ROLES[code].permissions for code in roles))


def roles_that(permit: Permission) -> list[str]:
    """Return the codes of the roles that hold the permission."""
    return [role.code for role in ROLES.values() if permit in role.permissions]
