"""The database that every test process clones: migrated once, made again only when what made it has changed."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from devtools.environment import owner_environment
from devtools.locks import Lock
from devtools.places import ROOT, state_folder
from devtools.run import manage_or_stop
from devtools.services import Services

TEMPLATE = "whitecross_template"
# Rows in these are never removed, not even by a test's clean-up; nor may the service's role.
AUDIT_TABLES = "access_audit%"


def refresh_template(given: Services) -> None:
    """Make the template unless it came from exactly these migrations and requirements."""
    wanted = _fingerprint()
    new = f"{TEMPLATE}_new"
    with Lock(state_folder("test") / "template.lock"), psycopg.connect(given.owner_url, autocommit=True) as owner:
        found = owner.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [TEMPLATE]
        ).fetchone()
        if found == (wanted,):
            return
        print("Making the test database from the migrations …", flush=True)
        drop_database(owner, new)
        owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(new)))
        at_new = in_database(given.owner_url, new)
        manage_or_stop(
            ["migrate", "--verbosity", "0", "--skip-checks"],
            owner_environment(given, DATABASE_URL=at_new, WHITECROSS_SILK="false"),
            "The test database could not be migrated",
        )
        if given.service_role:
            _let_tests_clean_up(at_new, given.service_role)
        owner.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(new), sql.Literal(wanted)))
        drop_database(owner, TEMPLATE)
        owner.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(new), sql.Identifier(TEMPLATE)))


def in_database(url: str, name: str) -> str:
    """Return the address of another database on the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def drop_database(connection: "psycopg.Connection[tuple[object, ...]]", name: str) -> None:
    """Drop a database if it is there, ending whatever sessions a killed test left in it."""
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _let_tests_clean_up(url: str, role: str) -> None:
    """Grant TRUNCATE, by which Django cleans up after tests with real transactions; the service has it nowhere else."""
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE %s", [AUDIT_TABLES]
        ).fetchall()
        for (table,) in tables:
            connection.execute(
                sql.SQL("GRANT TRUNCATE ON {} TO {}").format(sql.Identifier(table), sql.Identifier(role))
            )


def _fingerprint() -> str:
    """Return a hash of everything that a migrated empty database is made from."""
    seen = hashlib.sha256()
    for path in sorted(_sources()):
        seen.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes() + b"\0")
    return seen.hexdigest()


def _sources() -> Iterator[Path]:
    yield ROOT / "requirements.txt"
    yield Path(__file__)
    for app in ROOT.iterdir():
        if app.is_dir() and not app.name.startswith("."):
            for pattern in ("settings.py", "apps.py", "grants.py", "migrations/**/*.py", "**/*.sql"):
                yield from app.glob(pattern)
