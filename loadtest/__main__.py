"""The parts of `./dev loadtest` that need the service's settings: `python -m loadtest PART …` (loadtest/run.py)."""

import sys
from collections.abc import Sequence
from importlib import import_module

import django

from devtools.trouble import Trouble

# Each module has main(arguments) and says in its first lines what they are. Imported once Django is set up.
PARTS = {"world": "loadtest.world", "drive": "loadtest.drive", "report": "loadtest.report"}


def main(arguments: Sequence[str]) -> int:
    """Run a part and return its exit status; 2 for one that there is not."""
    if not arguments or arguments[0] not in PARTS:
        print(f"Name a part: {', '.join(PARTS)}. For a load test: ./dev loadtest.", file=sys.stderr)
        return 2
    django.setup()
    try:
        return int(import_module(PARTS[arguments[0]]).main(arguments[1:]))
    except Trouble as trouble:
        print(f"dev: {trouble}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
