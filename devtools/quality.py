"""`./dev lint` and `./dev lock`."""

import os
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence

from devtools.places import ROOT
from devtools.trouble import Trouble

LOCKS = {
    "service": "requirements.txt",
    "observe": "requirements-observe.txt",
    "dev": "requirements-dev.txt",
    "loadtest": "requirements-loadtest.txt",
}

# One lock for every system and Python; no index or file address in it, as everybody has their own.
COMPILE = (
    "uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header "
    "--no-emit-index-url --no-emit-find-links --override requirements/overrides.in"
).split()
# What the tests cannot judge: whether Prometheus accepts the rules, and whether they fire when they should.
ALERTS = [
    ["promtool", "check", "config", "ops/prometheus/prometheus.yml"],
    ["promtool", "test", "rules", "ops/prometheus/rules_test.yml"],
]
# mypy's Django plugin reads the settings, which insist on these; nothing is opened.
ENOUGH_FOR_SETTINGS = {
    "SECRET_KEY": "lint",
    "PHI_KEYS": "k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "DATABASE_URL": "postgres:///lint",
    "REDIS_URL": "redis:///0",
    "WHITECROSS_ENVIRONMENT": "development",
}


def lint(arguments: Sequence[str]) -> int:
    """Run every check of the source that needs no test; all of them, even after one failed."""
    if arguments:
        raise Trouble("./dev lint takes no arguments; for one file run .venv/bin/ruff or .venv/bin/mypy on it.")
    checks = [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy", "."]]
    settings = ROOT / "pyproject.toml"
    if settings.exists() and "djlint" in tomllib.loads(settings.read_text()).get("tool", {}):
        checks.append(["djlint", "--lint", "--quiet", "templates"])
    failed = [check for check in checks if _run(check)]
    failed += [check for check in ALERTS if _run_if_there(check)]
    if failed:
        print("Failed: " + "; ".join(shlex.join(check) for check in failed), file=sys.stderr)
    return 1 if failed else 0


def _run_if_there(command: Sequence[str]) -> int:
    """Run a program that is no Python package, or say that it is not here and what brings it."""
    if shutil.which(command[0]) is None:
        print(f"not run: {shlex.join(command)} ({command[0]} is not here; Debian: apt install prometheus)")
        return 0
    print("$", shlex.join(command), flush=True)
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def lock(arguments: Sequence[str]) -> int:
    """Compile requirements/*.in into the lock files; `--upgrade` takes newer versions than they hold now."""
    for source, target in LOCKS.items():
        status = _run([*COMPILE, *arguments, "--output-file", target, f"requirements/{source}.in"])
        if status:
            return status
    return 0


def _run(command: Sequence[str]) -> int:
    print("$", shlex.join(command), flush=True)
    environment = ENOUGH_FOR_SETTINGS | os.environ
    return subprocess.run([sys.executable, "-m", *command], cwd=ROOT, env=environment, check=False).returncode
