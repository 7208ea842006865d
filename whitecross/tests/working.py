"""The service's Celery application with one task more: one that takes as long as a test wants, and says so."""

from __future__ import annotations

import time

from django.conf import settings
from redis import Redis

from whitecross.celery import app
from whitecross.env import redis_database

DIARY = "test-diary"


@app.task(name="whitecross.tests.working.work_for")
def work_for(seconds: float, name: str) -> None:
    """Work for some seconds; write into the diary when it begins and ends."""
    with diary() as kept:
        kept.rpush(DIARY, f"{name} begins")
    time.sleep(seconds)
    with diary() as kept:
        kept.rpush(DIARY, f"{name} ends")


def diary() -> Redis:
    """Return where the diary lies."""
    return Redis.from_url(redis_database(settings.REDIS_URL, 0))


def read_diary() -> list[str]:
    """Return what was written so far."""
    with diary() as kept:
        found: list[bytes] = kept.lrange(DIARY, 0, -1)
    return [line.decode() for line in found]
