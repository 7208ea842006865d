"""Who reads in the benchmarks: nurses of some schools of the generated district, by API and by page."""

from __future__ import annotations

import datetime
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.test import Client

from access.models import Assignment, User
from access.roles import Nurse
from devtools.trouble import Trouble
from loadtest.bench.district import CODE
from loadtest.bench.load import Asked
from loadtest.bench.serving import Running, raw
from students.models import School, Student

NURSES, STUDENTS_EACH = 4, 50
SUMMARY = "/api/v1/students/{}/health-summary/"


@dataclass(frozen=True, slots=True)
class Reader:
    """A nurse, the password of this run, and some students of the school."""

    user: User
    password: str
    students: tuple[UUID, ...]

    def bearer(self, service: Running) -> dict[str, str]:
        """Log in by API; return the header that holds the access token, good for ten minutes."""
        body = json.dumps({"username": self.user.username, "password": self.password}).encode()
        status, _, answer = service.send(
            "POST", "/api/v1/auth/token/", {"Content-Type": "application/json", "Content-Length": str(len(body))}, body
        )
        if status != HTTPStatus.OK:
            raise Trouble(f"{self.user.username} gets no token: status {status}. Nothing is measured.")
        return {"Authorization": f"Bearer {json.loads(answer)['access']}"}

    def cookie(self, backend: str | None = None) -> dict[str, str]:
        """Log in as on the login page; return the header that holds the session. `backend` knows the user again."""
        client = Client()
        client.force_login(self.user, backend)
        return {"Cookie": f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"}


class Readings:
    """The requests of readers by API, with tokens that are good for some minutes."""

    def __init__(self, people: list[Reader], service: Running) -> None:
        self.people, self.service = people, service
        self.tokens: dict[int, dict[str, str]] = {}

    def log_in(self) -> None:
        """Get a new token for each."""
        self.tokens = {person.user.pk: person.bearer(self.service) for person in self.people}

    def paths(self, path: str) -> list[tuple[str, dict[str, str]]]:
        """Return the path of each student with the header of the reader; `{}` stands for the student's id."""
        return [(path.format(student), self.tokens[person.user.pk]) for person, student in each(self.people)]

    def asks(self, path: str, header: bytes = b"", status: int = 200) -> list[Asked]:
        """Return the same as requests for the load generator."""
        return [Asked(raw("GET", one, head), status, header) for one, head in self.paths(path)]


def readers(students_each: int = STUDENTS_EACH) -> list[Reader]:
    """Return a nurse of each of the first schools, made if missing, with some of the school's students."""
    password = secrets.token_urlsafe()
    schools = School.objects.filter(district__code=CODE).order_by("code")[:NURSES]
    return [Reader(_nurse(school, password), password, _some_students(school, students_each)) for school in schools]


def each(people: list[Reader]) -> Iterator[tuple[Reader, UUID]]:
    """Return reader and student in turn: one of the first nurse, one of the second, …"""
    for row in zip(*(person.students for person in people), strict=False):
        yield from zip(people, row, strict=True)


def _nurse(school: School, password: str) -> User:
    user, _ = User.objects.update_or_create(
        username=f"bench-nurse-{school.code}"[:150], defaults={"password": make_password(password), "is_active": True}
    )
    Assignment.objects.get_or_create(
        user=user, role=Nurse.code, school=school, defaults={"starts_on": datetime.date(2020, 8, 1)}
    )
    return user


def _some_students(school: School, number: int) -> tuple[UUID, ...]:
    found = Student.objects.filter(school=school).enrolled().order_by("pk").values_list("pk", flat=True)
    return tuple(found[:number])
