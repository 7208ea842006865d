"""Filling, sealing and verifying the audit trail in tests."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.core.management import call_command
from django.db import connection
from pytest_django import DjangoDbBlocker
from uuid_utils.compat import uuid7

from access import audit
from access.events import Action, Actor, Door
from access.keys import key_ring
from access.models import AuditSeal
from access.seals import Finding, seal_pending, verify
from access.tests.trail import trigger_free_owner

BY = Actor(7, Door.PAGE)
PATIENCE = 30.0


@contextmanager
def empty_trail(blocker: DjangoDbBlocker) -> Iterator[None]:
    """Begin with an empty trail and leave none that was tampered with. Everything in the block is really committed."""
    with blocker.unblock():
        erase()
        yield
        erase()


def erase() -> None:
    """Remove every row and seal."""
    with trigger_free_owner() as master:
        master.execute("DELETE FROM access_auditevent")
        master.execute("DELETE FROM access_auditseal")


def note(count: int = 1) -> list[UUID]:
    """Note that many students in one transaction."""
    students = [uuid7() for _ in range(count)]
    audit.note(BY, Action.STUDENT_VIEWED, students)
    return students


def wait_for_others() -> None:
    """Return when every row may be sealed: transactions of other test processes hold the newest back a moment."""
    deadline = time.monotonic() + PATIENCE
    held_back = (
        "SELECT 1 FROM access_auditevent WHERE transaction >= (pg_snapshot_xmin(pg_current_snapshot())::text)::bigint"
    )
    with connection.cursor() as cursor:
        while True:
            cursor.execute(held_back)
            if not cursor.fetchone():
                return
            assert time.monotonic() < deadline, "somebody's transaction never ends"
            time.sleep(0.02)


def seal_everything() -> None:
    """Seal until nothing is left to seal."""
    wait_for_others()
    ring = key_ring()
    while seal_pending(ring.secrets, ring.newest):
        pass


def sealed_rows() -> int:
    """Return how many rows are under seals."""
    return sum(AuditSeal.objects.values_list("rows", flat=True))


def three_seals() -> list[UUID]:
    """Make three seals of four rows each; return the students, in order."""
    students = []
    for _ in range(3):
        students += [*note(2), *note(2)]
        seal_everything()
    return students


def findings(expected: str = "") -> list[Finding]:
    """Return what `verify` finds with the keys of this process."""
    return list(verify(key_ring().secrets, expected))


def run_command(*arguments: str) -> tuple[int, str]:
    """Return exit status and output of verify_audit."""
    out = io.StringIO()
    try:
        call_command("verify_audit", *arguments, stdout=out)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue()
    return 0, out.getvalue()
