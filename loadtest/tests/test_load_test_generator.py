"""The generator finds what is wrong: against a service that answers everything with 200 and nothing rightly."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from loadtest.bench.apart import python_apart
from loadtest.drive import for_generator, locust

CHILD = "0192f000-0000-7000-8000-000000000001"
OTHER = "0192f000-0000-7000-8000-000000000002"


class Liar(BaseHTTPRequestHandler):
    """Takes what is written and forgets it; shows another child than was asked for."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path.startswith("/api/v1/auth/"):
            self.answer(200, {"access": "a", "refresh": "r"})
        else:
            self.answer(201, {"id": OTHER})

    def do_GET(self) -> None:
        if self.path.endswith("/health-summary/"):
            self.answer(200, {"student": {"id": OTHER}, "vitals": []})
        else:
            self.answer(200, {"results": []})

    def answer(self, status: int, content: object) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Cache", "hit")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def liar() -> Iterator[int]:
    """The port of such a service."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Liar)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def test_answers_that_are_wrong_in_their_content_are_failures(liar: int, tmp_path: Path) -> None:
    people = [{"username": f"person-{number}", "children": [CHILD]} for number in range(40)]
    world = {"password": "drawn", "people": people, "words": ["cough"], "today": "2026-03-02"}
    (tmp_path / "world.json").write_text(json.dumps(world))
    env = for_generator(tmp_path, {"users": 40, "length": "trial"})
    done = subprocess.run(
        locust(str(python_apart()), liar), env=env, cwd=env["PYTHONPATH"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found = {
        told["message"]: told["step"] for told in json.loads((tmp_path / "generator.json").read_text())["messages"]
    }
    assert found["the summary does not show what was just recorded"] == "summary after the write"
    assert found["the summary of another student"] == "health summary"
    lines = [line.split(",") for line in (tmp_path / "requests.csv").read_text().splitlines()]
    assert {failed for _, step, _, failed, _ in lines if step in ("login", "records", "record vitals")} == {"0"}
    assert {(failed, cache) for _, step, _, failed, cache in lines if step == "health summary"} == {("1", "hit")}
