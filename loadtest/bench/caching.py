"""Bench `cache`: the seed's traffic replayed against the service, its hit rate over that of an ideal cache.

The trace (loadtest.bench.trace): eight minutes, 8.3 visits a second as of 500 people with a visit a minute each, 300
students of three schools, 60 percent read, 30 write, 10 search. It is replayed request by request in this process:
real views, tokens, gate, audit rows, PostgreSQL and Redis. The hits are those that the service itself counts
(access.signals.cache_asked), of all its caches; an answer past the cache is no hit.

The replay is faster than the trace. The service's clock is not touched; instead, every five seconds of the trace, the
life that each cached value has left is shortened by what the replay was too fast (PEXPIRE), so that a value lives its
five minutes of the trace, to within five seconds. Both count from the sixth minute on: before, the cache fills.

    hit_rate_vs_ideal         the service's hit rate over that of an ideal cache that renews on write: all that a write
                              makes out of date is there again at once, for five minutes, and nothing is ever lost
    hit_rate                  the service's
    delete_on_write_vs_ideal  the positive control: the same replay with refresh on write switched off, over the same
                              ideal; it must look bad

One replay each: the trace and the ideal are the same each time, and how fast the machine is changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from math import inf
from time import monotonic
from typing import Any, Final
from uuid import UUID

from django.utils import timezone
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import AccessToken

from access.models import User
from access.signals import cache_asked
from loadtest.bench.district import CODE, ensure_district
from loadtest.bench.ideal import hit_rate
from loadtest.bench.rounds import Result, figure, machine
from loadtest.bench.trace import Request, trace
from records import freshness, refresh, rollout
from records.cached import phi_cache
from students.models import School

SECONDS, VISITS_A_SECOND, SCHOOLS, STUDENTS_A_SCHOOL = 480.0, 8.3, 3, 100
FILLED, STEP = 300.0, 5.0
WORDS: Final = (
    "fever", "cough", "headache", "nausea", "asthma", "inhaler", "rash", "allergy", "bee", "sting", "nosebleed",
    "ankle", "sprain", "ice", "bandage", "vision", "hearing", "dental", "lice", "vomiting", "dizzy", "insulin",
    "seizure", "anxiety", "sleep", "throat", "ear", "stomach", "parent", "rest",
)  # fmt: skip
LOOKS: Final = {"summary": "health-summary/", "records": "records/", "allergies": "allergies/", "vitals": "vitals/"}


@dataclass(slots=True)
class Replay:
    """Replays a trace against the service."""

    client: APIClient
    students: Sequence[UUID]
    schools: Sequence[str]
    asked: Counter[str] = field(default_factory=Counter)
    counting: bool = False

    @classmethod
    def prepared(cls) -> Replay:
        """Return a replay by somebody with a token, good for ten minutes; logging in is no part of it."""
        user, _ = User.objects.get_or_create(username="bench", defaults={"is_superuser": True})
        schools = list(School.objects.filter(district__code=CODE).order_by("code")[:SCHOOLS])
        students: list[UUID] = []
        for school in schools:
            students += school.students.order_by("pk").values_list("pk", flat=True)[:STUDENTS_A_SCHOOL]
        client = APIClient(SERVER_NAME="localhost")
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {AccessToken.for_user(user)}")
        return cls(client, students, [school.code for school in schools])

    def run(self, requests: Sequence[Request]) -> float:
        """Replay and return the share of hits that the service counted once the cache had filled."""
        phi_cache().clear()
        began, ahead, stepped = monotonic(), 0.0, 0.0
        with self.heard():
            for request in requests:
                if request.at >= stepped + STEP:
                    stepped = request.at
                    behind = request.at - ahead - (monotonic() - began)
                    grow_older(behind)
                    ahead += max(behind, 0.0)
                self.counting = request.at >= FILLED
                self.ask(request)
        return self.asked["hit"] / self.asked.total()

    @contextmanager
    def heard(self) -> Iterator[None]:
        """Count what the service says of its caches."""

        def hear(sender: object, *, result: str, **kwargs: Any) -> None:
            self.asked[result] += self.counting

        cache_asked.connect(hear)
        try:
            yield
        finally:
            cache_asked.disconnect(hear)

    def ask(self, request: Request) -> None:
        """Ask the service. Raises RuntimeError for any answer but the expected one."""
        if request.kind == "search":
            word, school = WORDS[request.about % len(WORDS)], self.schools[request.about // len(WORDS)]
            answer = self.client.get("/api/v1/records/search/", {"q": word, "school": school})
        else:
            place = f"/api/v1/students/{self.students[request.about]}/"
            if request.kind == "write":
                body = {"date": f"{timezone.localdate()}", "heart_rate": 80 + request.about % 20}
                answer = self.client.post(f"{place}vitals/", body, format="json")
            else:
                answer = self.client.get(f"{place}{LOOKS[request.kind]}")
        if answer.status_code not in (HTTPStatus.OK, HTTPStatus.CREATED):
            raise RuntimeError(f"{request.kind} was answered {answer.status_code}: nothing measured.")


def grow_older(seconds: float) -> None:
    """Let each cached value live so much shorter."""
    if seconds <= 0:
        return
    redis = phi_cache().client.get_client(write=True)
    keys = list(redis.scan_iter(count=1_000))
    with redis.pipeline(transaction=False) as pipeline:
        for key in keys:
            pipeline.pttl(key)
        lives = pipeline.execute()
        for key, left in zip(keys, lives, strict=True):
            pipeline.pexpire(key, max(int(left - seconds * 1000), 0))  # with 0 it is gone
        pipeline.execute()


@contextmanager
def without_refresh() -> Iterator[None]:
    """As a service that only makes out of date what was written, and leaves the rest to the next reader."""
    freshness.written.disconnect(dispatch_uid="refresh on write")
    try:
        yield
    finally:
        refresh.watch()


def run() -> Result:
    """Measure and return the ratios."""
    ensure_district()
    rollout.remember(rollout.Rollout(), inf)
    replay = Replay.prepared()
    requests = trace(
        seconds=SECONDS,
        visits_a_second=VISITS_A_SECOND,
        students=len(replay.students),
        words=len(WORDS) * len(replay.schools),
    )
    found = replay.run(requests)
    asked = dict(replay.asked)
    with without_refresh():
        bad = Replay.prepared().run(requests)
    ideal = hit_rate(requests, renewed=True, since=FILLED)
    ratios = {
        "hit_rate_vs_ideal": figure(found / ideal),
        "hit_rate": figure(found),
        "delete_on_write_vs_ideal": figure(bad / ideal),
    }
    env = {**machine(), "requests": len(requests), "asked": asked, "ideal_hit_rate": figure(ideal)}
    env["ideal_delete_on_write"] = figure(hit_rate(requests, renewed=False, since=FILLED))
    return Result(
        bench="cache", ratios=ratios, spread={name: [value, value] for name, value in ratios.items()}, env=env
    )
