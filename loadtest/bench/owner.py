"""What only the owner of the tables may do: take out what a benchmark wrote, and settle the tables after it."""

import os
from collections.abc import Iterable

import psycopg
from django.db import connection


def as_owner(statements: Iterable[str]) -> None:
    """Run these statements one by one in the database that is measured, each committed by itself."""
    database = str(connection.settings_dict["NAME"])
    with psycopg.connect(os.environ["WHITECROSS_OWNER_DATABASE_URL"], dbname=database, autocommit=True) as owner:
        for statement in statements:
            owner.execute(statement)
