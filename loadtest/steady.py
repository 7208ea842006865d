"""A modest, steady load that counts what went wrong: for restarts, which nobody should notice.

Some callers keep their connection, as a proxy or a program does, and some open one for each request, as a first visit
does. Before it uses a kept connection again a caller looks whether the other side has closed it, as browsers, urllib3
and proxies do; nothing is ever asked twice.
"""

from __future__ import annotations

import http.client
import json
import select
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

PATIENCE = 30.0  # seconds


@dataclass(frozen=True, slots=True)
class Question:
    """One request, and the status that it should get."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any = None
    due: int = 200

    def put_to(self, connection: http.client.HTTPConnection) -> str:
        """Ask; return "" for the answer that was due, else what went wrong."""
        body = None if self.body is None else json.dumps(self.body)
        more = {} if body is None else {"Content-Type": "application/json"}
        try:
            connection.request(self.method, self.path, body, self.headers | more)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            return f"{self.method} {type(error).__name__}"
        return "" if answer.status == self.due else f"{self.method} {answer.status}"


@dataclass
class SteadyLoad:
    """Callers that ask these questions in turn until the `with` block ends; one of them on each port in turn."""

    host: str
    ports: Sequence[int]
    questions: Sequence[Question]
    keeping: int = 3
    fresh: int = 3
    pause: float = 0.02  # seconds
    answered: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0  # seconds

    def __enter__(self) -> SteadyLoad:
        self._ended = threading.Event()
        callers: list[Callable[[int], None]] = [self._keep for _ in range(self.keeping)]
        callers += [self._come_anew for _ in range(self.fresh)]
        self._threads = [threading.Thread(target=call, args=(number,)) for number, call in enumerate(callers)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _keep(self, number: int) -> None:
        connection = self._connection(number)
        while not self._ended.wait(self.pause):
            if closed(connection):
                connection.close()
            number = self._ask(connection, number)
        connection.close()

    def _come_anew(self, number: int) -> None:
        while not self._ended.wait(self.pause):
            connection = self._connection(number)
            number = self._ask(connection, number)
            connection.close()

    def _connection(self, number: int) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self.host, self.ports[number % len(self.ports)], timeout=PATIENCE)

    def _ask(self, connection: http.client.HTTPConnection, number: int) -> int:
        question = self.questions[number % len(self.questions)]
        started = time.monotonic()
        if trouble := question.put_to(connection):
            self.failed[trouble] += 1
            connection.close()
        else:
            self.answered[question.method] += 1
            self.slowest = max(self.slowest, time.monotonic() - started)
        return number + 1


def closed(connection: http.client.HTTPConnection) -> bool:
    """Whether the other side has closed a connection that nobody uses just now."""
    sock = connection.sock
    return sock is not None and bool(select.select([sock], [], [], 0)[0])
