"""What Sentry and OpenTelemetry get to know: where it failed and how long it took, and nothing about a child.

The service runs in earnest (granian, a worker) and reports to a receiver of our own; every byte that comes is read.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote, urlencode
from uuid import UUID

import pytest
from celery import current_app
from django.conf import settings
from django.test import Client
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from rest_framework_simplejwt.tokens import AccessToken

from access.models import User
from devtools.ports import HOST
from metrics.tests.serving import PATIENCE, WORKER, until
from whitecross.observe.reporters import REPORTERS
from whitecross.tests.observed.receiver import Receiver, receiver

NAME, NOTES, NUMBER = "Zebulon Quackenbush", "wheezes after recess", "SN-77431"
STUDENT = UUID("01931f0e-7c3b-7d2a-9f00-00000000beef")
# Each in the ways in which it could be written.
PLANTED = {
    way.encode()
    for text in ("Zebulon", "Quackenbush", "wheezes", "recess", NUMBER, str(STUDENT), STUDENT.hex)
    for way in (text, text.lower(), text.upper(), quote(text))
}
WEB = (
    "whitecross.wsgi:application --interface wsgi --workers 1 --blocking-threads 2 --no-ws --log-level warning".split()
)


def environment(there: Receiver) -> dict[str, str]:
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "whitecross.tests.observed.settings",
        "SENTRY_DSN": there.dsn,
        "OTEL_EXPORTER_OTLP_ENDPOINT": there.address,
        "OTEL_BSP_SCHEDULE_DELAY": "200",
        "LOG_LEVEL": "CRITICAL",
    }


@contextmanager
def running(command: list[str], env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-m", *command], cwd=settings.BASE_DIR, env=env)  # noqa: S603
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)


def post(port: int, path: str, body: str, headers: dict[str, str]) -> int:
    connection = HTTPConnection(HOST, port, timeout=PATIENCE)
    try:
        connection.request("POST", path, body, headers | {"X-Guardian": NAME, "User-Agent": f"Kiosk of {NAME}"})
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def page(port: int, nora: User) -> int:
    """Ask for a page that fails, as Nora by her browser, with the child's data wherever it could be put."""
    client = Client()
    client.force_login(nora, "allauth.account.auth_backends.AuthenticationBackend")
    cookies = "; ".join(f"{name}={one.value}" for name, one in client.cookies.items())
    form = {"notes": f"{NOTES} ({NUMBER})", "name": NAME}
    return post(
        port,
        f"/observed/{STUDENT}/{quote(NAME)}/?{urlencode({'q': NAME, 'number': NUMBER})}",
        urlencode(form),
        {
            "Content-Type": "application/x-www-form-urlencoded; note=Zebulon",
            "Cookie": f"{cookies}; last={quote(NAME)}",
            "Referer": f"http://{HOST}/?q={quote(NAME)}",
            "X-Request-ID": "Zebulon-Quackenbush",
            "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "tracestate": "child=Zebulon",
            "baggage": "child=Zebulon,sentry-environment=Zebulon,sentry-trace_id=0af7651916cd43dd8448eb211c80319c",
            "sentry-trace": "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1",
        },
    )


def api(port: int, nora: User) -> int:
    """Ask the API for something that fails in the database, whose answer quotes the row."""
    body = json.dumps({"name": f"{NAME} {NUMBER}", "notes": NOTES})
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {AccessToken.for_user(nora)}"}
    return post(port, f"/observed/api/?q={quote(NAME)}", body, headers)


def answers(port: int) -> bool:
    connection = HTTPConnection(HOST, port, timeout=PATIENCE)
    try:
        connection.request("GET", "/health/live")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def port_of_its_own() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def web(there: Receiver) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    port = port_of_its_own()
    with running(["granian", *WEB, "--host", HOST, "--port", str(port)], environment(there)) as process:
        until(lambda: answers(port))
        yield port, process


def planted_in(there: Receiver) -> set[bytes]:
    found = there.everything()
    return {one for one in PLANTED if one in found}


def attributes(span: Span) -> dict[str, str]:
    return {one.key: one.value.string_value or str(one.value.int_value) for one in span.attributes}


@pytest.mark.django_db(transaction=True)
def test_a_request_that_fails_is_reported_without_anything_about_the_child(nora: User) -> None:
    with receiver() as there:
        with web(there) as (port, _):
            assert (page(port, nora), api(port, nora)) == (500, 500)
            assert post(port, f"/nowhere/{quote(NAME)}/?q={quote(NAME)}", "", {}) == 404
        # Everything has come, for the server has ended.
        assert planted_in(there) == set()
        by_route = {event["tags"]["route"]: event for event in there.events()}
        assert set(by_route) == {"page_fails", "api_fails"}

        # An error says of what kind it is, where, in which request, whose, and after which statements.
        of_page = by_route["page_fails"]
        assert of_page["transaction"] == "/observed/{student_id}/{name}/"
        assert of_page["user"] == {"id": str(nora.pk)}
        length = of_page["request"]["headers"].pop("content-length")
        assert int(length) > len(NOTES)
        assert of_page["request"] == {
            "method": "POST",
            "url": "/observed/{student_id}/{name}/",
            "headers": {"content-type": "application/x-www-form-urlencoded"},
        }
        kinds = [one["type"] for one in of_page["exception"]["values"]]
        assert kinds == ["KeyError", "NotForTheNurseError"]
        frame = of_page["exception"]["values"][-1]["stacktrace"]["frames"][-1]
        assert (frame["function"], frame["module"]) == ("page_fails", "whitecross.tests.observed.urls")
        assert "raise NotForTheNurseError" in frame["context_line"]
        statements = [crumb["message"] for crumb in of_page["breadcrumbs"]["values"]]
        assert "SELECT %s, ?" in statements
        assert "SELECT ? AS careless" in statements
        kinds = [one["type"] for one in by_route["api_fails"]["exception"]["values"]]
        assert kinds == ["UniqueViolation", "IntegrityError"]

        # A trace says how long each part took.
        spans = there.spans()
        roots = {attributes(span).get("http.route"): span for span in spans if span.kind == Span.SPAN_KIND_SERVER}
        root = roots["observed/<uuid:student_id>/<str:name>/"]
        assert root.name == "POST observed/<uuid:student_id>/<str:name>/"
        assert attributes(root)["http.status_code"] == "500"
        assert attributes(root)["http.target"] == "observed/<uuid:student_id>/<str:name>/"
        assert root.end_time_unix_nano > root.start_time_unix_nano
        assert root.status.code == Status.STATUS_CODE_ERROR
        (error,) = root.events
        told = {one.key: one.value.string_value for one in error.attributes}
        assert told["exception.type"].endswith("NotForTheNurseError")
        assert "in page_fails" in told["exception.stacktrace"]
        parts = [span for span in spans if span.parent_span_id == root.span_id]
        assert {span.trace_id for span in parts} == {root.trace_id}
        assert {attributes(span)["db.system"] for span in parts} == {"postgresql", "redis"}
        assert "SELECT ? AS careless" in {attributes(span)["db.statement"] for span in parts}
        assert {span.name for span in parts} >= {"SELECT", "SET", "MGET"}
        assert [span.name for span in spans if span.kind == Span.SPAN_KIND_SERVER].count("POST unmatched") == 1
        # Probes are not traced, nor statements that belong to nothing.
        assert "health/live" not in roots
        assert all(span.parent_span_id for span in spans if span.kind == Span.SPAN_KIND_CLIENT)


@pytest.mark.django_db(transaction=True)
def test_a_task_that_fails_is_reported_without_what_it_was_given() -> None:
    with receiver() as there:
        with running(["celery", *WORKER], environment(there)):
            current_app.send_task("whitecross.tests.observed.tasks.task_fails", args=[NAME], kwargs={"notes": NOTES})
            until(lambda: bool(there.events()))
        assert planted_in(there) == set()
        (event,) = there.events()
        assert event["transaction"] == "whitecross.tests.observed.tasks.task_fails"
        assert event["exception"]["values"][-1]["type"] == "NotForTheNurseError"
        assert event["exception"]["values"][-1]["stacktrace"]["frames"][-1]["function"] == "task_fails"
        (root,) = [span for span in there.spans() if span.kind == Span.SPAN_KIND_CONSUMER]
        assert root.name == "run/whitecross.tests.observed.tasks.task_fails"
        assert attributes(root)["celery.state"] == "FAILURE"
        assert root.status.code == Status.STATUS_CODE_ERROR
        assert {span.name for span in there.spans() if span.parent_span_id == root.span_id} >= {"SELECT", "SET", "MGET"}
        # A worker's steady look for new tasks belongs to none, and is not told.
        assert all(span.parent_span_id for span in there.spans() if span.kind == Span.SPAN_KIND_CLIENT)


@pytest.mark.django_db(transaction=True)
def test_a_receiver_that_is_away_changes_no_answer_and_holds_up_no_end(nora: User) -> None:
    with receiver() as there:
        pass  # its port is known, and nobody listens there any more
    with web(there) as (port, process):
        assert page(port, nora) == 500
        started = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)
        assert time.monotonic() - started < 10


def python(code: str, **env: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if name not in REPORTERS}
    command = [sys.executable, "-c", code]
    return subprocess.run(  # noqa: S603
        command, cwd=settings.BASE_DIR, env=inherited | env, capture_output=True, text=True, check=False
    )


def test_without_their_variables_nothing_of_them_is_imported() -> None:
    # redis-py itself looks for a part of OpenTelemetry that is installed here; what reports is more than that part.
    found = python(
        "import sys, whitecross.wsgi, whitecross.celery; whitecross.celery.report();"
        "print(sorted(m for m in sys.modules if m.startswith(('sentry_sdk', 'opentelemetry.instrumentation',"
        " 'opentelemetry.exporter', 'opentelemetry.proto', 'opentelemetry.sdk.trace', 'whitecross.observe.'))))"
    )
    assert found.stdout.strip() == "['whitecross.observe.reporters']", found.stderr


@pytest.mark.parametrize(
    ("variable", "value", "package"),
    [
        ("SENTRY_DSN", "http://key@127.0.0.1:9/1", "sentry_sdk"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9", "opentelemetry.sdk"),
    ],
)
def test_a_package_that_is_missing_stops_the_start_and_says_what_to_install(
    variable: str, value: str, package: str
) -> None:
    # As where only requirements.txt is installed: the name is found nowhere.
    hidden = package.split(".", maxsplit=1)[0]
    code = (
        "import importlib.util, sys; found = importlib.util.find_spec;"
        "importlib.util.find_spec = lambda name, *more:"
        f" None if name.startswith({hidden!r}) else found(name, *more);"
        "import whitecross.wsgi"
    )
    ended = python(code, **{variable: value})
    assert ended.returncode == 1
    last = ended.stderr.strip().splitlines()[-1]
    assert "ImproperlyConfigured" in last
    assert f"{variable} is set, but the package {package} is not installed" in last
    assert "requirements-observe.txt" in last
    assert (Path(settings.BASE_DIR) / "requirements-observe.txt").exists()


@pytest.mark.parametrize("value", ["x", "https://sentry.example.org/1", "https://secret-key@sentry.example.org/"])
def test_an_address_that_is_none_stops_the_start_without_showing_it(value: str) -> None:
    ended = python("import whitecross.wsgi", SENTRY_DSN=value)
    assert ended.returncode == 1
    assert "SENTRY_DSN is no address like https://key@sentry.example.org/1" in ended.stderr
    assert "secret-key" not in ended.stderr
