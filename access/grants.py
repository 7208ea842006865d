"""What the service's database role may do: everything with the tables, and with the audit trail only add and read.

Runs after each `migrate` that the owner makes with DATABASE_SERVICE_ROLE set. Where one role both owns and serves
(a stranger's single DATABASE_URL), the triggers still refuse UPDATE and DELETE, and the system check below says
what is missing.
"""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import connections, transaction
from psycopg import sql

# When a row was written and by which transaction is the database's to say: nobody can date a look back.
RIGHTS = {
    "access_auditevent": "SELECT, INSERT (actor_id, student_id, action, door, outcome, reason, request_id)",
    "access_auditseal": "SELECT, INSERT",
}


def grant_service_role(app_config: AppConfig | None = None, using: str = "default", **kwargs: Any) -> None:
    """Grant DATABASE_SERVICE_ROLE its rights on all present tables; do nothing when it is not set."""
    role = settings.DATABASE_SERVICE_ROLE
    if not role:
        return
    name = sql.Identifier(role)
    grants = [
        sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(name),
        sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}").format(name),
        sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(name),
    ]
    # In one transaction: the right to all tables is never seen without what is taken from it again.
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        for statement in grants:
            cursor.execute(statement)
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'access\\_audit%%'"
        )
        for (table,) in cursor.fetchall():
            rights = sql.SQL(RIGHTS.get(table, "SELECT"))
            cursor.execute(sql.SQL("REVOKE ALL ON {} FROM {}").format(sql.Identifier(table), name))
            cursor.execute(sql.SQL("GRANT {} ON {} TO {}").format(rights, sql.Identifier(table), name))


@register(Tags.database)
def service_role_owns_no_audit_rights(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Warn (access.W001) when the connected role could alter the audit trail."""
    if not databases:
        return []
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT bool_or(has_table_privilege(c.oid, 'UPDATE') OR has_table_privilege(c.oid, 'DELETE'))"
            " FROM pg_class c WHERE c.relname = ANY(%s) AND c.relnamespace = 'public'::regnamespace",
            [list(RIGHTS)],
        )
        row = cursor.fetchone()
    if not row or not row[0]:
        return []
    return [
        Warning(
            "The database role of this process may change the audit trail.",
            hint="Migrate as the owner with DATABASE_SERVICE_ROLE set, serve as that role (docs/operating.md).",
            id="access.W001",
        )
    ]
