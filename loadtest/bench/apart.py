"""A Python of its own for packages that must not come near the service's: those of requirements-loadtest.txt."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from devtools.locks import Lock
from devtools.places import ROOT, state_folder
from devtools.trouble import Trouble

LOCK = ROOT / "requirements-loadtest.txt"


def python_apart() -> Path:
    """Return the Python that has the locked load test packages, after making its environment where it is missing."""
    folder = state_folder("loadtest")
    python, installed = folder / "venv" / "bin" / "python", folder / "installed.txt"
    with Lock(folder / "installing.lock"):  # tests side by side need it at once
        if not installed.exists() or installed.read_bytes() != LOCK.read_bytes():
            _install(folder, python)
            installed.write_bytes(LOCK.read_bytes())
    return python


def _install(folder: Path, python: Path) -> None:
    uv = [sys.executable, "-m", "uv"]
    environment = [*uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(folder / "venv")]
    packages = [*uv, "pip", "sync", "--quiet", "--python", str(python), "--require-hashes", str(LOCK)]
    for command in (environment, packages):
        if subprocess.run(command, cwd=ROOT, stdout=sys.stderr, check=False).returncode:
            raise Trouble(f"Cannot install {LOCK.name} into {folder}; uv tells why above. Nothing was measured.")


class Helper:
    """A program in the Python apart that answers a line of JSON with a line of JSON; ends with the `with` block."""

    def __init__(self, script: Path, arguments: Sequence[str] = ()) -> None:
        command = [str(python_apart()), str(script), *arguments]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> Helper:
        return self

    def ask(self, question: Any) -> Any:
        """Send a question and wait for its answer."""
        if self._process.stdin is None or self._process.stdout is None:
            raise Trouble("The helper has no pipes.")
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise Trouble(f"{self._process.args!r} ended with {self._process.wait()}; it tells why above.")
        return json.loads(answer)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
