"""The people of the demo district: six logins with an assignment each, and a superuser. Their password is public."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from access.models import Assignment, User
from access.roles import Counselor, DistrictNurse, IntegrationClient, Nurse, Role, SchoolAdministrator
from students.models import District, School

PASSWORD = "whitecross"
OAK_STREET, HARBOR_MIDDLE = "oak-street", "harbor-middle"
WORKS_SINCE = datetime.date(2020, 8, 1)


@dataclass(frozen=True, slots=True)
class Login:
    """A person or system that can log in; without a school, in the whole district."""

    username: str
    given: str
    family: str
    role: type[Role]
    school: str | None = None


LOGINS = (
    Login("nora", "Nora", "Bennett", Nurse, OAK_STREET),
    Login("stella", "Stella", "Marsh", Nurse, HARBOR_MIDDLE),
    Login("colin", "Colin", "Achebe", Counselor, OAK_STREET),
    Login("dana", "Dana", "Whitfield", DistrictNurse),
    Login("sam", "Sam", "Ortiz", SchoolAdministrator, OAK_STREET),
    Login("ivy", "Ivy", "Lindqvist", IntegrationClient, OAK_STREET),
)
SUPERUSER = ("admin", "Alex", "Morgan")
USERNAMES = (*(login.username for login in LOGINS), SUPERUSER[0])


def make_staff(district: District, schools: Mapping[str, School]) -> None:
    """Make the logins with their assignments, and the superuser; `schools` by code."""
    for login in LOGINS:
        user = User.objects.create(
            username=login.username,
            first_name=login.given,
            last_name=login.family,
            password=make_password(PASSWORD),
        )
        place = {"school": schools[login.school]} if login.school else {"district": district}
        Assignment.objects.create(user=user, role=login.role.code, starts_on=WORKS_SINCE, **place)
    username, given, family = SUPERUSER
    User.objects.create(
        username=username, first_name=given, last_name=family, password=make_password(PASSWORD),
        is_staff=True, is_superuser=True,
    )  # fmt: skip
