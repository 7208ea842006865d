"""The servers under measurement: the production web server, several at once, each on a port of its own."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from devtools.places import ROOT, state_folder
from devtools.ports import HOST
from devtools.processes import undisturbed
from devtools.trouble import Trouble
from devtools.web_servers import APPLICATION, granian

READY_WITHIN, END_WITHIN = 60.0, 10.0  # seconds
# As in production, behind the proxy that ends TLS; no login or page knows of the demo.
PRODUCTION = {
    "WHITECROSS_ENVIRONMENT": "production",
    "WHITECROSS_DEMO": "false",
    "DEBUG": "false",
    "ALLOWED_HOSTS": HOST,
    "BEHIND_PROXY": "true",
}
FROM_THE_PROXY = {"Host": HOST, "X-Forwarded-Proto": "https"}


@dataclass(frozen=True, slots=True)
class Server:
    """What to start: settings, the WSGI callable, the path that answers 200 when it is ready."""

    name: str
    settings: str = "loadtest.baselines.service_settings"
    application: str = APPLICATION
    ready: str = "/health/ready"
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers."""

    name: str
    port: int
    pid: int

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> tuple[int, dict[str, str], bytes]:
        """Ask once; return status, headers by lower-case name, and body."""
        return self.send("GET", path, headers)

    def send(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """Send one request over a connection of its own."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=30)
        try:
            connection.request(method, path, body, {**FROM_THE_PROXY, **(headers or {})})
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()


def raw(method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> bytes:
    """Return a request as the bytes that the load generator sends."""
    lines = {**FROM_THE_PROXY, **(headers or {}), **({"Content-Length": str(len(body))} if body else {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body


@contextmanager
def serving(servers: Sequence[Server]) -> Iterator[dict[str, Running]]:
    """Start these servers, all at once, and end them with the block, whatever happens in it. Raises Trouble."""
    with ExitStack() as stack:
        started = []
        for server in servers:
            port, log = _free_port(), state_folder("bench") / f"{server.name}.log"
            process = _start(server, port, log)
            stack.callback(_end, process)
            started.append((server, Running(server.name, port, process.pid), process, log))
        for server, running, process, log in started:
            _wait(server, running, process, log)
        yield {running.name: running for _, running, _, _ in started}


def manage(server: Server, *arguments: str) -> None:
    """Run a command of manage.py as the server would. Raises Trouble if it fails."""
    env = {**os.environ, **PRODUCTION, "DJANGO_SETTINGS_MODULE": server.settings}
    done = subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=env, check=False, stdout=sys.stderr)
    if done.returncode:
        raise Trouble(f"manage.py {arguments[0]} ended with {done.returncode}; it tells why above.")


def _start(server: Server, port: int, log: Path) -> subprocess.Popen[bytes]:
    metrics = state_folder("bench") / f"prometheus-{server.name}"
    shutil.rmtree(metrics, ignore_errors=True)
    metrics.mkdir(mode=0o700)
    own = {"DJANGO_SETTINGS_MODULE": server.settings, "PROMETHEUS_MULTIPROC_DIR": str(metrics)}
    command = [server.application if part == APPLICATION else part for part in granian(port)]
    # Logs go to a file, as in production to a pipe: writing them is part of the work.
    with log.open("wb") as output:
        return subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **PRODUCTION, **own, **server.environment},
            stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
        )  # fmt: skip


def _wait(server: Server, running: Running, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline, last = time.monotonic() + READY_WITHIN, "no answer"
    while time.monotonic() < deadline and process.poll() is None:
        try:
            status, _, _ = running.get(server.ready)
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
            continue
        if status == http.HTTPStatus.OK:
            return
        last = f"status {status}"
        time.sleep(0.2)
    text = log.read_text(errors="replace")[-1500:]
    raise Trouble(f"The server {server.name} is not ready at {server.ready} ({last}). The end of {log}:\n{text}")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a server and everything it started."""
    with undisturbed():
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(END_WITHIN)
        with suppress(ProcessLookupError):  # all of its group have ended
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
