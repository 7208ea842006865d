"""What `./dev` can do."""

import sys
from collections.abc import Callable, Sequence

from devtools.processes import end_cleanly_on_signals
from devtools.quality import lint, lock
from devtools.run import run
from devtools.shell import bench, load_test, manage, psql
from devtools.testing import test
from devtools.trouble import Trouble

COMMANDS: dict[str, tuple[Callable[[Sequence[str]], int], str]] = {
    "run": (run, "start White Cross with everything it needs; Ctrl-C stops all of it"),
    "test": (test, "run the tests on servers of their own; arguments go to pytest"),
    "manage": (manage, "run a management command, for example: ./dev manage import_fhir FOLDER"),
    "bench": (bench, "run the benchmarks, or those named; prints one JSON object a line"),
    "loadtest": (load_test, "put 500 people on the service and report what they met; --quick, --help"),
    "lint": (lint, "check style, formatting and types"),
    "lock": (lock, "compile requirements/*.in into the lock files (--upgrade for newer versions)"),
    "psql": (psql, "open the database as its owner"),
}


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status; without one, list them."""
    if not arguments or arguments[0] in ("help", "-h", "--help"):
        print("Usage: ./dev COMMAND …\n")
        for name, (_, meaning) in COMMANDS.items():
            print(f"  {name:10}{meaning}")
        return 0
    if arguments[0] not in COMMANDS:
        print(f"dev: there is no command {arguments[0]!r}. Commands: {', '.join(COMMANDS)}.", file=sys.stderr)
        return 2
    end_cleanly_on_signals()
    command, _ = COMMANDS[arguments[0]]
    try:
        return command(arguments[1:])
    except Trouble as trouble:
        print(f"dev: {trouble}", file=sys.stderr)
        return 1
    except PermissionError as error:
        print(
            f"dev: {error.filename} belongs to somebody else, probably because ./dev ran as another user before. "
            "Give it back with chown, or set WHITECROSS_STATE to a folder of your own.",
            file=sys.stderr,
        )
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
