"""One middleware counts and times every answer, by view, method and class of status.

It stands in for django-prometheus' pair, which costs half of what the whole empty request does (about 20 values a
request, each with its labels looked up). Here the meters of a label set are found once and kept.
"""

from collections.abc import Callable
from time import perf_counter

from django.http import HttpRequest, HttpResponse
from prometheus_client import Counter, Histogram

from metrics import meters
from metrics.pool import pool_watch

METHODS = {name: name for name in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")}
OTHER_METHOD = "other"
# No view: an address that the URLconf does not have, or an answer given before a view was chosen.
NO_VIEW = "unmatched"


# The meters of one label set: how many, how long.
Meters = tuple[Counter, Histogram]


class MeasureMiddleware:
    """Count and time the answer; say the time in X-Response-Time. Static files are served before this.

    The time of a streamed answer ends when it begins to stream. Labels are bounded: views are those of the URLconf,
    and what a caller makes up as a method is `other`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.known: dict[tuple[str, str, int], Meters] = {}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve the request."""
        started = perf_counter()
        pool_watch.look(started)
        response = self.get_response(request)
        match = request.resolver_match
        key = (
            match.view_name if match else NO_VIEW,
            METHODS.get(request.method or "", OTHER_METHOD),
            response.status_code // 100,
        )
        count, time = self.known.get(key) or self.remember(key)
        seconds = perf_counter() - started
        count.inc()
        time.observe(seconds)
        response.headers["X-Response-Time"] = f"{seconds * 1000:.1f}ms"
        return response

    def remember(self, key: tuple[str, str, int]) -> Meters:
        """Find the meters of a label set and keep them."""
        view, method, hundreds = key
        # Begins at zero, so that the first failure is a rise that a rule can see.
        meters.requests.labels(view, method, "5xx")
        found = (meters.requests.labels(view, method, f"{hundreds}xx"), meters.request_seconds.labels(view, method))
        self.known[key] = found
        return found
