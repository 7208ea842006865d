"""Background work on the audit trail."""

import structlog
from celery import shared_task
from django.db import connection

from access.keys import key_ring
from access.seals import seal_pending

log = structlog.get_logger("whitecross.audit")
MONTHS_AHEAD = 3


@shared_task(ignore_result=True)
def seal_audit_trail() -> None:
    """Seal what has ended since the last seal; log the digest, which is the anchor outside the database."""
    ring = key_ring()
    while seal := seal_pending(ring.secrets, ring.newest):
        log.info("audit trail sealed", seal=seal.number, rows=seal.rows, digest=bytes(seal.digest).hex())


@shared_task(ignore_result=True)
def make_audit_partitions() -> None:
    """Make the trail's partitions of the coming months; safe to run at any time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_make_audit_partitions(%s::integer)", [MONTHS_AHEAD])
