"""The people and places of the tests: Nora, Stella, Colin, Dana, Sam and Ivy, two schools, one child.

Plain functions, so that a test says what is special about its people; the fixtures of the root conftest.py make the
usual ones. They write through the ORM alone: what the actions do is for the tests to show.
"""

from __future__ import annotations

import datetime
from functools import cache
from typing import Any

from django.contrib.auth.hashers import make_password
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import AccessToken

from access.models import Assignment, User
from access.roles import Role
from students.models import District, School, Student

PASSWORD = "whitecross"


@cache
def hashed(password: str) -> str:
    """Return the hash of a password, made once: hashing is slow on purpose."""
    return make_password(password)


def make_district(code: str = "riverside", name: str = "Riverside Unified", **fields: Any) -> District:
    """Return the district with that code, made if it is not there."""
    return District.objects.get_or_create(code=code, defaults={"name": name, **fields})[0]


def make_school(code: str, name: str = "", *, district: District | None = None) -> School:
    """Return the school with that code, made if it is not there; in the usual district unless told."""
    named = {"name": name or code.replace("-", " ").title(), "district": district or make_district()}
    return School.objects.get_or_create(code=code, defaults=named)[0]


def make_staff(
    username: str,
    role: type[Role] | str | None,
    place: School | District | None = None,
    *,
    password: str = PASSWORD,
    starts_on: datetime.date | None = None,
    ends_on: datetime.date | None = None,
    **fields: Any,
) -> User:
    """Return a new login with that role at that school or in that district; with role None, a login without any."""
    user = User.objects.create(username=username, password=hashed(password), **fields)
    if role is not None:
        Assignment.objects.create(
            user=user,
            role=role if isinstance(role, str) else role.code,
            school=place if isinstance(place, School) else None,
            district=place if isinstance(place, District) else None,
            starts_on=starts_on or datetime.date(2020, 8, 1),
            ends_on=ends_on,
        )
    return user


def make_student(school: School, given_name: str = "Ana", family_name: str = "Alvarez", **fields: Any) -> Student:
    """Return a new student of that school: a third grader born on 2018-03-14 unless told."""
    usual = {
        "birth_date": datetime.date(2018, 3, 14),
        "sex": Student.Sex.FEMALE,
        "grade": Student.Grade.G03,
    }
    return Student.objects.create(school=school, given_name=given_name, family_name=family_name, **{**usual, **fields})


def api_client(user: User | None = None) -> APIClient:
    """Return a client of the API that holds a real access token of that person; without a person, none."""
    client = APIClient(raise_request_exception=False)
    if user is not None:
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {AccessToken.for_user(user)}")
    return client
