"""A read that failed because a connection broke, or because transactions collided, is asked again, at most twice.

When PostgreSQL restarts, every pooled connection is dead and nobody knows until somebody asks. A read can be asked
again as a whole: it changed nothing. It may have been noted in the audit trail before its connection broke; then the
trail shows the look twice, with the same request id, and one too many is better than one too few. A write is never
repeated: it may have been committed, and only who sent it can look.
"""

from collections.abc import Callable

import structlog
from django.db import connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from access.request_id import current_request_id
from metrics import meters
from whitecross.database_trouble import SAFE, WORTH_ANOTHER_TRY, Trouble, told_by

log = structlog.get_logger("whitecross.database")

UNAVAILABLE = 503
# Twice: while PostgreSQL stops, the connection of the second try may be the next that it ends. The third waits for it.
MOST = 2


class RetryReadsMiddleware:
    """The innermost middleware, so that nothing but the view and its checks is done again.

    It sees answers, not errors: DRF and Django have made answers of them, with a mark (database_trouble.py). A streamed
    answer that breaks on its way has begun, and is not asked again. An answer without trouble costs one comparison.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Serve the request."""
        answer = self.get_response(request)
        if answer.status_code != UNAVAILABLE:
            return answer
        for _ in range(MOST):
            trouble = told_by(answer)
            if trouble not in WORTH_ANOTHER_TRY or connection.in_atomic_block:
                break
            if trouble is Trouble.LOST:
                leave_dead_connections()  # after a write too: it is not asked again, but others come after it
            if request.method not in SAFE:
                break
            log.warning("read asked again", reason=trouble, request_id=current_request_id())
            meters.reads_asked_again.labels(trouble).inc()
            answer = self.get_response(request)
        return answer


def leave_dead_connections() -> None:
    """Give this thread a new connection, and throw out those of the pool that died with the old one."""
    for each in connections.all(initialized_only=True):
        each.close()
        if isinstance(each, DatabaseWrapper) and each.pool is not None:
            each.pool.check()
