"""What `./dev bench [NAME…]` runs: the named benchmarks, or all of them; one JSON object a line."""

import json
import sys
from collections.abc import Sequence
from importlib import import_module

import django

# Each module has run() -> Result. Imported when its turn comes, for some of them bring a lot.
BENCHES = {"growth": "loadtest.bench.growth", "search": "loadtest.bench.search"}


def main(names: Sequence[str]) -> int:
    """Run the benchmarks and print what they find; 2 for a name that is none."""
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"There is no benchmark {', '.join(unknown)}. There are: {', '.join(BENCHES)}.", file=sys.stderr)
        return 2
    django.setup()
    for name in names or BENCHES:
        print(json.dumps(import_module(BENCHES[name]).run()), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
