"""Reading a health summary in tests: through the gate, as a door does, and straight from the database beside it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
import pytest
from redis.connection import AbstractConnection

from access.events import Action, Actor, Door
from access.gate import Pass, open_student
from access.models import User
from access.roles import Permission
from records.models import Allergy, Condition, HealthRecord, Vaccination
from records.summary import Summary, build, health_summary
from students.models import Student

DAY = datetime.date(2026, 3, 2)


def look(user: User, student: Student) -> Pass:
    """Go through the gate as a page does."""
    return open_student(Actor(user.pk, Door.PAGE), student.pk, Permission.HEALTH_VIEW, Action.HEALTH_SUMMARY_VIEWED)


def summary(user: User, student: Student) -> Summary:
    """Return the summary as a door shows it."""
    return health_summary(look(user, student))


def shown(user: User, student: Student) -> dict[str, Any]:
    """Return what a door shows, without the moment it was built."""
    return without_time(summary(user, student).data)


def true(student: Student) -> dict[str, Any]:
    """Return what the database holds, past every cache."""
    return without_time(orjson.loads(build(student.pk, confidential=True)))


def without_time(data: dict[str, Any]) -> dict[str, Any]:
    """Leave out when it was built."""
    return {key: value for key, value in data.items() if key != "as_of"}


def chart_something(student: Student) -> tuple[HealthRecord, Allergy, Condition, Vaccination]:
    """Return one row of each kind for the student."""
    return (
        HealthRecord.objects.create(student=student, type="VITAL_SIGNS_CHECK", date=DAY, vital={"heart_rate": 80}),
        Allergy.objects.create(student=student, allergen="Peanut", severity=Allergy.Severity.SEVERE),
        Condition.objects.create(student=student, name="Asthma"),
        Vaccination.objects.create(student=student, name="MMR", cvx="03", date=DAY),
    )


@contextmanager
def redis_trips(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Give the list of commands that this process sends to Redis inside the block."""
    sent: list[str] = []
    send = AbstractConnection.send_command

    def remember(connection: AbstractConnection, *args: Any, **kwargs: Any) -> None:
        sent.append(str(args[0]))
        send(connection, *args, **kwargs)  # type: ignore[no-untyped-call]  # redis-py

    with monkeypatch.context() as patch:
        patch.setattr(AbstractConnection, "send_command", remember)
        yield sent
