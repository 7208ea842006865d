"""What `./dev bench [NAME…]` runs: the named benchmarks, or all of them; one JSON object a line."""

import json
import sys
from collections.abc import Sequence
from importlib import import_module

import django

from devtools.processes import end_cleanly_on_signals
from devtools.trouble import Trouble
from loadtest.bench import expectations
from loadtest.bench.rounds import Result

CHECK, UPDATE = "--check", "--update"
OPTIONS = {CHECK, UPDATE}

# Each module has run() -> Result. Imported when its turn comes, for some of them bring a lot.
BENCHES = {
    "growth": "loadtest.bench.growth",
    "recalculate": "loadtest.bench.recalculate",
    "search": "loadtest.bench.search",
    "import": "loadtest.bench.imports",
    "cache": "loadtest.bench.caching",
    "write": "loadtest.bench.writes",
    "summary": "loadtest.bench.summary",
    "page": "loadtest.bench.page",
    "memory": "loadtest.bench.memory",
    "outage": "loadtest.bench.outage",
}


def main(arguments: Sequence[str]) -> int:
    """Run the benchmarks and print what they find; 2 for a name that is none, 1 if one could not be run.

    With `--check` a table on standard error too, and 1 for a regression, 3 if the machine was too restless to tell;
    with `--update` what was measured is what the next check compares with.
    """
    options, names = set(arguments) & OPTIONS, [one for one in arguments if one not in OPTIONS]
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"There is no benchmark {', '.join(unknown)}. There are: {', '.join(BENCHES)}.", file=sys.stderr)
        return 2
    django.setup()
    results, failed = [], False
    for name in names or BENCHES:
        try:
            result: Result = import_module(BENCHES[name]).run()
        except Trouble as trouble:
            print(f"{name}: {trouble}", file=sys.stderr)
            failed = True
            continue
        print(json.dumps(result), flush=True)
        results.append(result)
    found = compare(results, options) if options else 0
    return 1 if failed else found


def compare(results: Sequence[Result], options: set[str]) -> int:
    """Check the results, keep them, or both; return the exit status."""
    expected, found = expectations.read(), 0
    if CHECK in options:
        lines = [line for result in results for line in expectations.check(result, expected.get(result["bench"], {}))]
        print(expectations.table(lines), file=sys.stderr)
        found = expectations.status(lines)
    if UPDATE in options:
        for result in results:
            if result["env"].get("noisy"):
                print(f"{result['bench']}: too noisy, what was expected stays.", file=sys.stderr)
            expected = expectations.updated(expected, result)
        expectations.write(expected)
    return found


if __name__ == "__main__":
    end_cleanly_on_signals()  # the servers that a benchmark started end with it
    sys.exit(main(sys.argv[1:]))
