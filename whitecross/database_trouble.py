"""What can go wrong with the database through no fault of the request, and what the caller is told.

Each is an answer 503 that says what was kept and whether to try again, never a traceback. RetryReadsMiddleware looks
for the mark that such an answer carries.
"""

from __future__ import annotations

from enum import StrEnum

import django.db
import psycopg
from django.http.response import HttpResponseBase
from psycopg_pool import PoolClosed, PoolTimeout, TooManyRequests

MARK = "database_trouble"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Trouble(StrEnum):
    """What went wrong; the words are those of the log."""

    LOST = "connection lost"
    COLLIDED = "transactions collided"
    NO_CONNECTION = "no connection"
    LOCKED = "lock not given"
    TOO_SLOW = "time limit"


# PostgreSQL's own codes: https://www.postgresql.org/docs/current/errcodes-appendix.html
BY_CODE = {
    "57P01": Trouble.LOST,  # the administrator ended the connection, or the server
    "57P02": Trouble.LOST,  # another server process crashed
    "57P03": Trouble.LOST,  # starting or stopping
    "57P05": Trouble.LOST,  # was idle for too long
    "40001": Trouble.COLLIDED,
    "40P01": Trouble.COLLIDED,  # deadlock
    "55P03": Trouble.LOCKED,
    "57014": Trouble.TOO_SLOW,  # statement_timeout, or cancelled by hand
    "25P03": Trouble.TOO_SLOW,  # idle_in_transaction_session_timeout
    "25P04": Trouble.TOO_SLOW,  # transaction_timeout
}
CONNECTION_EXCEPTIONS = "08"
POOL_ERRORS = (PoolTimeout, PoolClosed, TooManyRequests, psycopg.errors.ConnectionTimeout)
# Asking again can only help where nothing of the first time is left.
WORTH_ANOTHER_TRY = frozenset({Trouble.LOST, Trouble.COLLIDED})
SENTENCES = {
    Trouble.LOST: "The connection to the database broke.",
    Trouble.COLLIDED: "Somebody else changed the same at the same moment.",
    Trouble.NO_CONNECTION: "The database cannot be reached, or all connections to it are in use.",
    Trouble.LOCKED: "Somebody else is changing the same at this moment, and it takes longer than usual.",
    Trouble.TOO_SLOW: "The database took longer than it may.",
}
AGAIN_AFTER = {Trouble.LOST: 1, Trouble.COLLIDED: 1, Trouble.NO_CONNECTION: 5, Trouble.LOCKED: 5, Trouble.TOO_SLOW: 30}


def trouble_of(error: BaseException | None) -> Trouble | None:
    """Return the trouble behind an error of Django or psycopg; None where the request or our code is to blame."""
    cause = error.__cause__ if isinstance(error, django.db.Error) else error
    if not isinstance(cause, psycopg.Error):
        return None
    if isinstance(cause, POOL_ERRORS):
        return Trouble.NO_CONNECTION
    code = cause.sqlstate or ""
    if code.startswith(CONNECTION_EXCEPTIONS):
        return Trouble.LOST
    if not code:  # libpq's own: the server said nothing any more
        return Trouble.LOST if isinstance(cause, psycopg.OperationalError) else None
    return BY_CODE.get(code)


def sentence(trouble: Trouble, method: str | None) -> str:
    """Say what happened, what was kept, and what to do."""
    if method in SAFE:
        kept = "Nothing was changed."
    elif trouble is Trouble.LOST:
        # It may have broken after the server had committed and before it could say so.
        kept = "What you sent may not be saved: look before you send it again."
    else:
        kept = "Nothing was saved."
    advice = "Ask for less at once, or try again later." if trouble is Trouble.TOO_SLOW else "Try again in a moment."
    return f"{SENTENCES[trouble]} {kept} {advice}"


def mark(answer: HttpResponseBase, trouble: Trouble) -> None:
    """Write on the answer which trouble it tells of, and when to ask again."""
    answer.headers["Retry-After"] = str(AGAIN_AFTER[trouble])
    setattr(answer, MARK, trouble)


def told_by(answer: HttpResponseBase) -> Trouble | None:
    """Return the trouble that an answer tells of."""
    return getattr(answer, MARK, None)
