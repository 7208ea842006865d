"""The load generator, for locust in the Python apart: people of the staff on their three journeys.

Everybody logs in once and then does one journey after another: 60 in a hundred read, 30 write, 10 search. A step fails
if it is not answered as it should be, in status and in content; a write fails if its summary does not show it.
Imports nothing of the service: it knows White Cross by HTTP alone.
"""

from __future__ import annotations

import json
import os
import random
import time
from itertools import count
from pathlib import Path
from typing import Any, TextIO

import gevent
from locust import LoadTestShape, events
from locust.contrib.fasthttp import FastHttpUser
from locust.exception import RescheduleTask

from loadtest.plan import (
    ALLERGIES,
    BETWEEN,
    COME_A_SECOND,
    FIND,
    LOGIN,
    READ,
    RECORD,
    RECORDS,
    RENEW,
    RENEW_AFTER,
    SEARCH,
    SEEN,
    SUMMARY,
    THINK,
    VITALS,
    WEIGHTS,
    WRITE,
    load_at,
    phases,
)

FOLDER = Path(os.environ["LOADTEST_FOLDER"])
USERS, PHASES = int(os.environ["LOADTEST_USERS"]), phases(os.environ["LOADTEST_LENGTH"])
WORLD: dict[str, Any] = json.loads((FOLDER / "world.json").read_text())
NUMBERS = count()
VITALS_SHOWN = 5  # in the summary
# Enough to see what went wrong.
MESSAGES_KEPT = 50


class Log:
    """What came of each request: a line `second,step,milliseconds,failed,cache`; and what went wrong, in words."""

    def __init__(self) -> None:
        self.requests: TextIO = (FOLDER / "requests.csv").open("w")
        self.users: TextIO = (FOLDER / "users.csv").open("w")
        self.messages: dict[tuple[str, str], int] = {}
        self.begun = time.time()

    def request(self, name: str, response_time: float, response: Any, exception: Any, **more: Any) -> None:
        """Receive locust's event."""
        headers = getattr(response, "headers", None)
        cache = headers.get("X-Cache", "") if headers is not None else ""
        second = time.time() - self.begun
        print(f"{second:.3f},{name},{response_time:.2f},{int(exception is not None)},{cache}", file=self.requests)
        if exception is not None:
            key = (name, str(exception)[:200])
            if key in self.messages or len(self.messages) < MESSAGES_KEPT:
                self.messages[key] = self.messages.get(key, 0) + 1

    def watch(self, environment: Any) -> None:
        """Note the number of users each second."""
        while True:
            print(f"{time.time() - self.begun:.3f},{environment.runner.user_count}", file=self.users)
            gevent.sleep(1.0)

    def end(self, **more: Any) -> None:
        """Write down what is left."""
        self.requests.close()
        self.users.close()
        told = [{"step": step, "message": message, "count": n} for (step, message), n in self.messages.items()]
        (FOLDER / "generator.json").write_text(json.dumps({"begun": self.begun, "messages": told}))


LOG = Log()
events.request.add_listener(LOG.request)
events.quit.add_listener(LOG.end)


@events.test_start.add_listener  # type: ignore[untyped-decorator]  # locust is not installed where mypy runs
def begin(environment: Any, **more: Any) -> None:
    """Start the clock."""
    LOG.begun = time.time()
    gevent.spawn(LOG.watch, environment)


class Shape(LoadTestShape):  # type: ignore[misc]
    """The rise and fall of the plan."""

    def tick(self) -> tuple[int, float] | None:
        """Return how many users there are to be, and how many may come or go a second."""
        load = load_at(PHASES, time.time() - LOG.begun)
        if load is None:
            return None
        users = max(1, round(load.share * USERS))
        return users, COME_A_SECOND if users >= self.get_current_user_count() else float(USERS)


class Person(FastHttpUser):  # type: ignore[misc]
    """A nurse with a login of her own, at one school."""

    connection_timeout = network_timeout = 60.0

    def on_start(self) -> None:
        """Come to work."""
        person = WORLD["people"][next(NUMBERS) % len(WORLD["people"])]
        self.credentials = {"username": person["username"], "password": WORLD["password"]}
        self.children: list[str] = person["children"]
        self.headers: dict[str, str] = {}
        self.log_in()

    def log_in(self) -> None:
        """Get tokens for the password."""
        with self.asked("POST", "auth/token/", LOGIN, json=self.credentials) as answer:
            self.remember(answer)

    def remember(self, answer: Any) -> None:
        """Keep the tokens of an answer; none if it brought none."""
        tokens = self.content(answer, 200)
        self.headers = {"Authorization": f"Bearer {tokens['access']}"} if tokens else {}
        self.refresh, self.since = tokens["refresh"] if tokens else "", time.time()

    def wait_time(self) -> float:
        """Return the seconds to the next child."""
        return random.uniform(*BETWEEN) / self.pace()

    def think(self) -> None:
        """Look at what came."""
        gevent.sleep(random.uniform(*THINK) / self.pace())

    def pace(self) -> float:
        """Return how many times as fast as usual everybody works now."""
        load = load_at(PHASES, time.time() - LOG.begun)
        return load.pace if load else 1.0

    def begin_journey(self) -> str:
        """Return the child that it is about; with a token that lasts. Without one the journey is left for later."""
        if not self.headers:
            self.log_in()
        elif time.time() - self.since > RENEW_AFTER:
            with self.asked("POST", "auth/token/refresh/", RENEW, json={"refresh": self.refresh}) as answer:
                self.remember(answer)
        if not self.headers:
            raise RescheduleTask
        return random.choice(self.children)

    def read(self) -> None:
        """Look at one child: the summary, then its records, allergies and vital signs."""
        child = self.begin_journey()
        with self.asked("GET", f"students/{child}/health-summary/", SUMMARY) as answer:
            found = self.content(answer, 200)
            if found and found["student"]["id"] != child:
                answer.failure("the summary of another student")
        for step in (RECORDS, ALLERGIES, VITALS):
            self.think()
            with self.asked("GET", f"students/{child}/{step}/", step) as answer:
                found = self.content(answer, 200)
                if found and not isinstance(found["results"], list):
                    answer.failure("no list")

    def write(self) -> None:
        """Take a child's vital signs, and see them in its summary."""
        child = self.begin_journey()
        with self.asked("POST", f"students/{child}/vitals/", RECORD, json=vital_signs()) as answer:
            made = self.content(answer, 201)
        if not made:
            return
        with self.asked("GET", f"students/{child}/health-summary/", SEEN) as answer:
            found = self.content(answer, 200)
            if found and not shows(found["vitals"], made["id"]):
                answer.failure("the summary does not show what was just recorded")

    def search(self) -> None:
        """Look for a word that stands in many records of every school."""
        self.begin_journey()
        word = random.choice(WORLD["words"])
        with self.asked("GET", f"records/search/?q={word}", FIND) as answer:
            found = self.content(answer, 200)
            if found and not found["results"]:
                answer.failure("nothing found")

    def asked(self, method: str, path: str, step: str, **more: Any) -> Any:
        """Send a request of a step; what it is worth is decided in the `with` block."""
        return self.client.request(
            method, f"/api/v1/{path}", name=step, headers=self.headers, catch_response=True, **more
        )

    def content(self, answer: Any, status: int) -> Any:
        """Return the JSON of an answer with the status it should have; else fail the step and return None."""
        if answer.status_code == 0:
            answer.failure(f"no answer ({type(answer.error).__name__})")
            return None
        if answer.status_code != status:
            answer.failure(f"status {answer.status_code} where {status} was due")
            return None
        try:
            return answer.json()
        except ValueError:
            answer.failure("no JSON")
            return None

    tasks = {read: WEIGHTS[READ], write: WEIGHTS[WRITE], search: WEIGHTS[SEARCH]}


def vital_signs() -> dict[str, Any]:
    """Return a set of vital signs as a nurse types them on a usual day."""
    return {
        "date": WORLD["today"],
        "temperature": {"value": round(random.uniform(97.2, 99.6), 1), "unit": "F"},
        "heart_rate": random.randint(68, 104),
        "respiratory_rate": random.randint(16, 22),
        "oxygen_saturation": random.randint(96, 100),
        "note": "Seen in the health office.",
    }


def shows(vitals: list[dict[str, Any]], made: str) -> bool:
    """Say whether a summary shows a record of today, or as many newer ones as it has room for.

    Others may have recorded about the same child meanwhile; ids grow with time.
    """
    ids = [one["id"] for one in vitals]
    return made in ids or (len(ids) == VITALS_SHOWN and all(one > made for one in ids))
