"""Sealing the audit trail, and finding out whether it was altered.

A seal covers all rows of a range of transactions that have all ended, so no row can still appear inside it. It holds
a keyed digest of each row and one over the whole, chained to the seal before. The key is derived from PHI_KEYS,
which the database never sees: its superuser can change a row but cannot make the seal agree.

What this finds: a sealed row changed, removed, added or moved; a seal changed or removed. What it cannot: rows of the
last seconds that were removed before they were sealed, and the newest seals removed together with all their rows.
For the second the newest digest is logged at each sealing, outside the database: `verify_audit --expect DIGEST`.
"""

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.db import connection, transaction

from access.models import AuditSeal

ROW_DIGEST_BYTES = 16
ROWS_A_SEAL = 50_000
# Held while sealing: one sealer at a time, however many workers run. An arbitrary number of our own.
SEALING_LOCK = 0x57435345

ROWS = """
    SELECT transaction, id, at, actor_id, student_id, action, door, outcome, reason, request_id
    FROM access_auditevent WHERE transaction >= %s AND transaction < %s ORDER BY transaction, id
"""


class RestoredElsewhere(RuntimeError):
    """The server's transaction counter lies behind the last seal."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not agree with its seal."""

    seal: int
    what: str


def seal_key(secret: bytes) -> bytes:
    """Derive the sealing key from a key of PHI_KEYS; another purpose gets another key."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"white cross audit seal").derive(secret)


def row_digest(key: bytes, row: tuple[object, ...]) -> bytes:
    """Return the keyed digest of one row: each value with its length, so that no two rows read the same."""
    parts = [b"" if value is None else str(value).encode() for value in row]
    message = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return hmac.new(key, message, hashlib.sha256).digest()[:ROW_DIGEST_BYTES]


def seal_digest(key: bytes, number: int, first: int, end: int, row_digests: bytes, previous: bytes) -> bytes:
    """Return the digest of a seal, chained to the one before."""
    message = f"{number} {first} {end} ".encode() + previous + row_digests
    return hmac.new(key, message, hashlib.sha256).digest()


def seal_pending(keys: dict[str, bytes], newest: str) -> AuditSeal | None:
    """Seal what has ended since the last seal, at most about ROWS_A_SEAL rows; return the seal, or None.

    `keys` are key ids and secrets of PHI_KEYS, `newest` the id of the one to seal with. Raises RestoredElsewhere.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s::bigint)", [SEALING_LOCK])
        if not cursor.fetchone()[0]:
            return None
        last = AuditSeal.objects.order_by("number").last()
        first = last.end_transaction if last else 0
        # Every transaction below xmin has ended: no row can still be added to it.
        cursor.execute("SELECT (pg_snapshot_xmin(pg_current_snapshot())::text)::bigint")
        end: int = cursor.fetchone()[0]
        if end < first:
            raise RestoredElsewhere(
                f"The last seal ends at transaction {first}, this server is only at {end}: the database was restored "
                "into a new cluster. Nothing can be sealed until its counter is set forward (docs/operating.md)."
            )
        cursor.execute(
            "SELECT transaction FROM access_auditevent WHERE transaction >= %s AND transaction < %s"
            " ORDER BY transaction, id OFFSET %s LIMIT 1",
            [first, end, ROWS_A_SEAL],
        )
        if beyond := cursor.fetchone():
            cursor.execute("SELECT min(transaction) FROM access_auditevent WHERE transaction >= %s", [first])
            # A transaction is never divided: one that is larger than a seal gets a larger seal.
            end = max(beyond[0], cursor.fetchone()[0] + 1)
        key = seal_key(keys[newest])
        digests = [row_digest(key, row) for row in rows_between(first, end)]
        if not digests:
            return None
        number = last.number + 1 if last else 1
        joined = b"".join(digests)
        digest = seal_digest(key, number, first, end, joined, bytes(last.digest) if last else b"")
        cursor.execute(
            "INSERT INTO access_auditseal"
            " (number, key_id, first_transaction, end_transaction, rows, row_digests, digest)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [number, newest, first, end, len(digests), joined, digest],
        )
    return AuditSeal.objects.get(number=number)


def rows_between(first: int, end: int) -> Iterator[tuple[object, ...]]:
    """Return the audit rows of the transactions in [first, end), in sealing order, a few thousand at a time."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(ROWS, [first, end])
        while rows := cursor.fetchmany(5_000):
            yield from rows


def verify(keys: dict[str, bytes], expected: str = "") -> Iterator[Finding]:
    """Compare every seal with its rows; yield what does not agree.

    `expected` is the hexadecimal digest of a seal noted earlier, outside the database: it must still be there.
    """
    previous, next_number, next_first, met = b"", 1, 0, not expected
    for seal in AuditSeal.objects.order_by("number").iterator(chunk_size=50):
        number, digests = seal.number, bytes(seal.row_digests)
        if number != next_number:
            yield Finding(next_number, f"seals {next_number} to {number - 1} are missing")
        elif seal.first_transaction != next_first:
            yield Finding(number, "does not begin where the one before ends")
        if seal.key_id not in keys:
            yield Finding(number, f"was made with key {seal.key_id}, which is not in PHI_KEYS: cannot be checked")
        else:
            key = seal_key(keys[seal.key_id])
            made = seal_digest(key, number, seal.first_transaction, seal.end_transaction, digests, previous)
            if not hmac.compare_digest(made, bytes(seal.digest)) or len(digests) != seal.rows * ROW_DIGEST_BYTES:
                yield Finding(number, "was itself changed, or the one before it was")
            yield from compare_rows(key, seal, digests)
        previous, next_number, next_first = bytes(seal.digest), number + 1, seal.end_transaction
        met = met or bytes(seal.digest).hex() == expected
    if not met:
        yield Finding(next_number, "the expected digest is not in the chain: the newest seals were removed")


def compare_rows(key: bytes, seal: AuditSeal, digests: bytes) -> Iterator[Finding]:
    """Compare the rows of one seal with their digests, in order; name the first rows that differ."""
    expected = {digests[i : i + ROW_DIGEST_BYTES] for i in range(0, len(digests), ROW_DIGEST_BYTES)}
    found: list[bytes] = []
    strangers: list[object] = []
    for row in rows_between(seal.first_transaction, seal.end_transaction):
        digest = row_digest(key, row)
        found.append(digest)
        if digest not in expected:
            strangers.append(row[1])
    if strangers:
        named = ", ".join(str(row_id) for row_id in islice(strangers, 5))
        yield Finding(seal.number, f"{len(strangers)} of its rows were changed or added (row id {named})")
    missing = seal.rows - (len(found) - len(strangers))
    if missing > 0:
        yield Finding(seal.number, f"{missing} of its {seal.rows} rows are changed or missing")
    elif not strangers and b"".join(found) != digests:
        yield Finding(seal.number, "its rows are in another order, or one stands twice")
