"""The database roles of a private PostgreSQL, as production should have them: who owns is not who serves."""

import psycopg
from psycopg import sql

from devtools.keys import Keys

SUPERUSER = "postgres"
OWNER = "whitecross_owner"  # owns the database and migrates it; may make databases for tests
SERVICE = "whitecross"  # what the web server and the workers are: no DDL, no way to alter the audit trail
# pg_stat_statements needs a superuser, the others would do with the owner. In template1 every later database has them.
EXTENSIONS = ("pg_trgm", "unaccent", "btree_gin", "pg_stat_statements")


def make_roles_and_database(template1_url: str, keys: Keys) -> None:
    """Make extensions, both roles and the database `whitecross` in a new cluster, as its superuser."""
    owner, service = sql.Identifier(OWNER), sql.Identifier(SERVICE)
    with psycopg.connect(template1_url, autocommit=True) as connection:
        for extension in EXTENSIONS:
            connection.execute(sql.SQL("CREATE EXTENSION {}").format(sql.Identifier(extension)))
        connection.execute(
            sql.SQL("CREATE ROLE {} LOGIN CREATEDB PASSWORD {}").format(owner, sql.Literal(keys.owner_password))
        )
        connection.execute(
            sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(service, sql.Literal(keys.service_password))
        )
        # Dropping a test database ends the sessions in it, which belong to the service.
        connection.execute(sql.SQL("GRANT pg_signal_backend TO {}").format(owner))
        connection.execute(sql.SQL("GRANT pg_read_all_stats TO {}").format(service))
        connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(service))
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier("whitecross"), owner))
        connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier("whitecross"), service))
