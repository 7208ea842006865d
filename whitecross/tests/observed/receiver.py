"""A receiver of reports: takes Sentry's envelopes and OpenTelemetry's protobuf over real HTTP, and keeps every byte."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

HOST = "127.0.0.1"


class Receiver(ThreadingHTTPServer):
    """The receiver, with what came."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__((HOST, 0), Taker)
        self.came: list[tuple[str, bytes, bytes]] = []  # path, headers, body unpacked

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://{HOST}:{self.server_port}"

    @property
    def dsn(self) -> str:
        """The address in Sentry's form."""
        return f"http://key@{HOST}:{self.server_port}/1"

    def everything(self) -> bytes:
        """Return every byte that came, unpacked; text in JSON also as the letters that it stands for."""
        parts = [part.encode() if isinstance(part, str) else part for one in list(self.came) for part in one]
        letters = [json.dumps(item, ensure_ascii=False).encode() for item in self.items()]
        return b"\n".join((*parts, *letters))

    def items(self) -> list[Any]:
        """Return every line of JSON of Sentry's envelopes."""
        bodies = [body for path, _, body in list(self.came) if path == "/api/1/envelope/"]
        return [json.loads(line) for body in bodies for line in body.splitlines() if line]

    def events(self) -> list[dict[str, Any]]:
        """Return the errors."""
        return [item for item in self.items() if "exception" in item]

    def spans(self) -> list[Any]:
        """Return the spans."""
        bodies = [body for path, _, body in list(self.came) if path == "/v1/traces"]
        requests = [ExportTraceServiceRequest.FromString(body) for body in bodies]
        return [
            span
            for request in requests
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]


class Taker(BaseHTTPRequestHandler):
    """Takes one report."""

    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        self.server.came.append((self.path, str(self.headers).encode(), body))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def receiver() -> Iterator[Receiver]:
    """Run a receiver."""
    server = Receiver()
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
