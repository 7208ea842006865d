"""A nurse who writes a heart rate, reads the summary twice at once, and compares; all the time, aside of the load."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Mapping
from http import HTTPStatus
from itertools import cycle
from types import TracebackType
from uuid import UUID

from django.utils import timezone

from devtools.trouble import Trouble
from loadtest.bench.serving import Running

PAUSE = 0.02  # seconds between two writes
RATES = range(60, 120)
READS = 2
TRIES = 2
LOST = (OSError, http.client.HTTPException)


class Witness:
    """Works from the beginning of the `with` block to its end."""

    def __init__(self, web: Running, bearer: Mapping[str, str], student: UUID) -> None:
        self.web, self.bearer = web, dict(bearer)
        self.path = f"/api/v1/students/{student}/"
        self.count: Counter[str] = Counter()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work)

    def seen(self) -> dict[str, int]:
        """Return what was seen so far."""
        return {
            name: self.count[name] for name in ("writes", "writes_refused", "reads", "asked_again", "errors", "wrong")
        }

    def seconds_until_hit(self, within: float) -> float:
        """Return how long it takes until a summary comes from the cache again. Raises Trouble if it does not."""
        started = time.monotonic()
        while time.monotonic() < started + within:
            status, headers, _ = self._ask("GET", "health-summary/")
            if status == HTTPStatus.OK and headers.get("x-cache") == "hit":
                return time.monotonic() - started
            time.sleep(0.05)
        raise Trouble(f"Nothing came from the cache within {within:.0f} seconds after it was back.")

    def _work(self) -> None:
        rates = cycle(RATES)
        while not self._ended.wait(PAUSE):
            rate = next(rates)
            self._write(rate)
            for _ in range(READS):
                status, _, body = self._ask("GET", "health-summary/")
                self.count["reads"] += 1
                if status != HTTPStatus.OK:
                    self.count["errors"] += 1
                else:
                    self.count["wrong"] += json.loads(body)["vitals"][0]["heart_rate"] != rate

    def _write(self, rate: int) -> None:
        """Write until it is written: 503 says that it may not be saved, and to look before it is sent again."""
        body = json.dumps({"date": timezone.localdate().isoformat(), "heart_rate": rate}).encode()
        while not self._ended.is_set():
            status, _, _ = self._ask("POST", "vitals/", body)
            if status == HTTPStatus.CREATED:
                self.count["writes"] += 1
                return
            if status != HTTPStatus.SERVICE_UNAVAILABLE:
                self.count["errors"] += 1
                return
            self.count["writes_refused"] += 1
            time.sleep(PAUSE)

    def _ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, dict[str, str], bytes]:
        """Ask; once more if the connection was lost, as browsers and proxies do."""
        head = self.bearer | ({"Content-Type": "application/json", "Content-Length": str(len(body))} if body else {})
        for _ in range(TRIES):
            try:
                return self.web.send(method, self.path + path, head, body or None)
            except LOST:
                self.count["asked_again"] += 1
                time.sleep(PAUSE)
        return 0, {}, b""

    def __enter__(self) -> Witness:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._ended.set()
        self._thread.join()
