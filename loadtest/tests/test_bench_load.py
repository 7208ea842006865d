"""The load generator: what it counts as an answer and what as an error, and that an error voids the run."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from devtools.trouble import Trouble
from loadtest.bench.load import Asked, Generator, Load, Volley, fire, whole
from loadtest.bench.serving import raw


class Talk(BaseHTTPRequestHandler):
    """Answers /STATUS with that status; /hit with a header, /long with much, /chunked in pieces, /drop not at all."""

    protocol_version = "HTTP/1.1"
    asked: list[str] = []

    def do_GET(self) -> None:
        type(self).asked.append(self.path)
        name = self.path.strip("/")
        if name == "drop":
            self.close_connection = True
            return
        body = b"x" * (300_000 if name == "long" else 10)
        self.send_response(int(name) if name.isdecimal() else 200)
        if name == "hit":
            self.send_header("X-Cache", "hit")
        if name == "chunked":
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"a\r\n" + body + b"\r\n0\r\n\r\n")
            return
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    """A server that answers as it is asked to."""
    Talk.asked = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Talk) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def asked(*paths: str, status: int = 200, header: bytes = b"") -> list[Asked]:
    return [Asked(raw("GET", path), status, header) for path in paths]


def test_every_answer_is_counted_and_none_more_than_asked_for(port: int) -> None:
    volley = fire(Load(port, asked("/a", "/b", "/c"), connections=4, most=30))
    assert (volley.answers, volley.errors) == (30, {})
    assert len(Talk.asked) == 30
    assert {path: Talk.asked.count(path) for path in ("/a", "/b", "/c")} == {"/a": 10, "/b": 10, "/c": 10}
    assert 0 < volley.percentile(0.5) <= volley.percentile(0.99) <= volley.seconds


def test_it_ends_when_the_time_is_over(port: int) -> None:
    volley = fire(Load(port, asked("/a"), connections=2, seconds=0.2))
    assert volley.checked("it").answers == len(Talk.asked) > 0


def test_long_answers_and_those_in_chunks_are_read_to_their_end(port: int) -> None:
    assert fire(Load(port, asked("/long", "/chunked"), connections=2, most=20)).checked("it").answers == 20


def test_another_status_than_the_right_one_is_an_error(port: int) -> None:
    volley = fire(Load(port, asked("/a", "/500"), connections=1, most=10))
    assert (volley.answers, volley.errors) == (1, {"status 500": 1})
    assert fire(Load(port, asked("/404", status=404), connections=1, most=5)).checked("it").answers == 5
    assert fire(Load(port, asked("/a", status=404), connections=3, most=5)).errors == {"status 200": 3}


def test_a_connection_that_is_closed_is_an_error(port: int) -> None:
    assert fire(Load(port, asked("/drop"), connections=2, most=10)).errors == {"connection closed": 2}


def test_an_answer_without_the_header_is_an_error(port: int) -> None:
    hit = b"\r\nx-cache: hit\r\n"
    assert fire(Load(port, asked("/hit", header=hit), connections=1, most=5)).checked("it").answers == 5
    assert sum(fire(Load(port, asked("/a", header=hit), connections=1, most=5)).errors.values()) == 1


def test_one_error_voids_the_run(port: int) -> None:
    volley = fire(Load(port, asked(*["/a"] * 9, "/500"), connections=1, most=10))
    with pytest.raises(Trouble, match="cached: 1 × status 500 beside 9 right answers"):
        volley.checked("cached")
    with pytest.raises(Trouble, match="no answer"):
        Volley().checked("cached")


def test_an_answer_whose_end_cannot_be_told_is_an_error() -> None:
    with pytest.raises(Exception, match="without a length"):
        whole(b"http/1.1 200 ok\r\n", b"", 0)


def test_the_generator_is_a_process_of_its_own(port: int) -> None:
    with Generator() as generator:
        assert generator.fire(Load(port, asked("/a"), connections=2, most=10)).checked("it").answers == 10
